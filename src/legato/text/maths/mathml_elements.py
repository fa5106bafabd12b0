"""What each MathML element means, in the tree that LaTeX builds."""

from collections.abc import Callable, Mapping

from legato.text.maths.grammar import dressed
from legato.text.maths.lexer import digits
from legato.text.maths.nodes import Node, core, row, script, void
from legato.text.maths.words import worded

Span = tuple[int, int]
Attributes = Mapping[str, str]

_INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b\ufeff"))
_VARIANTS = {
    "double-struck": "bb", "script": "cal", "fraktur": "frak", "bold": "bf", "bold-italic": "bf", "bold-script": "cal", "bold-fraktur": "frak",
}  # fmt: skip
_PRIMES = {"′": 1, "″": 2, "‴": 3, "'": 1, "''": 2, "’": 1, "′′": 2, "′′′": 3}
_OVER = {
    "^": "hat", "ˆ": "hat", "¯": "overline", "‾": "overline", "\u0304": "bar", "→": "vec", "\u20d7": "vec", "⇀": "vec", "˙": "dot", ".": "dot",
    "¨": "ddot", "~": "tilde", "∼": "tilde", "˜": "tilde", "ˇ": "check", "˘": "breve", "⏞": "overbrace", "↔": "overleftrightarrow",
    "←": "overleftarrow", "⌢": "arc", "⏜": "arc", "―": "overline", "−": "overline", "_": "overline", "⃛": "dddot",
}  # fmt: skip
_UNDER = {
    "_": "underline",
    "¯": "underline",
    "‾": "underline",
    "⏟": "underbrace",
    "−": "underline",
    "―": "underline",
    "\u0332": "underline",
}
_LARGE = frozenset("∑∏∐∫∮∬∭⋃⋂⨁⨂⨆⋁⋀")


def element(
    name: str, attributes: Attributes, kids: list[Node], text: str, span: Span, commands: Mapping[str, str]
) -> Node | None:
    """Return the node of one element, or None if it is silent.

    Args:
        name: its name, without a namespace.
        attributes: its attributes, as written.
        kids: nodes of the children, `void` ones included.
        text: the characters directly inside.
        span: range of the element in the source.
        commands: canonical signs.
    """
    if name in {"mi", "mn", "mo", "mtext", "ms"}:
        return _token(name, attributes, text.translate(_INVISIBLE).strip(" \n\t\r\u00a0"), span, commands)
    if name in {"mspace", "mphantom", "maligngroup", "malignmark", "mglyph"}:
        return None
    if name in {"none", "mprescripts"}:
        return Node("void", name, [], *span)
    build = _BUILDERS.get(name)
    return build(kids, attributes, span) if build is not None else row(kids, *span)


def _token(
    name: str, attributes: Attributes, text: str, span: Span, commands: Mapping[str, str]
) -> Node | None:
    if not text:
        return None
    if name in {"mtext", "ms"}:
        return Node("text", text, [], *span)
    if name == "mn" and text[0].isdigit():
        return Node(
            "num", digits(text) if text.replace(",", "").replace(".", "").isdigit() else text, [], *span
        )
    sign = commands.get(text, text)
    if len(text) > 1 and sign == text:
        return worded(text, span, commands)
    if name == "mi" and len(sign) == 1:
        font = _VARIANTS.get(attributes.get("mathvariant", ""), "")
        letter = dressed(sign, font) if font else sign
        return Node("id" if letter.isalpha() else "sym", letter, [], *span, font)
    kind = "id" if len(sign) == 1 and sign.isalpha() else "fn" if sign.isalpha() and len(sign) > 1 else "sym"
    return Node(kind, sign, [], *span)


def _as_row(node: Node) -> Node:
    return node if node.kind == "row" else row([] if node.kind == "void" else [node], node.start, node.end)


def _take(kids: list[Node], count: int, span: Span) -> list[Node]:
    return [*kids[:count], *(void(span[1]) for _ in range(count - len(kids)))]


