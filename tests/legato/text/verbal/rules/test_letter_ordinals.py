"""R16: ordinals whose ending is written with plain letters."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("es", "la 1a planta y el 2o piso", "la primera planta y el segundo piso"),
        ("es", "por 1ra vez, la 5ta calle", "por primera vez, la quinta calle"),
        ("es", "el 1er. día y el 3er piso", "el primer día y el tercer piso"),
        ("es", "la casa 12a es", "la casa doce a es"),
        ("it", "la 3a edizione, il 2o turno", "la terza edizione, il secondo turno"),
        ("pt", "pela 1a vez", "pela um a vez"),
        ("pt", "a 1a vez no 2o andar", "a primeira vez no segundo andar"),
    ],
)
def test_the_letters_are_an_ending(language, written, spoken, say):
    assert say(written, language) == spoken
