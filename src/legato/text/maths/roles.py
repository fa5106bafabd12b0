"""What each sign means where it stands.

A minus before a term is not a difference; a bar is `given` in a probability and `such that` in a set; an arrow under `lim` is
`approaches`. The meaning becomes the node's role, which rules ask for with `"where": {"_": role}`. Operators that are heard
but not written (`times` between brackets, `of` after an operator) become nodes of their own.
"""

import itertools
from collections.abc import Mapping

from legato.text.maths import chemistry, siunitx
from legato.text.maths.application import Applier
from legato.text.maths.arrange import Arranger
from legato.text.maths.marks import Marks
from legato.text.maths.nodes import Node, core
from legato.text.maths.silent import Silent

_SMALL = frozenset({"sup", "sub", "bound", "lim"})
_UPRIGHT_UNITS = frozenset("mgsAKNJWCVFTLlhM")
_CONTEXTS = {"root": "root", "accent": "accent", "over": "over", "xarrow": "over", "binom": "arg"}
_SHORTEST_WORD = 3
_VOWELS = frozenset("aeou")
_INDICES = frozenset("ijklmnpqrst")
_LIMITS = frozenset({"lim", "liminf", "limsup", "lim sup", "lim inf"})
_SET_BARS = frozenset({"|", "∣", ":"})


class Roles:
    """Assigns roles in an arranged tree.

    Args:
        classes: what each sign is to its neighbours.
    """

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._is_operand = Arranger(classes).is_operand
        self._applier = Applier(classes)
        self._marks = Marks(classes)
        self._silent = Silent(classes)

    def assign(self, tree: Node, context: str = "top") -> None:
        """Assign the roles in `tree` (a row) and in everything below it."""
        kids = self._applier.applied(self._measured(tree.kids))
        self._relations(kids, context)
        for at, kid in enumerate(kids):
            if kid.kind == "sym" and kid.role in {"", "bare"}:
                kid.role = self._marks.role(kids, at, context) or kid.role
        self._loads(kids)
        tree.kids = self._silent.joined(kids)
        for kid in kids:
            self._descend(kid, context)

    # below

    def _descend(self, node: Node, context: str) -> None:
        for place, kid in enumerate(node.kids):
            inner = self._context(node, place, context)
            if kid.kind == "row":
                if node.kind == "script" and place == 1:
                    kid.kids = _worded(kid.kids)
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
        """Turn upright words after a number into units if they are names of units."""
        out: list[Node] = []
        for at, part in enumerate(kids):
            kid = _compounded(part)
            before = out[-1] if out else None
            if before is not None and before.kind == "script" and before.kids[0].name == "10":
                before = before.kids[0]
            written = _as_unit(kid) or _short_unit(kid, kids[at + 1 : at + 2])
            if before is not None and written and (before.kind == "num" or core(before).kind == "unit"):
                found = siunitx.units(written, kid.start, one=before.name == "1" and before is out[-1])
                if found:
                    if before.kind == "unit" and found[0].name != "per":
                        before.role = "one"
                    for unit in found:
                        unit.start, unit.end = kid.start, kid.end
                    out += found
                    continue
            dot = kid.name == "⋅" and before is not None and core(before).kind == "unit"
            if not (dot and at + 1 < len(kids) and _as_unit(kids[at + 1])):
                out.append(kid)
        return out

    def _relations(self, kids: list[Node], context: str) -> None:
        """Mark relations that claim nothing, so that they have no `is`: after `for all` and `there exists`, and under a big operator."""
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
        """Mark brackets that are raised or multiplied, as they must be heard as one thing."""
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


def _worded(kids: list[Node]) -> list[Node]:
    """Join a subscript that is a word although its letters are not upright: E_{tot}, but not x_{ijk}."""
    letters = "".join(kid.name for kid in kids)
    plain = all(kid.kind == "id" and not kid.role and len(kid.name) == 1 for kid in kids)
    if not plain or len(letters) < _SHORTEST_WORD or not letters.isascii() or not letters.islower():
        return kids
    run = all(ord(after) - ord(before) == 1 for before, after in itertools.pairwise(letters))
    if run or not set(letters) & _VOWELS or set(letters) <= _INDICES:
        return kids
    return [Node("text", letters, [], kids[0].start, kids[-1].end)]


def _compounded(node: Node) -> Node:
    """Return a chemical formula written as upright letters with scripts as one node, any other node as it is."""
    if node.kind != "script":
        return node
    base, below, above = node.kids
    if base.kind == "script" and below.kind == "void" and base.kids[2].kind == "void":
        base, below, _ = base.kids
    letters = base.kids[0] if base.kind == "row" and len(base.kids) == 1 else base
    return chemistry.compound(letters, below, above, (node.start, node.end)) or node


def _short_unit(node: Node, following: list[Node]) -> str:
    """Return a unit that is also the name of a function, if nothing after it could be its argument (30 min); else empty."""
    if node.kind != "fn" or node.name not in {"min", "lb"}:
        return ""
    return "" if following and following[0].kind != "sym" else node.name


def _as_unit(node: Node) -> str:
    """Return an upright word and its power as units are written; empty for anything else."""
    base, power = node, ""
    if node.kind == "script" and node.kids[1].kind == "void":
        base = (
            node.kids[0].kids[0]
            if node.kids[0].kind == "row" and len(node.kids[0].kids) == 1
            else node.kids[0]
        )
        power = "^{" + "".join(kid.name for kid in node.kids[2].kids) + "}"
    upright = base.kind == "text" or (
        base.kind == "id" and base.role == "upright" and base.name in _UPRIGHT_UNITS
    )
    return base.name + power if upright else ""
