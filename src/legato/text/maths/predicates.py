"""What a rule may ask of a part of a formula: `"where": {"n": "integer", "a": "!sum"}`."""

from collections.abc import Callable, Mapping

from legato.text.maths.nodes import Node, core

Classes = Mapping[str, str]
Predicate = Callable[[list[Node], Classes], bool]


def _single(nodes: list[Node], kind: str) -> bool:
    return len(nodes) == 1 and nodes[0].kind == kind


def is_number(nodes: list[Node], classes: Classes) -> bool:
    """Digits, and nothing else."""
    del classes
    return _single(nodes, "num")


def is_integer(nodes: list[Node], classes: Classes) -> bool:
    """A whole number."""
    return is_number(nodes, classes) and nodes[0].name.isdigit()


def is_letter(nodes: list[Node], classes: Classes) -> bool:
    """One variable."""
    del classes
    return _single(nodes, "id")


def is_capital(nodes: list[Node], classes: Classes) -> bool:
    """A capital letter, or a matrix written out."""
    del classes
    return (_single(nodes, "id") and nodes[0].name.isupper()) or _single(nodes, "table")


def is_function(nodes: list[Node], classes: Classes) -> bool:
    """A function known by name, or f, g, h, with or without an index."""
    if len(nodes) != 1:
        return False
    sign = core(nodes[0])
    return (
        sign.kind == "fn"
        or classes.get(sign.name) == "function"
        or (sign.kind == "id" and sign.name in "fghFGTφψΦΨσ")
    )


def is_vector(nodes: list[Node], classes: Classes) -> bool:
    """A bold sign, one under an arrow, or del."""
    del classes
    if len(nodes) != 1:
        return False
    node, sign = nodes[0], core(nodes[0])
    if node.kind == "script":
        node = node.kids[0]
    return (
        sign.role == "bf"
        or sign.name == "∇"
        or (node.kind == "accent" and node.name in {"vec", "overrightarrow"})
    )


def has_class(nodes: list[Node], classes: Classes, name: str) -> bool:
    """Whether a sign of this class stands between the parts."""
    return any(node.kind in {"sym", "script"} and classes.get(core(node).name) == name for node in nodes)


def is_sum(nodes: list[Node], classes: Classes) -> bool:
    """Terms added or subtracted: what cannot be raised or multiplied without saying where it ends."""
    return any(node.kind == "sym" and classes.get(node.name) == "additive" for node in nodes[1:-1])


def is_compound(nodes: list[Node], classes: Classes) -> bool:
    """Anything with an operator or a relation in it."""
    return len(nodes) > 1 and any(
        node.kind == "sym" and classes.get(node.name) in {"additive", "binary", "relation", "arrow"}
        for node in nodes[1:-1]
    )


def is_list(nodes: list[Node], classes: Classes) -> bool:
    """Parts with commas between them."""
    del classes
    return any(node.kind == "sym" and node.name in {",", ";"} for node in nodes)


def is_relation(nodes: list[Node], classes: Classes) -> bool:
    """A statement: equal, less, in."""
    return has_class(nodes, classes, "relation")


def is_atom(nodes: list[Node], classes: Classes) -> bool:
    """One sign or number, with or without a minus, index or accent."""
    if len(nodes) == 2 and nodes[0].name in {"−", "±", "+", "d", "∂", "Δ"}:
        nodes = nodes[1:]
    return len(nodes) == 1 and nodes[0].kind not in {"fence", "frac", "table"} and not is_sum(nodes, classes)


def is_leaf(nodes: list[Node], classes: Classes) -> bool:
    """One sign or number, with at most an index below: an exponent after it can belong to nothing else."""
    del classes
    if len(nodes) == 1 and nodes[0].kind == "script" and nodes[0].shape == "script_":
        nodes = nodes[0].kids[:1]
    return len(nodes) == 1 and nodes[0].kind in {"id", "num", "sym", "fn", "text", "accent", "prime"}


def is_operation(nodes: list[Node], classes: Classes) -> bool:
    """A compound that claims nothing: a union, a conjunction, a sum."""
    return is_compound(nodes, classes) and not is_relation(nodes, classes) and not is_list(nodes, classes)


def is_product(nodes: list[Node], classes: Classes) -> bool:
    """Several factors side by side."""
    return len(nodes) > 1 and not is_compound(nodes, classes) and not is_list(nodes, classes)


def is_unit(nodes: list[Node], classes: Classes) -> bool:
    """A unit of measurement."""
    del classes
    return _single(nodes, "unit")


def is_length(nodes: list[Node], classes: Classes) -> bool:
    """A unit of length, whose square is an area."""
    return is_unit(nodes, classes) and nodes[0].name in {"m", "in", "ft", "mi", "Å"}


def is_vulgar(nodes: list[Node], classes: Classes) -> bool:
    """A fraction of small whole numbers."""
    if not _single(nodes, "frac"):
        return False
    upper, lower = (kid.kids for kid in nodes[0].kids)
    return is_integer(upper, classes) and is_integer(lower, classes)


def is_nested(nodes: list[Node], classes: Classes) -> bool:
    """Parts with a fraction among them, other than one half and the like."""
    return any(node.kind == "frac" and not is_vulgar([node], classes) for node in nodes)


def is_named(nodes: list[Node], classes: Classes) -> bool:
    """A function known by name: sin, not f."""
    return len(nodes) == 1 and (nodes[0].kind == "fn" or classes.get(nodes[0].name) == "function")


def is_empty(nodes: list[Node], classes: Classes) -> bool:
    """No parts."""
    del classes
    return not nodes


def is_minus(nodes: list[Node], classes: Classes) -> bool:
    """Something with a minus before it."""
    del classes
    return len(nodes) > 1 and nodes[0].name == "−"


PREDICATES: dict[str, Predicate] = {
    "number": is_number, "integer": is_integer, "letter": is_letter, "capital": is_capital, "function": is_function, "vector": is_vector,
    "sum": is_sum, "compound": is_compound, "list": is_list, "relation": is_relation, "atom": is_atom, "product": is_product,
    "leaf": is_leaf, "operation": is_operation, "unit": is_unit, "length": is_length, "vulgar": is_vulgar, "empty": is_empty, "minus": is_minus, "nested": is_nested, "named": is_named,
}  # fmt: skip
