"""R16: short magnitudes without a currency's sign."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("it", "a 3,2 mld di euro", "a tre virgola due miliardi di euro"),
        ("it", "sono 45 mln", "sono quarantacinque milioni"),
        ("fr", "1,2 M d'habitants", "un virgule deux millions d'habitants"),
        ("fr", "3 Md de plus", "trois milliards de plus"),
        ("es", "3 M de usuarios", "tres millones de usuarios"),
        ("pt", "45 mi de usuários", "quarenta e cinco milhões de usuários"),
        ("fr", "taille M", "taille M"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
