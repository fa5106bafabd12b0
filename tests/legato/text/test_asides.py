import pytest

from legato.text.asides import answer, closing_mark, code_block, raised, unit_chars, unit_words
from legato.text.pieces import Piece


@pytest.mark.parametrize(("language", "said"), [("de-AT", "Codeblock."), ("xx", "Code block.")])
def test_a_fence_is_announced_in_its_language(language: str, said: str) -> None:
    assert code_block(language) == said


@pytest.mark.parametrize(
    ("before", "tag", "after", "said"),
    [
        ("x", "<sup>", "2</sup>", "^"),
        ("10", "<SUP class='a'>", "-3</SUP>", "^"),
        ("5 cm", "<sup>", "2</sup>", "^"),
        ("E = mc", "<sup>", "2</sup>", "^"),
        ("x", "<sup>", "n</sup>", "^"),
        ("1", "<sup>", "st</sup>", ""),
        ("a note", "<sup>", "1</sup>", ""),
        ("x", "<sub>", "2</sub>", ""),
    ],
)
def test_a_power_is_told_from_a_note(before: str, tag: str, after: str, said: str) -> None:
    assert raised(before + tag + after, len(before), len(before + tag)) == said


@pytest.mark.parametrize(
    ("formula", "after", "chars"),
    [
        ("$5$", " kg.", 3),
        ("$10^{-3}$", " m, so", 2),
        (r"\(3\)", " m/s^2", 6),
        ("$x$", " m.", 0),
        ("$5$", " many", 0),
        ("$5$", "kg", 0),
    ],
)
def test_a_unit_is_found_behind_the_number_of_a_formula(formula: str, after: str, chars: int) -> None:
    assert unit_chars(formula + after, len(formula)) == chars


def test_a_unit_is_said_as_after_a_number() -> None:
    assert unit_words(" kg", lambda text: [Piece("two kilograms", 0, len(text))]) == " kilograms"
    assert unit_words(" in", lambda text: [Piece("two in", 0, len(text))]) == " in"


@pytest.mark.parametrize(
    ("cell", "language", "said"),
    [
        ("✅", "en", "yes"),
        ("✔\ufe0f", "en-GB", "yes"),
        ("❌", "de", "nein"),
        ("✅ on", "en", ""),
        ("✅", "pl", ""),
        ("", "en", ""),
    ],
)
def test_a_tick_alone_in_a_cell_is_an_answer(cell: str, language: str, said: str) -> None:
    assert answer(cell, language) == said


@pytest.mark.parametrize(
    ("formula", "following", "mark"),
    [
        ("x = 5.", " ", "."),
        (r"x = 5 \,.", "", "."),
        (r"\begin{aligned} y &= 7, \end{aligned}", " ", ","),
        (r"\ldots.", " ", "."),
        ("x = 5.", ".", ""),
        ("x = 2?", " ", "?"),
        ("x = 2?", ".", ""),
        ("2 + 2 = ?", " ", ""),
        ("x = 0.5", " ", ""),
        (r"x = 5\,", " ", ""),
        (r"\left\{ x \right.", " ", ""),
        (r"\Bigr.", " ", ""),
    ],
)
def test_the_mark_of_the_sentence_is_found_inside_a_formula(formula: str, following: str, mark: str) -> None:
    assert closing_mark(formula, following) == mark
