"""R16: fractions."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "en",
            "step 2/5, page 3/10, 4/5 stars, 2/3 cup",
            "step two of five, page three of ten, four out of five stars, two thirds cup",
        ),
        ("en", "1–1½ hours", "one to one and a half hours"),
        ("en", "an 80/20 rule", "an eighty twenty rule"),
        ("en", "5/6ths", "five sixths"),
        ("es", "1/2 litro, ½ hora", "medio litro, media hora"),
        ("pt", "½ xícara", "meia xícara"),
        ("en", "3/4", "three quarters"),
        ("en", "1/3rd", "one third"),
        ("en", "5/5", "five out of five"),
        ("en", "42/100", "forty-two out of one hundred"),
        ("en", "140/90", "one hundred forty over ninety"),
        ("en", "3/2000000000", "three/two billion"),
        ("en", "3.5/5 stars", "three point five out of five stars"),
        ("en", "2 1/3", "two and one third"),
        ("en", "½", "one half"),
        ("en", "2½ or ¾", "two and a half or three quarters"),
        ("en", "3⅓", "three and one third"),
        ("en", "x½y", "x one half y"),
        ("en", "6/8 time", "six eight time"),
        ("de", "3/4 time", "drei viertel time"),
        ("de", "2½ Tage", "zwei ein halb Tage"),
        (
            "en",
            "rated 9/10, 3/10 inch, 8/10 of it",
            "rated nine out of ten, three tenths inch, eight tenths of it",
        ),
        ("en", "245/4 in 43.2 overs", "two hundred forty-five for four in forty-three point two overs"),
        ("en", "287/6 (50 ov)", "two hundred eighty-seven for six (fifty overs)"),
        ("en", "365/7", "three hundred sixty-five over seven"),
        ("de", "120/80", "ein hundert zwanzig zu achtzig"),
        ("pt", "47701/913", "quarenta e sete mil setecentos e um novecentos e treze avos"),
        ("en", "20/40 and 20/25", "twenty forty and twenty twenty-five"),
        ("en", "20/3", "twenty thirds"),
        ("de", "1/2 Stunde", "eine halbe Stunde"),
        ("de", "1/2 Brot", "ein halbes Brot"),
        ("de", "1 1/2 Stunden", "ein ein halb Stunden"),
        ("nl", "2 1/2 uur", "twee en een half uur"),
        ("nl", "1/2 pizza", "een halve pizza"),
        ("fr", "1/2 heure", "une demi heure"),
        ("es", "2 1/2 tazas", "dos y media tazas"),
        ("pt", "2 1/2 xícaras", "duas e meia xícaras"),
        ("it", "1/2 ora", "mezza ora"),
        ("fr", "1/2 c. à c.", "une demi cuillère à café."),
        ("es", "1/2 y", "un medio y"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
