"""Protected spans of mathematics."""

import pytest

from legato.text import maths_openers
from legato.text.atoms import SpanKind
from legato.text.openers import WAIT, Found
from tests.legato.text.spans import seen

READERS = {"$": maths_openers.dollar, "\\": maths_openers.backslash}


def read(text: str, at: int = 0, *, final: bool = False) -> object:
    return seen(READERS[text[at]](text, at, final=final), text)


@pytest.mark.parametrize(
    ("text", "kind", "whole", "inner"),
    [
        ("$x$ y", SpanKind.MATHS, "$x$", "x"),
        ("$50%$ y", SpanKind.MATHS, "$50%$", "50%"),
        ("$3 < x$ y", SpanKind.MATHS, "$3 < x$", "3 < x"),
        ("$2x + 1$ y", SpanKind.MATHS, "$2x + 1$", "2x + 1"),
        ("$a\\$b$ y", SpanKind.MATHS, "$a\\$b$", "a\\$b"),
        ("$$x\n= 1$$ y", SpanKind.DISPLAY, "$$x\n= 1$$", "x\n= 1"),
        ("\\(x\\) y", SpanKind.MATHS, "\\(x\\)", "x"),
        ("\\[x\\] y", SpanKind.DISPLAY, "\\[x\\]", "x"),
        ("\\begin{align}x\\end{align} y", SpanKind.DISPLAY, "\\begin{align}x\\end{align}", "x"),
        ("\\frac{1}{2} y", SpanKind.MATHS, "\\frac{1}{2}", "\\frac{1}{2}"),
        ("\\alpha_1 y", SpanKind.MATHS, "\\alpha_1", "\\alpha_1"),
        ("$$ (moderate) and", SpanKind.MARKER, "$$", ""),
        ("$$-$$$ in it", SpanKind.MARKER, "$$-$$$", ""),
        ("$$$, so", SpanKind.MARKER, "$$$", ""),
        ("$$ E = mc $$", SpanKind.DISPLAY, "$$ E = mc $$", " E = mc "),
        ("$$ area = 5 $$", SpanKind.DISPLAY, "$$ area = 5 $$", " area = 5 "),
        ("\\n\\nNext", SpanKind.BREAK, "\\n\\n", ""),
    ],
)
def test_a_span_is_found(text: str, kind: SpanKind, whole: str, inner: str) -> None:
    assert read(text) == (kind, whole, inner)


@pytest.mark.parametrize(
    "text",
    ["$5 and", "$5m deal", "$ x", "$x $ y", "$x$5", "$a\n", "$HOME is not here at all", "\\q x", "\\unknown{x} y", "\\frac x", "\\$5"],
)  # fmt: skip
def test_an_ordinary_character_is_known_as_one(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    ["$", "$5", "$x", "$x$", "$$x", "\\", "\\(", "\\al", "\\frac", "\\frac{1", "\\frac{1}", "\\begin{a", "\\n", "\\pi", "\\pi ", "\\pi^", "\\pi^\\ci", "$50%", "$$ (mod", "$$-", "$$ is c"],
)  # fmt: skip
def test_too_little_is_waited_for_but_not_at_the_end(text: str) -> None:
    assert read(text) == WAIT
    assert read(text, final=True) != WAIT


def test_what_never_closed_is_read_at_the_end() -> None:
    assert read("$\\frac{1}{2}", final=True) == (SpanKind.MATHS, "$\\frac{1}{2}", "\\frac{1}{2}")
    assert read("$x", final=True) is None


def test_a_backslash_in_a_word_or_path_is_ordinary() -> None:
    assert maths_openers.backslash("C:\\Users", 2, final=True) is None
    assert maths_openers.backslash("a\\alpha", 1, final=True) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [("Micro$oft x^2", 5), ("pa$$word_1 is", 2), ("pa$$word_1 is", 3), ("Blue$k$y", 6), ("Xy7$kQ_9 is", 3)],
)
def test_a_dollar_in_a_word_opens_nothing(text: str, at: int) -> None:
    assert maths_openers.dollar(text, at, final=True) is None


@pytest.mark.parametrize(
    "text", ["1,15 $, y 204 US$.", "5$/mois ou 50$/an", "de 5$-10$ al", "5$. Puis 10$.", "(5 US$) o 6$"]
)
def test_a_dollar_behind_an_amount_opens_nothing(text: str) -> None:
    assert maths_openers.dollar(text, text.index("$"), final=True) is None


@pytest.mark.parametrize("text", ["2$\\pi$ is", "3$x$ is", "n = 3 $-x$ is"])
def test_a_formula_may_stand_behind_a_number(text: str) -> None:
    found = maths_openers.dollar(text, text.index("$"), final=True)
    assert isinstance(found, Found)
    assert found.kind is SpanKind.MATHS


def test_formulas_side_by_side_are_two() -> None:
    assert read("$a$$b$ c", 3) == (SpanKind.MATHS, "$b$", "b")


def test_groups_in_groups_are_given_up() -> None:
    assert read("\\frac{" * 16) is WAIT
    assert read("\\frac" + "{" * 17) is None
    assert read("\\frac{1}{2") is WAIT
    assert read("\\frac{1}{2", final=True) is None


def test_words_in_escaped_brackets_are_no_formula() -> None:
    assert read("\\[optional words\\] x") is None
    assert read("\\(velocity\\) x") is None
    assert read("\\(ABC\\) x") == (SpanKind.MATHS, "\\(ABC\\)", "ABC")
    assert read("\\[x\\] y") == (SpanKind.DISPLAY, "\\[x\\]", "x")
