"""Protected spans: code, links, citations."""

import pytest

from legato.text import openers
from legato.text.atoms import SpanKind
from legato.text.openers import WAIT
from tests.legato.text.spans import seen

READERS = {
    "`": openers.code,
    "~": openers.strike,
    "[": openers.bracket,
}


def read(text: str, at: int = 0, *, final: bool = False) -> object:
    return seen(READERS[text[at]](text, at, final=final), text)


@pytest.mark.parametrize(
    ("text", "kind", "whole", "inner"),
    [
        ("`a.b` c", SpanKind.CODE, "`a.b`", "a.b"),
        ("``a`b`` c", SpanKind.CODE, "``a`b``", "a`b"),
        ("```ls``` c", SpanKind.CODE, "```ls```", "ls"),
        ('```py title="a"\nx', SpanKind.FENCE, "```", ""),
        ("`f(a, 'b' )` c", SpanKind.CODE, "`f(a, 'b' )`", "f(a, 'b' )"),
        ("[5]–[7] y", SpanKind.MARKER, "[5]–[7]", ""),
        ("[5]–y", SpanKind.MARKER, "[5]", ""),
        ("~~gone~~ y", SpanKind.STRUCK, "~~gone~~", "gone"),
        ("[a](b_(c)) y", SpanKind.LINK, "[a](b_(c))", "a"),
        ("[a][b] y", SpanKind.LINK, "[a][b]", "a"),
        ("[1, 2–4] y", SpanKind.MARKER, "[1, 2–4]", ""),
        ("[^n] y", SpanKind.MARKER, "[^n]", ""),
    ],
)
def test_a_span_is_found(text: str, kind: SpanKind, whole: str, inner: str) -> None:
    assert read(text) == (kind, whole, inner)


def test_an_image_takes_its_mark_along() -> None:
    assert read("![a](b) c", 1) == (SpanKind.IMAGE, "![a](b)", "a")


@pytest.mark.parametrize(
    "text",
    ["`a\nb`", "` so", "~x", "~~ x", "[a] b", "[a\nb]", "[" * 300,
     "[[[[[[[[a", "[a](b\nc)", "`So what?' he", "[a](((((((((", "~~a\n", "`" + "x" * 700, "[a](" + "b" * 2100],
)  # fmt: skip
def test_an_ordinary_character_is_known_as_one(text: str) -> None:
    if text.startswith("` so"):
        assert openers.code("a` so", 1, final=False) is None
    else:
        assert read(text) is None


@pytest.mark.parametrize(
    "text",
    ["`", "`a", "``a``", "~", "~~", "~~a", "[", "[a", "[a]",
     "[a](b", "[a][b", "[5]–", "[5]-[7"],
)  # fmt: skip
def test_too_little_is_waited_for_but_not_at_the_end(text: str) -> None:
    assert read(text) == WAIT
    assert read(text, final=True) != WAIT


def test_what_never_closed_is_read_at_the_end() -> None:
    assert read("`exit", final=True) == (SpanKind.CODE, "`exit", "exit")


def test_a_drawn_line_of_backticks_is_silent() -> None:
    assert read("`" * 90) == (SpanKind.MARKER, "`" * 41, "")
    assert read("`" * 40) is WAIT
