"""Portuguese number words."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("pt", "Maria I", "Maria primeira"),
        ("pt", "0", "zero"),
        ("pt", "21", "vinte e um"),
        ("pt", "100", "cem"),
        ("pt", "102", "cento e dois"),
        ("pt", "1010", "mil e dez"),
        ("pt", "1111", "mil cento e onze"),
        ("pt", "1001000", "um milhão e mil"),
        ("pt", "1000000000", "um bilhão"),
        ("pt", "11ª", "décima primeira"),
        ("pt", "1000º", "milésimo"),
        ("pt", "2000º", "dois milésimo"),
        ("pt", "1000000º", "um milhão"),
        ("pt", "1/2", "um meio"),
        ("pt", "5/6", "cinco sextos"),
        ("pt", "1/11", "um onze avos"),
        ("pt", "5/1", "cinco sobre um"),
        ("pt", "200 casas", "duzentas casas"),
        ("pt", "23:00", "vinte e três horas"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
