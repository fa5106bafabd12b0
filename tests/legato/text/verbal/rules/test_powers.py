"""R15, R16: raised digits and minus signs that are left of a sum in prose."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("times 5² makes (1 + r)³", "times five squared makes (one plus r) cubed"),
        ("a volume of 3³ and 10⁻³", "a volume of three cubed and ten to the minus three"),
        ("2⁵ and tan² θ", "two to the five and tan squared theta"),
        ("the study² and Smith (2020)³", "the study² and Smith (twenty twenty)³"),
        ("12 m² and 3 cm³", "twelve square meters and three cubic centimeters"),
        ("4.5★ mol⁻¹, Jr. mol⁻¹", "four point five star per mole, Junior per mole"),
        ("15 GB − 3.2 GB", "fifteen gigabytes minus three point two gigabytes"),
        ("so $20 − $5", "so twenty dollars minus five dollars"),
    ],
)
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written, "en") == spoken


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("de", "fünf zum Quadrat"),
        ("fr", "cinq au carré"),
        ("es", "cinco al cuadrado"),
        ("nl", "vijf kwadraat"),
        ("zh", "五的平方"),
    ],
)
def test_other_languages_have_their_own_words(language, spoken, say):
    assert say("5²", language) == spoken
