"""Which brackets hold an argument: f(x) is `f of x`, k(n - k) is a product."""

from collections.abc import Mapping

from legato.text.maths.nodes import Node, core, put, unwrapped
from legato.text.maths.predicates import is_atom, is_list, is_relation

_ALWAYS = frozenset("fghoFGHLPEOTΓΘΦΨΩζσφψοℙ𝔼ℒ𝒪ℱ")
"""Letters that name functions whatever they are applied to."""
_NEVER = frozenset("ijklmnabcdeπ∞ABCIKMN")
"""Letters that are factors unless what follows can only be an argument."""
_BRACKETED = frozenset({"E", "𝔼", "P", "ℙ", "Var", "Cov", "Pr", "H", "I", "D"})
_QUANTITIES = frozenset("PETHN")
"""Letters that are a quantity if they occur in the brackets after them: P(1 - P/K)."""
_ARGUMENT_SIGNS = frozenset({"|", "∣", "‖", "∪", "∩", "∖"})
"""Signs of conditions and of sets: brackets that contain one are not a factor."""
_TIMES = frozenset("txyzsτnuvω")
_CONJUNCTIONS = frozenset(
    {
        "if",
        "for",
        "and",
        "or",
        "when",
        "otherwise",
        "where",
        "with",
        "such that",
        "as",
        "is",
        "then",
        "so",
        "in",
        "on",
        "at",
    }
)


class Applier:
    """Joins a function with the brackets after it.

    Args:
        classes: what each sign is to its neighbours.
    """

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes

    def applied(self, kids: list[Node]) -> list[Node]:
        """Return `kids` with each function and its argument made one `apply` node."""
        out: list[Node] = []
        for kid in kids:
            fence = unwrapped(kid)
            if out and fence.kind == "fence" and self._calls(out[-1], fence):
                caller = out.pop()
                made = Node("apply", fence.name, [caller, fence.kids[0]], caller.start, fence.end)
                out.append(put(kid, fence, made))
            else:
                out.append(kid)
        return out

    def _calls(self, caller: Node, fence: Node) -> bool:
        sign = core(caller)
        if caller.kind == "script" and self._classes.get(sign.name) in {"lim", "big"}:
            return False
        if sign.kind == "wild":
            return fence.name in {"( )", "[ ]", "{ }"}
        if fence.name == "( )":
            return self._round(caller, sign, fence.kids[0].kids)
        if fence.name == "[ ]":
            return (
                sign.name in _BRACKETED
                or sign.kind == "fn"
                or (sign.name in "xyuh" and _short(fence.kids[0].kids))
            )
        return fence.name == "{ }" and (sign.role == "cal" or sign.kind == "fn" or sign.name in _BRACKETED)

    def _round(self, caller: Node, sign: Node, inside: list[Node]) -> bool:
        if caller.kind == "apply":
            return self._argument_like(inside) and caller.name != "( )"
        if sign.kind == "fn" or self._classes.get(sign.name) in {"function", "of"}:
            return True
        if sign.kind == "text":
            return sign.name not in _CONJUNCTIONS and " " not in sign.name
        if caller.kind == "fence":
            return self._composed(caller, inside)
        if sign.kind != "id" or caller.kind == "postfix":
            return False
        if sign.name in _ALWAYS:
            return sign.name not in _QUANTITIES or not (
                _mentions(inside, sign.name) or (sign.name == "P" and _grows(inside))
            )
        return self._letter_calls(caller, sign, inside)

    def _letter_calls(self, caller: Node, sign: Node, inside: list[Node]) -> bool:
        powered = caller.kind == "script" and caller.kids[2].kind != "void" and not _inverse(caller)
        if powered or (sign.name == "π" and all(kid.kind == "num" for kid in inside)):
            return False
        if (
            caller.kind == "prime"
            or (sign.name in "pqμ" and is_relation(inside, self._classes))
            or any(kid.name in _ARGUMENT_SIGNS for kid in inside)
        ):
            return True
        if self._argument_like(inside):
            return True
        return (
            sign.name not in _NEVER
            and bool(inside)
            and core(inside[0]).name in _TIMES
            and core(inside[0]).name != sign.name
            and not (sign.name.islower() and core(inside[0]).name not in "tτn")
        )

    def _composed(self, caller: Node, inside: list[Node]) -> bool:
        parts = caller.kids[0].kids
        named = any(part.name in {"∘", "∗"} for part in parts) or all(
            part.kind == "sym" or core(part).name in _ALWAYS for part in parts
        )
        return named and len(parts) > 1 and self._argument_like(inside)

    def _argument_like(self, inside: list[Node]) -> bool:
        """Whether brackets hold one sign or number, with or without a minus, or a list: an argument, not a factor."""
        if is_list(inside, self._classes):
            return True
        return is_atom(inside, self._classes) and len(inside) <= 2


def _mentions(inside: list[Node], name: str) -> bool:
    """Whether the letter stands in a row, or above or below a fraction bar in it."""
    parts = [
        part
        for node in inside
        for part in ([node] if node.kind != "frac" else [*node.kids[0].kids, *node.kids[1].kids])
    ]
    return any(core(part).name == name for part in parts)


def _grows(inside: list[Node]) -> bool:
    """Whether a row is one plus or minus a rate, by which a quantity is multiplied: P(1 + r)."""
    return len(inside) > 2 and inside[0].name == "1" and inside[1].name in {"+", "−"}


def _short(inside: list[Node]) -> bool:
    return 0 < len(inside) <= 3


def _inverse(caller: Node) -> bool:
    above = caller.kids[2].kids
    return (len(above) == 2 and above[0].name == "−") or (
        len(above) == 1 and above[0].kind in {"fence", "sym"}
    )
