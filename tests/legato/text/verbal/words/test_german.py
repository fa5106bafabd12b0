"""German number words."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("de", "Elisabeth II. und", "Elisabeth die zweite und"),
        ("de", "nach 3. Mai", "nach drittem Mai"),
        ("de", "0", "null"),
        ("de", "1", "eins"),
        ("de", "21", "ein und zwanzig"),
        ("de", "101", "ein hundert eins"),
        ("de", "200", "zwei hundert"),
        ("de", "1001", "ein tausend eins"),
        ("de", "1.000.000", "eine million"),
        ("de", "2 000 000", "zwei millionen"),
        ("de", "1te", "erste"),
        ("de", "3ten", "dritten"),
        ("de", "7te", "siebte"),
        ("de", "20ster", "zwanzigster"),
        ("de", "100te", "ein hundertste"),
        ("de", "0te", "nullte"),
        ("de", "1/2", "ein halb"),
        ("de", "3/2", "drei halbe"),
        ("de", "5/1", "fünf durch eins"),
        ("de", "1/7", "ein siebtel"),
        ("de", "im Jahr 1900", "im Jahr neunzehn hundert"),
        ("de", "08:00", "acht Uhr"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
