"""mhchem: formulas and equations of chemistry. Digits are counts, signs are charges, letters are said one by one."""

import re

from legato.text.maths.nodes import Node

COMMANDS = frozenset({"ce", "cee", "cf", "chemfig"})

_TOKEN = re.compile(
    r"(?P<arrow><=>>|<<=>|<=>|<-->|<->|->|<-|→|⇌)(?:\[[^\]]*\])*"
    r"|(?P<state>\((?:aq|s|l|g|cr|am)\))"
    r"|(?P<mass>\^\{?(?P<upper>\d+)\}?_\{?(?P<lower>-?\d+)\}?)"
    r"|(?P<charge>\^\{?(?P<count>\d*)(?P<sign>[-+−])\}?|(?<=[A-Za-z0-9)\]])(?P<tail>[-+])(?![\w(]))"
    r"|(?P<gas>(?<=\s)(?:\^|v)(?=\s|$))"
    r"|(?P<count2>[_^]?\{?\d+(?:/\d+|\.\d+)?\}?)"
    r"|(?P<element>[A-Z][a-z]?)"
    r"|(?P<plus>[+])"
    r"|(?P<bond>(?<=\w)[-=#](?=[A-Z(]))"
    r"|(?P<dot>\*|\.(?=\s*\d*[A-Z])|·|\\cdot)"
    r"|(?P<letter>[a-zα-ω])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_FORMULA = re.compile(r"\s*(?:\(?[A-Z][a-z]?\)?(?:_\{?\d+\}?|_\{?\d+\}?)?(?:\^\{?\d*[-+]\}?)?)+\s*$")
_ELEMENTS = re.compile(
    r"(?:H|He|Li|Be|B|C|N|O|F|Ne|Na|Mg|Al|Si|P|S|Cl|K|Ca|Cr|Mn|Fe|Co|Ni|Cu|Zn|Br|Ag|I|Ba|Hg|Pb)+"
)
_CHARGE = re.compile(r"\d?[-+]")
_LONE = frozenset("HCNOF")
"""Elements whose letter alone, if upright, is hardly ever anything else."""
_BONDS = {"-": "ce-", "=": "ce=", "#": "ce#"}
_ARROWS = {
    "->": "ce->", "→": "ce->", "<-": "ce<-", "<->": "ce<->", "<=>": "ce<=>", "⇌": "ce<=>", "<=>>": "ce<=>", "<<=>": "ce<=>", "<-->": "ce<=>",
}  # fmt: skip


def parsed(raw: str, start: int, whole: tuple[int, int]) -> Node:
    r"""Return the node of `\ce{raw}`.

    Args:
        raw: what stands between the braces.
        start: where it starts in the source.
        whole: range of the command with its argument.
    """
    kids: list[Node] = []
    for found in _TOKEN.finditer(raw):
        span = (found.start() + start, found.end() + start)
        kids += _nodes(found, span)
    return Node("chem", "", kids, *whole)


def formula(raw: str, start: int, whole: tuple[int, int]) -> Node | None:
    """Return the node of an upright formula such as `H_2O`; None if it is not one (`x_{max}`)."""
    if "_" not in raw and "^" not in raw:
        return None
    return parsed(raw, start, whole) if _FORMULA.match(raw) else None


def _nodes(found: re.Match[str], span: tuple[int, int]) -> list[Node]:
    kind, text = found.lastgroup or "other", found.group()
    if found["mass"]:
        return [Node("num", found["upper"], [], *span), Node("num", found["lower"], [], *span)]
    if found["charge"]:
        sign = found["sign"] or found["tail"]
        count = [Node("num", found["count"], [], *span)] if found["count"] else []
        return [*count, Node("sym", "ce+" if sign == "+" else "ce−", [], *span)]
    if found["arrow"]:
        return [Node("sym", _ARROWS[found["arrow"]], [], *span)]
    if kind == "state":
        return [Node("sym", text, [], *span)]
    if kind == "element":
        return [Node("id", letter, [], span[0] + at, span[0] + at + 1) for at, letter in enumerate(text)]
    if kind == "count2":
        return [Node("num", text.strip("_^{}"), [], *span)]
    if kind == "bond":
        return [Node("sym", _BONDS[text], [], *span)]
    named = {"gas": "ce↑" if "^" in text else "ce↓", "plus": "ce+", "dot": "ce·"}.get(kind)
    if named:
        return [Node("sym", named, [], *span)]
    return [Node("id", text, [], *span)] if kind == "letter" else []


def compound(base: Node, below: Node, above: Node, whole: tuple[int, int]) -> Node | None:
    r"""Return the node of upright letters with a count or a charge: `\text{CO}_2`; None if they are not elements.

    Args:
        base: the letters.
        below: a row of one number, or nothing.
        above: a row of a charge, or nothing.
        whole: range of the construct.
    """
    upright = base.kind == "text" or (base.kind == "id" and base.role == "upright" and base.name in _LONE)
    count, charge = _flat(below), _flat(above)
    if not upright or not _ELEMENTS.fullmatch(base.name) or not (count or charge):
        return None
    if (count and not count.isdigit()) or (charge and not _CHARGE.fullmatch(charge)):
        return None
    written = base.name + count + (f"^{{{charge}}}" if charge else "")
    return parsed(written, whole[0], whole)


def _flat(node: Node) -> str:
    return "".join(kid.name for kid in node.kids).replace("−", "-")
