"""Disguises."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.text.disguises import NAMES, PATTERN, repaired, unstyled, without_twins

SPECIAL = re.compile(PATTERN)


def found(text: str) -> list[tuple[str | None, str]]:
    return [(match.lastgroup, match.group()) for match in SPECIAL.finditer(text)]


@pytest.mark.parametrize("text", ["p\u0430ypal", "\u0430pple", "G\u03bf\u03bfgle", "\u0421apital"])
def test_a_twin_in_a_latin_word_is_found(text: str) -> None:
    assert found(f"the {text} here") == [("mixed", text)]
    assert without_twins(text).isascii()


@pytest.mark.parametrize(
    "text",
    [
        "сосна",
        "это хорошо",
        "IPадрес",
        "αβ",
        "Δx",
        "naïve café",
        "USB-диск",
        "μm",
        "MAÇÃ”",
        "É“",
        "à la «carte»",
    ],
)
def test_what_may_be_meant_is_left(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "plain"), [("ｆｕｌｌ", "full"), ("１２３", "123"), ("𝐛𝐨𝐥𝐝", "bold"), ("ﬁ", "fi")]
)
def test_styled_letters_are_plain(text: str, plain: str) -> None:
    assert found(text) == [("styled", text)]
    assert unstyled(text) == plain


@pytest.mark.parametrize("char", ["\u2019", "\u201c", "\u2026", "\u2014", "\u2122", "é", "ü", "°", "£", "ê"])
def test_bytes_in_the_wrong_encoding_are_read_again(char: str) -> None:
    broken = "".join(_misread(byte) for byte in char.encode("utf-8"))
    assert found(broken) == [("mojibake", broken)]
    assert repaired(broken) == char


def test_bytes_that_are_no_character_stay() -> None:
    assert repaired("ÂÃ") is None
    assert repaired("ï»¿") == ""


@given(st.text(max_size=60))
def test_a_repair_never_raises(text: str) -> None:
    repaired(text)
    assert all(name in NAMES for name, _ in found(text))


def _misread(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)
