"""What each sign means where it stands.

A minus before a term is not a difference; a bar is `given` in a probability and `such that` in a set; an arrow under `lim` is
`approaches`. The meaning becomes the node's role, which rules ask for with `"where": {"_": role}`. Silent signs that are heard
(`times` between brackets, `of` after an operator) become nodes of their own.
"""

from collections.abc import Callable, Mapping

from legato.text.maths import siunitx
from legato.text.maths.application import Applier
from legato.text.maths.arrange import Arranger
from legato.text.maths.nodes import Node, core
from legato.text.maths.predicates import is_atom, is_compound, is_relation, is_vector, is_vulgar

_SMALL = frozenset({"sup", "sub", "bound", "lim"})
_DIMENSIONS = frozenset("mnpqkdrNMK")
_UPRIGHT_UNITS = frozenset("mgsAKNJWCVFTLlhM")
_LOGIC = frozenset("∧∨¬∀∃⇒⇔")
_SHAPES = ("matri", "grid", "square", "table", "array", "block", "rectang", "kernel", "filter")
_CONTEXTS = {"root": "root", "accent": "accent", "over": "over", "xarrow": "over", "binom": "arg"}
_LIMITS = frozenset({"lim", "liminf", "limsup", "lim sup", "lim inf"})
_SET_BARS = frozenset({"|", "∣", ":"})
_PROBABILITY = frozenset({"P", "Pr", "E", "p", "q", "ℙ", "𝔼", "Var", "Cov", "H", "I", "D", "f", "L", "ℒ"})


