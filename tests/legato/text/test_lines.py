"""What a line is."""

import pytest

from legato.text.lines import WAIT, LineKind, read_line


@pytest.mark.parametrize(
    ("text", "kind", "chars"),
    [
        ("## Title", LineKind.HEADING, 2),
        ("#1 fan", LineKind.TEXT, 0),
        ("- item", LineKind.BULLET, 1),
        ("- [x] done", LineKind.BULLET, 5),
        ("* * *\n", LineKind.RULE, 5),
        ("---\n", LineKind.RULE, 3),
        ("-5 degrees", LineKind.TEXT, 0),
        ("**bold** x", LineKind.TEXT, 0),
        ("12. item", LineKind.NUMBERED, 3),
        ("2024 was", LineKind.TEXT, 0),
        ("(iv) item", LineKind.NUMBERED, 4),
        ("⁃9. item", LineKind.NUMBERED, 3),
        ("> quote", LineKind.QUOTE, 2),
        ("```py\n", LineKind.FENCE, 3),
        ("```py x=1``` is", LineKind.TEXT, 0),
        ("~~~\n", LineKind.FENCE, 3),
        ("~~gone~~ x", LineKind.TEXT, 0),
        ("| a | b |", LineKind.ROW, 0),
        ("[^1]: note", LineKind.DEFINITION, 5),
        ("[a]: https://x", LineKind.DEFINITION, 4),
        ("[a](b) text", LineKind.TEXT, 0),
        ("été", LineKind.TEXT, 0),
        ("$x$", LineKind.TEXT, 0),
    ],
)
def test_a_line_is_told_by_its_first_characters(text: str, kind: LineKind, chars: int) -> None:
    line = read_line(text, final=False)
    assert not isinstance(line, str)
    assert (line.kind, line.marker_chars) == (kind, chars)


@pytest.mark.parametrize(
    "text",
    [
        "#",
        "##",
        "-",
        "- ",
        "--",
        "`",
        "``",
        "```",
        "```py",
        "1",
        "12",
        "12.",
        "(",
        "[",
        "[^1",
        "*",
        "- [",
        "⁃",
    ],
)
def test_too_little_is_waited_for_but_not_at_the_end(text: str) -> None:
    assert read_line(text, final=False) == WAIT
    assert read_line(text, final=True) != WAIT


def test_a_rule_may_end_the_text() -> None:
    line = read_line("---", final=True)
    assert not isinstance(line, str)
    assert line.kind is LineKind.RULE
