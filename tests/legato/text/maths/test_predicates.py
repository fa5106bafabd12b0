import pytest

from legato.text.maths.predicates import PREDICATES
from legato.text.maths.rulebook import pattern_nodes


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("number", "3.5", "x"),
        ("integer", "3", "3.5"),
        ("letter", "x", "xy"),
        ("capital", "A", "a"),
        ("function", r"\sin", "x y"),
        ("function", "f", "x"),
        ("vector", r"\vec{x}", "x"),
        ("vector", r"\mathbf{x}_i", "xy"),
        ("sum", "a+b", "-a"),
        ("compound", "a=b", "ab"),
        ("list", "a,b", "ab"),
        ("relation", "a<b", "a+b"),
        ("atom", "-x", "x+1"),
        ("product", "ab", "a+b"),
        ("unit", r"\unit{m}", "m"),
        ("length", r"\unit{m}", r"\unit{s}"),
        ("vulgar", r"\frac{1}{2}", r"\frac{a}{2}"),
        ("vulgar", r"\frac{1}{2}", "x"),
        ("nested", r"\frac{a}{2}", r"\frac{1}{2}"),
        ("named", r"\sin", "f"),
        ("minus", "-x", "x"),
        ("leaf", "x_i", "x^2"),
        ("operation", r"A \cup B", "a=b"),
    ],
)
def test_what_holds(name, yes, no, data):
    holds = PREDICATES[name]
    assert holds(pattern_nodes(yes, data.commands, data.classes), data.classes)
    assert not holds(pattern_nodes(no, data.commands, data.classes), data.classes)


def test_of_nothing_it_holds_that_it_is_empty_and_no_letter(data):
    assert PREDICATES["empty"]([], data.classes)
    assert not PREDICATES["letter"]([], data.classes)
