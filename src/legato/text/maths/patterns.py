"""Patterns: rules written as the LaTeX they match, with `#a` for any one part and `##a` for the rest of a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legato.text.maths.nodes import LEAVES, Node, flat
from legato.text.maths.predicates import PREDICATES, Classes

Captures = dict[str, list[Node]]
Condition = str | Sequence[str]

_LISTED = 4
"""How many parts a listed condition may consist of."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule matches.

    Args:
        nodes: the parts that must stand side by side, in order.
        where: the condition on each capture; `_` is the role of the first part.
    """

    nodes: tuple[Node, ...]
    where: Mapping[str, Condition]

    def match(self, kids: list[Node], at: int, classes: Classes) -> Captures | None:
        """Return the captures if the parts from `at` fit, else None."""
        if at + len(self.nodes) > len(kids):
            return None
        role = self.where.get("_")
        if role is not None and kids[at].role != role:
            return None
        captures: Captures = {}
        for offset, part in enumerate(self.nodes):
            if not _fits(part, kids[at + offset], captures):
                return None
        return captures if self._holds(captures, classes) else None

    def _holds(self, captures: Captures, classes: Classes) -> bool:
        for name, condition in self.where.items():
            if name != "_" and not _condition(captures.get(name, []), condition, classes):
                return False
        return True


def weigh(nodes: Sequence[Node], where: Mapping[str, Condition]) -> tuple[int, int, int]:
    """Return how much is written out: literals, then conditions, then length."""
    literals, stack = 0, list(nodes)
    while stack:
        node = stack.pop()
        literals += node.kind not in {"wild", "row", "void"}
        stack.extend(node.kids)
    listed = sum(not isinstance(condition, str) for name, condition in where.items() if name != "_")
    return literals + listed, len(where), len(nodes)


def _condition(nodes: list[Node], condition: Condition, classes: Classes) -> bool:
    if not isinstance(condition, str):
        return len(nodes) <= _LISTED and flat(nodes, _LISTED) in condition
    if " " in condition:
        return all(_condition(nodes, part, classes) for part in condition.split())
    if condition.startswith("!"):
        return not PREDICATES[condition[1:]](nodes, classes)
    return PREDICATES[condition](nodes, classes)


def _bind(captures: Captures, name: str, nodes: list[Node]) -> bool:
    if name in captures:
        return flat(captures[name]) == flat(nodes)
    captures[name] = nodes
    return True


def _fits(part: Node, node: Node, captures: Captures) -> bool:
    if part.kind == "wild":
        return node.kind != "void" and _bind(captures, part.name, [node])
    if part.kind in LEAVES:
        return (
            part.name == node.name and node.kind in LEAVES and (part.kind == "unit") == (node.kind == "unit")
        )
    if part.kind == "row" or node.kind == "row":
        return part.kind == node.kind and _row_fits(part.kids, node.kids, captures)
    if part.kind != node.kind or part.name != node.name or len(part.kids) != len(node.kids):
        return False
    for mine, theirs in zip(reversed(part.kids), reversed(node.kids), strict=True):
        if not _fits(mine, theirs, captures):
            return False
    return True


def _row_fits(parts: list[Node], nodes: list[Node], captures: Captures) -> bool:
    """Match a whole row: a lone `#a` takes all of it, `##a` takes what the parts after it leave."""
    if len(parts) == 1 and parts[0].kind == "wild":
        return bool(nodes) and _bind(captures, parts[0].name, nodes)
    if len(parts) > len(nodes) or (
        len(parts) < len(nodes) and not any(part.role == "many" for part in parts)
    ):
        return False
    at = 0
    for index, part in enumerate(parts):
        if part.role != "many":
            if at >= len(nodes) or not _fits(part, nodes[at], captures):
                return False
            at += 1
            continue
        end = _until(parts, index, nodes, at)
        if end <= at or not _bind(captures, part.name, nodes[at:end]):
            return False
        at = end
    return at == len(nodes)


def _until(parts: list[Node], index: int, nodes: list[Node], at: int) -> int:
    """Return where `##a` ends: before the next literal, or so that what follows still fits."""
    rest = parts[index + 1 :]
    if not rest or (all(part.role != "many" for part in rest) and rest[0].kind == "wild"):
        return len(nodes) - len(rest)
    key = rest[0].key
    return next((place for place in range(at + 1, len(nodes)) if nodes[place].key == key), -1)