def _fraction(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    upper, lower = _take(kids, 2, span)
    kind = "binom" if attributes.get("linethickness", "").rstrip("ptemx% ") in {"0", "0.0"} else "frac"
    return Node(kind, "", [_as_row(upper), _as_row(lower)], *span)


def _square_root(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    del attributes
    return Node("root", "", [row(kids, *span)], *span)


def _root(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    del attributes
    body, index = _take(kids, 2, span)
    return Node("root", "n", [_as_row(body), _as_row(index)], *span)


def _scripts(base: Node, below: Node, above: Node, span: Span) -> Node:
    count = _PRIMES.get(above.name, 0) if above.kind in {"sym", "text"} else 0
    first = above.kids[0] if above.kind == "row" and above.kids else None
    if first is not None and first.name in _PRIMES and len(above.kids) == 1:
        count = _PRIMES[first.name]
    low = None if below.kind == "void" else _as_row(below)
    if count:
        inner = script(base, low, None, span[1]) if low is not None else base
        return Node("prime", str(count), [inner], *span)
    high = None if above.kind == "void" else _as_row(above)
    node = script(base, low, high, span[1])
    node.start = span[0]
    return node


def _sub(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    del attributes
    base, below = _take(kids, 2, span)
    return _scripts(base, below, void(span[1]), span)


def _sup(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    del attributes
    base, above = _take(kids, 2, span)
    return _scripts(base, void(span[1]), above, span)


def _sub_sup(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    del attributes
    base, below, above = _take(kids, 3, span)
    return _scripts(base, below, above, span)


def _under(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    base, below = _take(kids, 2, span)
    if below.name in _UNDER and below.kind == "sym":
        return Node("accent", _UNDER[below.name], [_as_row(base)], *span)
    return _sub([base, below], attributes, span)


def _over(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    base, above = _take(kids, 2, span)
    if above.kind == "sym" and above.name in _OVER:
        return Node("accent", _OVER[above.name], [_as_row(base)], *span)
    if core(base).name in _LARGE:
        return _sup([base, above], attributes, span)
    return Node("over", "", [_as_row(base), _as_row(above)], *span)


def _under_over(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    base, below, above = _take(kids, 3, span)
    if above.kind == "sym" and above.name in _OVER:
        return _under([_over([base, above], attributes, span), below], attributes, span)
    return _sub_sup([base, below, above], attributes, span)


def _multi(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    """Read the scripts after the base and, past `mprescripts`, those before it; they are said in the order of the page."""
    del attributes
    base, rest = (kids[0], kids[1:]) if kids else (void(span[0]), [])
    split = next((at for at, kid in enumerate(rest) if kid.name == "mprescripts"), len(rest))
    after, before = rest[:split], rest[split + 1 :]
    node = base
    for at in range(0, len(after) - 1, 2):
        node = _scripts(node, after[at], after[at + 1], span)
    return row([*(kid for kid in before if kid.kind != "void"), node], *span)


def _fenced(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    marks = attributes.get("separators", ",").replace(" ", "")
    inside: list[Node] = []
    for at, kid in enumerate(kids):
        if at and marks:
            inside.append(Node("sym", marks[min(at - 1, len(marks) - 1)], [], kid.start, kid.start))
        inside.append(kid)
    name = f"{attributes.get('open', '(')} {attributes.get('close', ')')}"
    return Node("fence", name, [row(inside, *span)], *span)


def _enclosed(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    if "radical" in attributes.get("notation", ""):
        return _square_root(kids, attributes, span)
    return row(kids, *span)


def _table(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    del attributes
    lines = [kid if kid.kind == "tr" else Node("tr", "", [_as_row(kid)], kid.start, kid.end) for kid in kids]
    return Node("table", "lines", lines, *span)


def _line(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    del attributes
    return Node("tr", "", [_as_row(kid) for kid in kids], *span)


def _first(kids: list[Node], attributes: Attributes, span: Span) -> Node:
    del attributes
    return row(kids[:1], *span)


_BUILDERS: dict[str, Callable[[list[Node], Attributes, Span], Node]] = {
    "mfrac": _fraction, "msqrt": _square_root, "mroot": _root, "msub": _sub, "msup": _sup, "msubsup": _sub_sup, "munder": _under,
    "mover": _over, "munderover": _under_over, "mmultiscripts": _multi, "mfenced": _fenced, "menclose": _enclosed, "mtable": _table,
    "mtr": _line, "mlabeledtr": _line, "semantics": _first, "maction": _first,
}  # fmt: skip
