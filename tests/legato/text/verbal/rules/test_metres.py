"""R16: metres with two decimals."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("de", "1,85 m groß", "ein Meter fünf und achtzig groß"),
        ("fr", "1,75 m", "un mètre soixante-quinze"),
        ("es", "2,05 m", "dos metros cinco"),
        ("it", "1,85 m", "un metro e ottantacinque"),
        ("pt", "1,85 m", "um metro e oitenta e cinco"),
        ("nl", "2,00 m", "twee meter"),
        ("de", "1,85 m²", "eins Komma acht fünf Quadrat Meter"),
        ("de", "1,85 m/s", "eins Komma acht fünf Meter pro Sekunde"),
        ("de", "11,85 m", "elf Komma acht fünf Meter"),
        ("en", "1.85 m", "one point eight five meters"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
