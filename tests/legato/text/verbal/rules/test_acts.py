"""R16: acts, seasons, dockets, houses with a letter."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "2016/679, 95/46/EC and 2023/2024", "twenty sixteen slash six hundred seventy-nine, ninety-five slash forty-six EC and twenty twenty-three twenty twenty-four"),
        ("en", "01/2024, 2024/25", "January twenty twenty-four, twenty twenty-four twenty-five"),
        ("fr", "2016/679 (UE)", "deux mille seize slash six cent soixante-dix-neuf (UE)"),
        ("de", "VIII ZR 12/19, 5 C 123/20", "VIII ZR zwölf aus neunzehn, fünf C ein hundert drei und zwanzig aus zwanzig"),
        ("de", "12/19 davon", "zwölf neunzehntel davon"),
        ("it", "via Roma 12/B", "via Roma dodici barra B"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
