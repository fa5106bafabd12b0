"""Operators that are heard although they are not written: `times` before a bracket, `of` after an operator, `and` in a mixed number."""

from collections.abc import Mapping

from legato.text.maths.arrange import Arranger
from legato.text.maths.nodes import Node, core, unwrapped
from legato.text.maths.predicates import is_atom, is_compound, is_relation, is_vulgar

_SPELT = frozenset({"𝔼", "E", "ℙ"})
"""Functions whose name is said with an article: side by side they need a `times`."""


class Silent:
    """Inserts the unwritten operators of a row where they are heard.

    Args:
        classes: what each sign is to its neighbours.
    """

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._is_operand = Arranger(classes).is_operand

    def joined(self, kids: list[Node]) -> list[Node]:
        """Return `kids` with the unwritten operators that are heard."""
        out: list[Node] = []
        for at, kid in enumerate(kids):
            out.append(kid)
            if at + 1 < len(kids):
                name = self._between(kid, kids[at + 1])
                if name:
                    out.append(Node("sym", name, [], kid.end, kid.end))
        return out

    def _between(self, left: Node, right: Node) -> str:
        follows = self._is_operand(right) or (
            right.kind in {"sym", "fn", "script"}
            and self._classes.get(core(right).name) in {"big", "function", "of", "lim"}
        )
        if not follows or right.kind == "void" or right.role == "short":
            return ""
        if _differentiates(left) or (self._classes.get(core(left).name) == "of" and _awaits(left)):
            return "applied"
        if not self._is_operand(left) or left.kind in {"text", "void"} or right.kind in {"text", "unit"}:
            return ""
        return self._product(left, right)

    def _product(self, left: Node, right: Node) -> str:
        groups = (self._group(left), self._group(right))
        if right.kind == "apply" and self._is_spelt(core(right.kids[0])):
            return "implicittimes"
        if any(groups) or right.kind == "root" or _enclosed(right):
            return "implicittimes"
        if left.kind == "num" and is_vulgar([right], self._classes):
            return "mixedand" if left.name.isdigit() else ""
        if right.kind == "frac" and not _differentiates(right):
            return "implicittimes" if not _derivative(right) and left.kind != "fence" else ""
        if left.kind == "frac" and not _derivative(left):
            big = self._classes.get(core(right).name) in {"big", "lim"} and right.kind in {
                "sym",
                "script",
                "fn",
            }
            return "implicittimes" if big else ""
        if left.kind == "num" and right.kind == "num":
            return "implicittimes" if left.end < right.start else ""
        return ""

    def _is_spelt(self, function: Node) -> bool:
        return self._classes.get(function.name) == "of" or function.name in _SPELT

    def _group(self, node: Node) -> bool:
        node = unwrapped(node)
        if (
            node.kind != "fence"
            or node.name not in {"( )", "[ ]", "{ }"}
            or is_relation(node.kids[0].kids, self._classes)
        ):
            return False
        inside = node.kids[0].kids
        return (
            is_compound(inside, self._classes)
            or (len(inside) == 1 and inside[0].kind == "num")
            or (len(inside) == 2 and is_atom(inside, self._classes))
        )


def _enclosed(node: Node) -> bool:
    """Whether a node is a norm, an absolute value, a floor: anything said with `the` before it."""
    while node.kind == "script":
        node = node.kids[0]
    return node.kind == "fence" and node.name[0] in "|‖⌊⌈" and node.name[-1] in "|‖⌋⌉"


def _awaits(node: Node) -> bool:
    """Whether a name takes `of` before its argument; one with an index has a rule that says so."""
    return node.kind in {"fn", "sym", "id"} or (node.kind == "script" and node.kids[1].kind == "void")


def _derivative(node: Node) -> bool:
    if node.kind != "frac" or not node.kids[0].kids or not node.kids[1].kids:
        return False
    first, last = core(node.kids[0].kids[0]), core(node.kids[1].kids[0])
    return first.name in {"d", "∂", "D"} and last.name == first.name


def _differentiates(node: Node) -> bool:
    """Whether a node is a derivative that waits for its operand: `d/dx`."""
    return _derivative(node) and len(node.kids[0].kids) == 1
