import pytest

from legato.text.maths.arrange import Arranger
from legato.text.maths.nodes import MAX_DEPTH


@pytest.fixture
def built(data, tree):
    def run(source: str) -> list[str]:
        settled = tree(source)
        Arranger(data.classes).arrange(settled)
        return [f"{kid.shape}:{kid.name}" if kid.name else kid.shape for kid in settled.kids]

    return run


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("(x)", ["fence:( )"]),
        ("(x)^2", ["script^"]),
        ("(0,1]", ["fence:( ]"]),
        ("(x", ["sym:(", "id:x"]),
        ("x)", ["id:x", "sym:)"]),
        ("(x]y", ["fence:( ]", "id:y"]),
        ("(|x)", ["fence:( )"]),
        ("|x|", ["fence:| |"]),
        ("|x|+|y|", ["fence:| |", "sym:+", "fence:| |"]),
        ("||x|-1|", ["fence:| |"]),
        ("a|b", ["id:a", "sym:|", "id:b"]),
        ("|x|_2^2", ["script_^"]),
        ("|0\\rangle", ["fence:| ⟩"]),
        ("\\langle 0|", ["fence:⟨ |"]),
        ("|0\\rangle\\langle 1|", ["fence:| ⟩", "fence:⟨ |"]),
        ("n!", ["postfix:!"]),
        ("n!!", ["postfix:!!"]),
        ("n!^2", ["script^"]),
        ("(n+1)!", ["postfix:!"]),
        ("!n", ["sym:!", "id:n"]),
        ("{a}{b}", ["id:a", "id:b"]),
        ("{ab}^2", ["script^"]),
        ("{}^2", ["script^"]),
        (r"\left[\begin{array}{c}1\end{array}\right]", ["table:bmatrix"]),
        (r"\left|\begin{matrix}1\end{matrix}\right|^2", ["script^"]),
        (r"\left\{\begin{array}{c}1\end{array}\right.", ["table:cases"]),
        (r"\left\langle\begin{matrix}1\end{matrix}\right\rangle", ["fence:⟨ ⟩"]),
        ("(f)'", ["prime:1"]),
    ],
)
def test_what_is_enclosed(source, kinds, built):
    assert built(source) == kinds


def test_nesting_is_bounded(data, tree):
    settled = tree("(" * 500 + "x" + ")" * 500)
    Arranger(data.classes).arrange(settled)
    depth, node = 0, settled
    while node.kids:
        node, depth = node.kids[0], depth + 1
    assert depth <= MAX_DEPTH * 2 + 2


def test_what_lies_too_deep_is_dropped(data, tree):
    settled = tree("x")
    for _ in range(200):
        settled = type(settled)("row", "", [type(settled)("frac", "", [settled, type(settled)("row")])])
    Arranger(data.classes).arrange(settled)
    assert settled.kids


def test_operands_end_values(data, tree):
    arranger = Arranger(data.classes)
    assert arranger.is_operand(tree("x").kids[0])
    assert arranger.is_operand(tree("x_1").kids[0])
    assert not arranger.is_operand(tree("+").kids[0])
    assert not arranger.is_operand(tree(r"\sum_{i}").kids[0])