class Roles:
    """Assigns roles in an arranged tree.

    Args:
        classes: what each sign is to its neighbours.
    """

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._is_operand = Arranger(classes).is_operand
        self._applier = Applier(classes)
        self._marks: dict[str, Callable[[list[Node], int, str], str]] = {
            "−": self._minus, "+": self._minus, "±": self._minus, "|": self._bar, "∣": self._bar, "‖": self._double_bar, ":": self._colon,
            "→": self._arrow, "∼": self._tilde, "×": self._cross, "⋅": self._dot, "≡": self._congruence, "≢": self._congruence, "≅": self._figures, "=": self._equals,
        }  # fmt: skip

    def assign(self, tree: Node, context: str = "top") -> None:
        """Settle `tree` (a row) and everything below it."""
        kids = self._applier.applied(self._measured(tree.kids))
        self._relations(kids, context)
        for at, kid in enumerate(kids):
            settle = self._marks.get(kid.name) if kid.kind == "sym" else None
            if settle is not None and not kid.role:
                kid.role = settle(kids, at, context)
        self._loads(kids)
        tree.kids = self._joined(kids)
        for kid in kids:
            self._descend(kid, context)

    # below

    def _descend(self, node: Node, context: str) -> None:
        for place, kid in enumerate(node.kids):
            inner = self._context(node, place, context)
            if kid.kind == "row":
                self.assign(kid, inner)
            else:
                self._descend(kid, inner)

    def _context(self, node: Node, place: int, context: str) -> str:
        if node.kind == "script":
            return self._script_context(node, place, context)
        if node.kind == "fence":
            return {"{ }": "set", "⟨ ⟩": "bra", "⟨ |": "bra"}.get(node.name, "fence")
        if node.kind == "apply" and place == 1:
            return (
                "set"
                if node.name == "{ }" and core(node.kids[0]).kind == "id" and not node.kids[0].role
                else "arg"
            )
        if node.kind == "frac":
            return "num" if place == 0 else "den"
        if node.kind in {"table", "tr"}:
            return node.name if node.kind == "table" else context
        return _CONTEXTS.get(node.kind, context)

    def _script_context(self, node: Node, place: int, context: str) -> str:
        if place == 0:
            return context
        sign = core(node.kids[0])
        if sign.name in _LIMITS:
            return "lim"
        if self._classes.get(sign.name) in {"big", "lim"} or sign.name in {
            "|",
            "argmax",
            "argmin",
            "max",
            "min",
            "sup",
            "inf",
        }:
            return "bound"
        return "sub" if place == 1 else "sup"

    # rows

    def _measured(self, kids: list[Node]) -> list[Node]:
        """Upright words after a number that are units become units."""
        out: list[Node] = []
        for kid in kids:
            before = out[-1] if out else None
            if before is not None and before.kind == "script" and before.kids[0].name == "10":
                before = before.kids[0]
            upright = kid.kind == "text" or (
                kid.kind == "id" and kid.role == "upright" and kid.name in _UPRIGHT_UNITS
            )
            if before is not None and before.kind == "num" and upright:
                found = siunitx.units(kid.name, kid.start, one=before.name == "1" and before is out[-1])
                if found:
                    for unit in found:
                        unit.start, unit.end = kid.start, kid.end
                    out += found
                    continue
            out.append(kid)
        return out

    def _relations(self, kids: list[Node], context: str) -> None:
        """After `for all` and `there exists`, and under a big operator, nothing is claimed: no `is`."""
        quantified = context in _SMALL
        claimed = not (context == "set" and any(kid.name in _SET_BARS for kid in kids))
        for kid in kids:
            name = self._classes.get(kid.name) if kid.kind == "sym" else None
            if kid.kind == "sym" and kid.name in _SET_BARS:
                claimed, quantified = True, context in _SMALL
            elif name == "quantifier":
                quantified = True
            elif name == "relation":
                if quantified or not claimed:
                    kid.role = kid.role or "bare"
                quantified = context in _SMALL
            elif kid.kind == "text":
                quantified = kid.name.lower().startswith(
                    ("for all", "for every", "there exist", "let", "for any", "for some")
                )

    def _loads(self, kids: list[Node]) -> None:
        """Brackets that are raised or multiplied must be heard as one thing."""
        for at, kid in enumerate(kids):
            if kid.kind in {"script", "postfix", "prime"}:
                base = kid.kids[0]
                if base.kind == "fence":
                    base.role = "raised"
            if kid.kind == "fence" and not kid.role:
                before = kids[at - 1] if at else None
                after = kids[at + 1] if at + 1 < len(kids) else None
                multiplied = (before is not None and self._factor(before)) or (
                    after is not None and self._factor(after)
                )
                kid.role = "factor" if multiplied else "lone" if len(kids) == 1 else ""

    def _factor(self, node: Node) -> bool:
        if node.kind == "sym":
            return node.name in {"⋅", "×", "∗", "/", "÷", "−", "∘"}
        return self._is_operand(node) or self._classes.get(core(node).name) == "big"

    def _joined(self, kids: list[Node]) -> list[Node]:
        """`kids` with the silent operators that are heard."""
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

    def _group(self, node: Node) -> bool:
        while node.kind in {"script", "postfix", "prime"}:
            node = node.kids[0]
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

    # marks

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
        if context == "arg" or context == "sub":
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
        following = kids[at + 1 :]
        if following and following[0].name == "=":
            return "silent"
        if any(
            kid.name in {"→", "↦", "↪", "↠"} or (kid.kind == "over" and core(kid.kids[0]).name == "→")
            for kid in following
        ):
            return "map"
        if any(self._classes.get(kid.name) == "quantifier" for kid in kids[:at]):
            return "suchthat"
        if following and at and kids[at - 1].kind == following[0].kind == "num":
            return "ratio"
        return ""

    def _arrow(self, kids: list[Node], at: int, context: str) -> str:
        if context == "lim":
            return "approaches"
        if any(kid.name == ":" and kid.role == "map" for kid in kids[:at]):
            return "mapto"
        if any(kid.name in _LOGIC for kid in kids):
            return "implies"
        return "approaches" if context == "bound" else ""

    def _tilde(self, kids: list[Node], at: int, context: str) -> str:
        del context
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
        return "modulo" if any(_modulus(kid) for kid in kids[at:]) else ""

    def _figures(self, kids: list[Node], at: int, context: str) -> str:
        del at, context
        return "figures" if any(kid.name in {"△", "∠", "overline", "Δ"} for kid in kids) else ""

    def _equals(self, kids: list[Node], at: int, context: str) -> str:
        del context
        return "defined" if at and kids[at - 1].name == ":" and kids[at - 1].end == kids[at].start else ""


def _enclosed(node: Node) -> bool:
    """A norm, an absolute value, a floor: what is said with `the` before it."""
    while node.kind == "script":
        node = node.kids[0]
    return node.kind == "fence" and node.name[0] in "|‖⌊⌈" and node.name[-1] in "|‖⌋⌉"


def _awaits(node: Node) -> bool:
    """A name that takes `of` before what it is applied to; one with an index has a rule that says so."""
    return node.kind in {"fn", "sym", "id"} or (node.kind == "script" and node.kids[1].kind == "void")


def _modulus(node: Node) -> bool:
    """`(mod n)`, however it is written."""
    if node.kind == "fence":
        node = node.kids[0].kids[0] if node.kids[0].kids else node
    return node.name in {"pmod", "mod"}


def _derivative(node: Node) -> bool:
    if node.kind != "frac" or not node.kids[0].kids or not node.kids[1].kids:
        return False
    first, last = core(node.kids[0].kids[0]), core(node.kids[1].kids[0])
    return first.name in {"d", "∂", "D"} and last.name == first.name


def _differentiates(node: Node) -> bool:
    """A derivative that waits for what it is taken of: `d/dx`."""
    return _derivative(node) and len(node.kids[0].kids) == 1
