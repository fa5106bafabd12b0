"""R16: so many of a weight or a volume."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "2 x 500 mg", "two times five hundred milligrams"),
        ("en", "1×23kg", "one times twenty-three kilograms"),
        ("en", "2 x 4 ft", "two by four feet"),
        ("fr", "2 x 500 g", "deux fois cinq cents grammes"),
        ("es", "1 x 500 ml", "una vez quinientos mililitros"),
        ("nl", "3x250 ml", "drie keer tweehonderdvijftig milliliter"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
