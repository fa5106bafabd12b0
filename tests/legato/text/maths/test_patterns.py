import pytest

from legato.text.maths.arrange import Arranger
from legato.text.maths.nodes import flat
from legato.text.maths.patterns import Pattern, weigh
from legato.text.maths.rulebook import pattern_nodes


@pytest.fixture
def match(data, tree):
    def run(pattern: str, formula: str, **where: object):
        settled = tree(formula)
        Arranger(data.classes).arrange(settled)
        compiled = Pattern(tuple(pattern_nodes(pattern, data.commands, data.classes)), where)
        captures = compiled.match(settled.kids, 0, data.classes)
        return None if captures is None else {name: flat(nodes) for name, nodes in captures.items()}

    return run


@pytest.mark.parametrize(
    ("pattern", "formula", "captures"),
    [
        (r"\frac{#a}{#b}", r"\frac{x+1}{y}", {"a": "x+1", "b": "y"}),
        (r"\frac{d##f}{d#x}", r"\frac{df g}{dx}", {"f": "fg", "x": "x"}),
        (r"\frac{d##f}{d#x}", r"\frac{d}{dx}", None),
        (r"\sum_{##i=##a}", r"\sum_{n=1}", {"i": "n", "a": "1"}),
        (r"\sum_{##i=##a}", r"\sum_{n}", None),
        (r"\{##a \mid ##b\}", r"\{x \in A \mid x > 0\}", {"a": "x∈A", "b": "x>0"}),
        (r"#a^2", "x^2", {"a": "x"}),
        (r"#a^2", "x^3", None),
        (r"#a^2", "x_2", None),
        (r"#x+#x", "a+a", {"x": "a"}),
        (r"#x+#x", "a+b", None),
        (r"x", r"\frac{x}{y}", None),
        (r"\frac{#a}{#b}", "x", None),
        ("ab", "a", None),
        (r"[##a #b]", "[xyz]", {"a": "xy", "b": "z"}),
    ],
)
def test_what_fits(pattern, formula, captures, match):
    assert match(pattern, formula) == captures


def test_a_name_captures_only_what_its_condition_allows(match):
    assert match("#a^#n", "x^4", n=["4", "5"]) == {"a": "x", "n": "4"}
    assert match("#a^#n", "x^6", n=["4", "5"]) is None
    assert match("#a^#n", "x^{abcdefgh}", n=["4", "5"]) is None
    assert match("#a^#n", "x^4", n="integer", a="letter !capital") is not None
    assert match("#a^#n", "X^4", a="letter !capital") is None
    assert match("+", "+", _="sign") is None


def test_weight_counts_what_is_written_out(data):
    weight = {
        text: weigh(pattern_nodes(text, data.commands, data.classes), {})
        for text in ("#a^#b", "#a^2", r"\sum_{#a}^{#b}")
    }
    assert weight["#a^2"] > weight["#a^#b"]
    assert weigh([], {"a": ["1"], "_": "x"}) == (1, 2, 0)
