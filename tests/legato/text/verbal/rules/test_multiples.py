"""How many times. R16"""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "fr",
            "3 x 20 € ou 1x 9,99 €",
            "trois fois vingt euros ou une fois neuf euros quatre-vingt-dix-neuf",
        ),
        ("pt", "1x R$ 20", "uma vez vinte reais"),
        ("es", "3x 20 €", "tres por veinte euros"),
        ("en", "Sales rose 3x. Divide by 3x", "Sales rose three times. Divide by three x"),
        ("en", "3 x $20", "three times twenty dollars"),
        ("nl", "3 × 20 cm", "drie bij twintig centimeter"),
        ("en", "10x faster", "ten times faster"),
        ("en", "5-6x faster", "five to six times faster"),
        ("en", "2x Cheeseburger", "two x Cheeseburger"),
        ("de", "3x täglich", "drei mal täglich"),
        ("de", "3 x tägl. 1 Tbl. à", "drei mal täglich eine Tablette à"),
        ("de", "1x wöchentlich", "ein mal wöchentlich"),
        ("de", "2x Espresso", "zwei mal Espresso"),
        ("fr", "2x/j", "deux fois par jour"),
        ("fr", "1x par jour", "une fois par jour"),
        ("es", "2x al día", "dos veces al día"),
        ("es", "1-2x al día", "una a dos veces al día"),
        ("pt", "em 3x sem juros", "em três vezes sem juros"),
        ("pt", "2x/semana", "duas vezes por semana"),
        ("it", "1x al giorno", "una volta al giorno"),
        ("nl", "2x daags", "twee keer daags"),
        ("de", "4x5", "vier mal fünf"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
