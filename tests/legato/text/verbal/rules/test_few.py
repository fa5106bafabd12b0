"""R16: short forms that name another thing when there are only a few of it."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("es", "2 hab. y 1 baño", "dos habitaciones y un baño"),
        ("es", "Tiene 1 hab. Es caro.", "Tiene una habitación. Es caro."),
        ("es", "47 hab. por km²", "cuarenta y siete habitantes por kilómetro cuadrado"),
        ("fr", "3 ch. et un salon", "trois chambres et un salon"),
        ("fr", "un moteur de 120 ch", "un moteur de cent vingt chevaux"),
        ("en", "2 hab.", "two hab."),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
