"""The tree of a formula: what is written, where it is written, and what it was found to mean.

One class serves every kind, so that a rule's pattern and a formula are the same thing and matching is comparing.

Kinds: `num id sym fn text unit` are leaves; `row` is a sequence; `frac binom root script prime postfix accent over xarrow
fence table tr apply chem` have children in fixed places; `void` is an absent child; `wild` stands in patterns only.
A `script` is [base, below, above]; a `fence` is named by its two marks joined by a space and holds one row.
"""

from dataclasses import dataclass, field

MAX_DEPTH = 40
"""Groups nested deeper are read without their nesting."""

LEAVES = frozenset({"num", "id", "sym", "fn", "text", "unit", "wild"})
WRAPPERS = frozenset({"script", "prime", "postfix"})
"""What is written on the node that is their first child."""


@dataclass(slots=True)
class Node:
    """A part of a formula.

    Args:
        kind: one of the kinds above.
        name: the canonical sign, word or digits; what tells two nodes of a kind apart.
        kids: the parts, in the order the kind prescribes.
        start: first character in the source.
        end: one past the last.
        role: what it means where it stands, once known.
    """

    kind: str
    name: str = ""
    kids: list["Node"] = field(default_factory=list)
    start: int = 0
    end: int = 0
    role: str = ""

    @property
    def key(self) -> str:
        """The key that rules are looked up by: the name of a leaf, else the kind and what distinguishes it."""
        kind = self.kind
        if kind in LEAVES:
            return f"unit:{self.name}" if kind == "unit" else self.name
        if kind == "script":
            return f"{self.shape}:{self.kids[0].key}"
        if kind == "apply":
            return f"apply:{self.kids[0].key}"
        return f"{kind}:{self.name}"

    @property
    def shape(self) -> str:
        """The key of rules for every node built like this one."""
        if self.kind != "script":
            return self.kind
        _, below, above = self.kids
        return "script" + ("_" if below.kind != "void" else "") + ("^" if above.kind != "void" else "")


def row(kids: list[Node], start: int, end: int) -> Node:
    """Return a sequence with the range it was written in."""
    return Node("row", "", kids, start, end)


def void(at: int) -> Node:
    """Return an absent child."""
    return Node("void", "", [], at, at)


def script(base: Node, below: Node | None, above: Node | None, end: int) -> Node:
    """Return a base with what stands below and above it."""
    return Node("script", "", [base, below or void(end), above or void(end)], base.start, end)


def flat(nodes: list[Node], limit: int = 64) -> str:
    """Return the names of all leaves in order, up to about `limit` of them: equal for equal formulas."""
    out: list[str] = []
    stack = list(reversed(nodes[:limit]))
    while stack and len(out) < limit:
        node = stack.pop()
        if node.name and node.kind != "fence":
            out.append(node.name)
        stack.extend(reversed(node.kids))
    return "".join(out)


def unwrapped(node: Node) -> Node:
    """Return what scripts, primes and postfix signs were written on."""
    while node.kind in WRAPPERS:
        node = node.kids[0]
    return node


def put(kid: Node, old: Node, new: Node) -> Node:
    """Return `kid` with `old`, which it wraps or is, replaced by `new`; all wrappers then start where `new` does."""
    if kid is old:
        return new
    node = kid
    while True:
        node.start = new.start
        if node.kids[0] is old:
            node.kids[0] = new
            return kid
        node = node.kids[0]


def core(node: Node) -> Node:
    """Return the sign under scripts, primes and accents: `f` in f'_n."""
    for _ in range(MAX_DEPTH):
        if node.kind not in {"script", "prime", "postfix", "accent", "row"} or not node.kids:
            break
        if node.kind == "row" and len(node.kids) != 1:
            break
        node = node.kids[0]
    return node
