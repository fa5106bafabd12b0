"""Brackets, bars and factorials: from marks in a row to what they enclose.

LaTeX and MathML both write `(`, `|` and `!` as marks of their own, with the exponent on the closing one. Here a row becomes what a
reader sees: a fence around its content, and the exponent on the fence. One walk with a stack per row; unmatched marks stay.
"""

from collections.abc import Mapping

from legato.text.maths.grammar import CASES, CLOSERS, MATRICES, OPENERS
from legato.text.maths.nodes import MAX_DEPTH, WRAPPERS, Node, put, row, script, void

_BARS = frozenset({"|", "‖", "∥"})
_OPERATORS = frozenset(
    {
        "relation",
        "binary",
        "additive",
        "big",
        "quantifier",
        "arrow",
        "punct",
        "prefix",
        "function",
        "lim",
        "of",
        "open",
    }
)
_TABLES = {"( )": "pmatrix", "[ ]": "bmatrix", "| |": "vmatrix", "‖ ‖": "Vmatrix"}
_ROUND = frozenset("([])")


class Arranger:
    """Arranges whole trees.

    Args:
        classes: what each sign is to its neighbours, by canonical name.
    """

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes

    def arrange(self, tree: Node, depth: int = 0) -> None:
        """Rewrite `tree` (a row) and all rows below it in place."""
        tree.kids = _spliced(tree.kids)
        if tree.role != "fenced":
            tree.kids = self._fenced(tree.kids, depth, bars=tree.role != "bra")
        tree.role = ""
        for kid in tree.kids:
            self._below(kid, depth + 1)
        tree.kids = [_tabled(kid) for kid in tree.kids]

    def is_operand(self, node: Node) -> bool:
        """Whether a value ends here, so that a following minus is a difference and a bar may close."""
        if node.kind in {"sym", "fn"}:
            return self._classes.get(node.name, "") not in _OPERATORS and node.name not in {
                "(",
                "[",
                "{",
                "newline",
                "quad",
            }
        if node.kind == "script":
            return self.is_operand(node.kids[0])
        return node.kind != "void"

    def _below(self, node: Node, depth: int) -> None:
        if node.kind == "fence" and node.name.startswith("⟨"):
            node.kids[0].role = node.kids[0].role or "bra"
        for kid in node.kids:
            if depth >= MAX_DEPTH * 2:
                kid.kind, kid.name, kid.kids = "void", "", []
            elif kid.kind == "row":
                self.arrange(kid, depth)
            else:
                self._below(kid, depth + 1)
        if node.kind in WRAPPERS:
            node.kids[0] = _based(node.kids[0])
        if node.shape == "script_^" and not self._takes_bounds(node.kids[0]):
            base, below, _ = node.kids
            node.kids[:2] = [script(base, below, None, below.end), void(below.end)]

    def _takes_bounds(self, base: Node) -> bool:
        """Whether what stands below and above belongs together: a sum's bounds, not an index and a power."""
        if base.kind in {"fence", "table", "accent", "void"} or base.name in _BARS:
            return True
        return base.kind in {"sym", "fn"} and self._classes.get(base.name) in {"big", "lim"}

    def _fenced(self, kids: list[Node], depth: int, *, bars: bool) -> list[Node]:
        stack: list[tuple[Node, list[Node]]] = []
        current: list[Node] = []
        left = sum(1 for kid in kids if _mark(kid).name in _BARS)
        kets = sum(1 for kid in kids if _mark(kid).name == "⟩")
        for kid in kids:
            mark = _mark(kid)
            name = mark.name if mark.kind == "sym" else ""
            if name in _BARS and bars:
                left -= 1
                bra = stack and stack[-1][0].name == "⟨" and not kets and name == "|"
                current = (
                    _closed(kid, mark, stack, current)
                    if bra
                    else self._bar(kid, mark, stack, current, left + kets)
                )
            elif name in OPENERS and mark is kid and len(stack) + depth < MAX_DEPTH:
                stack.append((kid, current))
                current = []
            elif name in CLOSERS:
                kets -= name == "⟩"
                current = _closed(kid, mark, stack, current)
            elif name == "!" and current and self.is_operand(current[-1]) and current[-1].name != "!!!":
                _factorial(kid, mark, current)
            else:
                current.append(kid)
        while stack:
            current = _collapsed(stack, current)
        return current

    def _bar(
        self, kid: Node, mark: Node, stack: list[tuple[Node, list[Node]]], current: list[Node], later: int
    ) -> list[Node]:
        ended = bool(current) and self.is_operand(current[-1])
        opened = bool(stack) and stack[-1][0].name == mark.name
        if opened and ended:
            return _closed(kid, mark, stack, current)
        if stack and stack[-1][0].name == "⟨":
            current.append(kid)
            return current
        starts = not ended or later % 2 == 1
        if mark is kid and starts and later and len(stack) < MAX_DEPTH:
            stack.append((kid, current))
            return []
        current.append(kid)
        return current


