"""French number words."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("fr", "Marie I et Louis I", "Marie première et Louis premier"),
        ("fr", "1 notation, 1 squelette", "une notation, un squelette"),
        ("fr", "0", "zéro"),
        ("fr", "les 1ers, les 1ères, les 3es", "les premiers, les premières, les troisièmes"),
        ("fr", "le 2nd, la 2nde, le 2e", "le second, la seconde, le deuxième"),
        ("fr", "21", "vingt et un"),
        ("fr", "70", "soixante-dix"),
        ("fr", "71", "soixante et onze"),
        ("fr", "80", "quatre-vingts"),
        ("fr", "81", "quatre-vingt-un"),
        ("fr", "97", "quatre-vingt-dix-sept"),
        ("fr", "200", "deux cents"),
        ("fr", "201", "deux cent un"),
        ("fr", "80000", "quatre-vingt mille"),
        ("fr", "1000", "mille"),
        ("fr", "2000000", "deux millions"),
        ("fr", "1re", "première"),
        ("fr", "5e", "cinquième"),
        ("fr", "9e", "neuvième"),
        ("fr", "80e", "quatre-vingtième"),
        ("fr", "1000e", "millième"),
        ("fr", "1/2", "un demi"),
        ("fr", "2/3", "deux tiers"),
        ("fr", "5/1", "cinq sur un"),
        ("fr", "1,05", "un virgule zéro cinq"),
        ("fr", "21 h", "vingt et une heures"),
        ("fr", "Charles I", "Charles premier"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
