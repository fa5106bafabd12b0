import pytest

from legato.text.maths.grammar import (
    ACCENTS,
    CASES,
    FONTS,
    FRACTIONS,
    LINES,
    MATRICES,
    SILENT,
    WORDS,
    dressed,
)


@pytest.mark.parametrize(
    ("letter", "font", "sign"),
    [
        ("R", "bb", "ℝ"),
        ("N", "cal", "𝒩"),
        ("L", "cal", "ℒ"),
        ("g", "frak", "𝔤"),
        ("v", "bf", "𝐯"),
        ("A", "bf", "𝐀"),
        ("α", "bf", "α"),
        ("x", "it", "x"),
    ],
)
def test_letters_of_the_mathematical_alphabets(letter, font, sign):
    assert dressed(letter, font) == sign


def test_no_command_has_two_meanings():
    tables = [set(FRACTIONS), set(ACCENTS), set(FONTS), set(WORDS), set(SILENT)]
    assert sum(map(len, tables)) == len(set.union(*tables))
    assert not MATRICES & CASES
    assert not MATRICES & LINES
