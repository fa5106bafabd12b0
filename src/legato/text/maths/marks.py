"""Signs that mean several things, and how their neighbours decide which: minus, bars, colons, arrows, crosses and dots."""

from collections.abc import Callable, Mapping

from legato.text.maths.arrange import Arranger
from legato.text.maths.nodes import Node, core
from legato.text.maths.predicates import is_vector

_WINDOW = 24
"""How many parts on each side of a mark are looked at."""
_SMALL = frozenset({"sup", "sub", "bound", "lim"})
_DIMENSIONS = frozenset("mnpqkdrNMK")
_LOGIC = frozenset("∧∨¬∀∃⇒⇔")
_PROPOSITIONS = frozenset("pqr")
_SHAPES = ("matri", "grid", "square", "table", "array", "block", "rectang", "kernel", "filter")

_ROUNDED = 0.005
"""By what fraction a rounded quotient may be off."""


class Marks:
    """Finds the role of one sign.

    Args:
        classes: what each sign is to its neighbours.
    """

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._is_operand = Arranger(classes).is_operand
        self._marks: dict[str, Callable[[list[Node], int, str], str]] = {
            "−": self._minus, "+": self._minus, "±": self._minus, "|": self._bar, "∣": self._bar, "‖": self._double_bar, ":": self._colon,
            "→": self._arrow, "∼": self._tilde, "×": self._cross, "⋅": self._dot, "≡": self._congruence, "≢": self._congruence, "≅": self._figures, "=": self._equals,
        }  # fmt: skip

    def role(self, kids: list[Node], at: int, context: str) -> str:
        """Return the role of the sign at `at`; empty if it has only one meaning here.

        Args:
            kids: the row it stands in.
            at: its place.
            context: where the row stands: top, sup, sub, bound, lim, arg, set, bra, num, den …
        """
        settle = self._marks.get(kids[at].name)
        return "" if settle is None else settle(kids, at, context)

    def _minus(self, kids: list[Node], at: int, context: str) -> str:
        if at and self._is_operand(kids[at - 1]):
            return ""
        if at + 1 == len(kids):
            return "" if at == 0 else "short"
        if kids[at].name != "−":
            return "sign"
        after = core(kids[at + 1])
        plain = after.kind in {"num", "id"} and kids[at + 1].kind in {"num", "id", "script"}
        return "short" if context in _SMALL or not plain else "negative"

    def _bar(self, kids: list[Node], at: int, context: str) -> str:
        if context == "set":
            return "suchthat"
        if context in {"arg", "sub"}:
            return "given"
        if context == "bra":
            return "pause"
        return "divides" if 0 < at < len(kids) - 1 else "pause"

    def _double_bar(self, kids: list[Node], at: int, context: str) -> str:
        del kids, at
        return "pause" if context == "arg" else ""

    def _colon(self, kids: list[Node], at: int, context: str) -> str:
        if context == "set":
            return "suchthat"
        following = kids[at + 1 : at + _WINDOW]
        if following and following[0].name == "=":
            return "silent"
        if any(
            kid.name in {"→", "↦", "↪", "↠"} or (kid.kind == "over" and core(kid.kids[0]).name == "→")
            for kid in following
        ):
            return "map"
        if any(self._classes.get(kid.name) == "quantifier" for kid in kids[max(0, at - _WINDOW) : at]):
            return "suchthat"
        if following and at and _in_proportion(kids, at):
            return "division" if _divides(kids, at) else "ratio"
        return ""

    def _arrow(self, kids: list[Node], at: int, context: str) -> str:
        if context == "lim":
            return "approaches"
        if any(kid.name == ":" and kid.role == "map" for kid in kids[max(0, at - _WINDOW) : at]):
            return "mapto"
        if any(kid.name in _LOGIC for kid in _around(kids, at)) or _between_propositions(kids, at):
            return "implies"
        return "approaches" if context == "bound" else ""

    def _tilde(self, kids: list[Node], at: int, context: str) -> str:
        if context in {"bound", "sub"}:
            return "drawn"
        after = kids[at + 1] if at + 1 < len(kids) else None
        drawn = after is not None and (after.kind in {"apply", "fn", "text"} or core(after).role == "cal")
        return "distributed" if drawn else ""

    def _cross(self, kids: list[Node], at: int, context: str) -> str:
        if not 0 < at < len(kids) - 1:
            return ""
        before, after = kids[at - 1], kids[at + 1]
        if is_vector([before], self._classes) or is_vector([after], self._classes):
            return "cross"
        size = all(
            node.kind == "num" or (node.kind == "id" and node.name in _DIMENSIONS) for node in (before, after)
        )
        shape = any(
            kid.kind == "text" and kid.name.lower().startswith(_SHAPES) for kid in kids[at + 2 : at + 4]
        )
        if size and (context in {"sup", "sub"} or shape or {before.kind, after.kind} == {"id"}):
            return "by"
        sets = all(
            core(node).kind == "id" and (core(node).name.isupper() or core(node).role)
            for node in (before, after)
        )
        return "cross" if sets else ""

    def _dot(self, kids: list[Node], at: int, context: str) -> str:
        del context
        around = kids[max(0, at - 1) : at] + kids[at + 1 : at + 2]
        return "dot" if any(is_vector([node], self._classes) for node in around) else ""

    def _congruence(self, kids: list[Node], at: int, context: str) -> str:
        del context
        return "modulo" if any(_modulus(kid) for kid in kids[at : at + _WINDOW]) else ""

    def _figures(self, kids: list[Node], at: int, context: str) -> str:
        del context
        return "figures" if any(kid.name in {"△", "∠", "overline", "Δ"} for kid in _around(kids, at)) else ""

    def _equals(self, kids: list[Node], at: int, context: str) -> str:
        del context
        return "defined" if at and kids[at - 1].name == ":" and kids[at - 1].end == kids[at].start else ""


def _in_proportion(kids: list[Node], at: int) -> bool:
    """Whether a colon is part of a proportion: 3:4, or between letters if there is more than one colon: a : b = c : d."""
    kinds = {kids[at - 1].kind, kids[at + 1].kind}
    return kinds == {"num"} or (
        kinds <= {"num", "id"} and sum(kid.name == ":" for kid in _around(kids, at)) > 1
    )


def _divides(kids: list[Node], at: int) -> bool:
    """Whether a colon divides: 10 : 2 = 5, if the division comes out; 3 : 4 is a ratio."""
    dividend, divisor, result = (kids[at + step] if at + step < len(kids) else None for step in (-1, 1, 3))
    if dividend is None or divisor is None or result is None or kids[at + 2].name != "=":
        return False
    try:
        a, b, c = (float(node.name.replace(",", ".")) for node in (dividend, divisor, result))
    except ValueError:
        return False
    return b > 0 and abs(a - b * c) <= abs(a) * _ROUNDED


def _between_propositions(kids: list[Node], at: int) -> bool:
    """Whether an arrow stands between propositions: p → q."""
    return (
        0 < at < len(kids) - 1 and kids[at - 1].name in _PROPOSITIONS and kids[at + 1].name in _PROPOSITIONS
    )


def _around(kids: list[Node], at: int) -> list[Node]:
    return kids[max(0, at - _WINDOW) : at + _WINDOW]


def _modulus(node: Node) -> bool:
    """Whether a node is `(mod n)`, however it is written."""
    if node.kind == "fence":
        node = node.kids[0].kids[0] if node.kids[0].kids else node
    return node.name in {"pmod", "mod"}
