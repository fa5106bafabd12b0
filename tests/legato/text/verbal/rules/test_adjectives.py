"""Short adjectives: with their ending before a noun, without it where they tell how often. R16"""

import pytest


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Die mtl. Rate.", "Die monatliche Rate."),
        ("Mtl. Rate: gering.", "Monatliche Rate: gering."),
        ("Zahlung: wöchentl. Abgabe.", "Zahlung: wöchentliche Abgabe."),
        ("Er kommt tägl. Sie auch.", "Er kommt täglich. Sie auch."),
        ("Er kommt tägl. oder nie.", "Er kommt täglich oder nie."),
    ],
)
def test_an_adjective_agrees_with_a_noun_behind_it(written, said, say):
    assert say(written, "de") == said