def _spliced(kids: list[Node]) -> list[Node]:
    """Return `kids` without braces that only group: those are not read."""
    out: list[Node] = []
    stack = list(reversed(kids))
    while stack:
        node = stack.pop()
        if node.kind == "row":
            stack.extend(reversed(node.kids))
        elif out and out[-1].kind == "num" and _is_degree(node):
            number = out.pop()
            out.append(script(number, None, node.kids[2], node.end))
        else:
            out.append(node)
    return out


def _is_degree(node: Node) -> bool:
    """Whether a node is a degree sign that a blank separates from its number: `25 ^∘`."""
    return (
        node.kind == "script"
        and node.kids[0].kind == "void"
        and [kid.name for kid in node.kids[2].kids] == ["∘"]
    )


def _mark(node: Node) -> Node:
    """Return the sign that an exponent, a prime or an index was written on."""
    for _ in range(MAX_DEPTH):
        if node.kind not in WRAPPERS:
            break
        node = node.kids[0]
    return node


def _collapsed(stack: list[tuple[Node, list[Node]]], current: list[Node]) -> list[Node]:
    opener, outer = stack.pop()
    outer.append(opener)
    outer.extend(current)
    return outer


def _pairs(opener: str, closer: str) -> bool:
    if (opener, closer) in {("|", "⟩"), ("⟨", "|")}:
        return True
    return OPENERS.get(opener, opener) == closer or (opener in _ROUND and closer in _ROUND)


def _closed(kid: Node, mark: Node, stack: list[tuple[Node, list[Node]]], current: list[Node]) -> list[Node]:
    if not any(_pairs(opener.name, mark.name) for opener, _ in stack[-8:]):
        current.append(kid)
        return current
    while not _pairs(stack[-1][0].name, mark.name):
        current = _collapsed(stack, current)
    opener, outer = stack.pop()
    outer.append(put(kid, mark, _fence(opener, mark, current)))
    return outer


def _fence(opener: Node, closer: Node, kids: list[Node]) -> Node:
    body = row(kids, opener.end, closer.start)
    body.role = "fenced"
    name = f"{opener.name} {closer.name}"
    return Node("fence", name, [body], opener.start, closer.end)


def _factorial(kid: Node, mark: Node, current: list[Node]) -> None:
    value = current.pop()
    if value.kind == "postfix" and mark is kid and len(value.name) < 3:
        value.name += "!"
        value.end = kid.end
        current.append(value)
        return
    current.append(put(kid, mark, Node("postfix", "!", [value], value.start, mark.end)))


def _based(base: Node) -> Node:
    """Return what an exponent stands on: braces around several parts are heard like brackets."""
    if base.kind == "fence":
        return _tabled(base)
    if base.kind != "row":
        return base
    if not base.kids:
        return Node("void", "", [], base.start, base.end)
    return base.kids[0] if len(base.kids) == 1 else Node("fence", "( )", [base], base.start, base.end)


def _tabled(node: Node) -> Node:
    """Return a fence around nothing but a table as the table: brackets make a matrix, a brace makes cases."""
    if node.kind != "fence":
        return node
    inner = node.kids[0].kids
    if len(inner) != 1 or inner[0].kind != "table":
        return node
    table = inner[0]
    opener = node.name.split(" ")[0]
    if opener == "{" and (
        table.name in CASES or table.name in MATRICES or table.name == "lines" or node.name == "{ "
    ):
        name = "cases"
    elif (table.name in MATRICES or table.name == "lines") and node.name in _TABLES:
        name = _TABLES[node.name]
    else:
        return node
    return Node("table", name, table.kids, node.start, node.end)
