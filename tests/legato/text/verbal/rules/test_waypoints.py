"""R16: units before their numbers."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("de", "zwischen km 12 und km 15", "zwischen Kilometer zwölf und Kilometer fünfzehn"),
        ("fr", "entre les km 12 et 15", "entre les kilomètres douze et quinze"),
        ("es", "en el km 3,5", "en el kilómetro tres coma cinco"),
        ("pt", "entre os km 12 e 15", "entre os quilômetros doze e quinze"),
        ("it", "dopo 5 km 300 m", "dopo cinque chilometri trecento metri"),
        ("it", "i km mancano", "i km mancano"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
