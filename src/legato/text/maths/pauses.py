"""Where a reader pauses so that a listener hears what belongs together: `f of x, plus 1` is not `f of x plus 1`."""

from legato.text.maths.nodes import Node, core
from legato.text.maths.predicates import Classes, is_leaf, is_sum, is_vulgar

_BARS = frozenset({"| |", "‖ ‖", "⌊ ⌋", "⌈ ⌉"})


def ends_audibly(nodes: list[Node], at: int, classes: Classes) -> bool:
    """Whether a pause is needed, as what follows the part at `at` would be taken as a piece of it.

    Args:
        nodes: the parts of a row.
        at: the part just said; another one follows.
        classes: what each sign is to its neighbours.
    """
    node, follower = nodes[at], nodes[at + 1]
    additive = follower.kind == "sym" and classes.get(follower.name) == "additive"
    operand = not additive and _is_operand(follower)
    if node.kind == "apply":
        return additive or (
            operand and not is_leaf(node.kids[1].kids, classes) and len(node.kids[1].kids) == 1
        )
    if node.kind == "root" or (node.kind == "fence" and node.name in _BARS):
        return additive or operand
    if node.kind == "frac":
        return (additive or operand) and not is_vulgar([node], classes)
    if node.kind != "script" or not additive:
        return False
    before_number = at + 2 < len(nodes) and nodes[at + 2].kind == "num" and node.shape == "script_"
    return is_sum(node.kids[1].kids, classes) or before_number


def _is_operand(node: Node) -> bool:
    if node.kind == "script" and core(node).kind == "sym":
        return False
    return node.kind not in {"sym", "postfix", "text", "unit"}
