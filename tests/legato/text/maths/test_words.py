import pytest

from legato.text.maths.words import worded

COMMANDS = {"sin": "sin", "fn:div": "div", "div": "÷", "argmax": "argmax"}


@pytest.mark.parametrize(
    ("raw", "kind", "name"),
    [
        ("x", "id", "x"),
        ("sin", "fn", "sin"),
        ("div", "fn", "div"),
        (r"arg\,max", "fn", "argmax"),
        ("12", "num", "12"),
        (" if  it ", "text", "if it"),
        ("a {b} \\ c", "text", "a b c"),
        ("", "text", ""),
    ],
)
def test_what_a_word_is(raw, kind, name):
    node = worded(raw, (3, 9), COMMANDS)
    assert (node.kind, node.name, node.start, node.end) == (kind, name, 3, 9)
