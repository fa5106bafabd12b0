"""Matrices, cases and lines of an environment, in the order a reader says them."""

from collections.abc import Iterator, Mapping

from legato.text.maths.grammar import CASES, LINES
from legato.text.maths.nodes import Node
from legato.text.maths.patterns import Captures
from legato.text.maths.templates import Part, Template

Step = tuple[Template, Captures, tuple[int, int]]
_CONDITIONS = (
    "if",
    "when",
    "for",
    "otherwise",
    "else",
    "where",
    "unless",
    "falls",
    "sonst",
    "wenn",
    "si",
    "sinon",
    "en otro",
    "autrement",
    "für",
    "pour",
    "para",
)
_LONG = 4
_SLOT: Template = (Part(slot="a"),)
_COMMA: Template = (Part(pause=","),)
_BREAK: Template = (Part(pause=";"),)


def table_parts(table: Node, style: str, phrases: Mapping[str, Template]) -> Iterator[Step]:
    """Yield what is said of a table, one template at a time, each with its captures and range.

    Args:
        table: rows of cells.
        style: natural, explicit or brief.
        phrases: templates of the language.
    """

    def phrase(name: str) -> Template:
        return phrases.get(f"{name}.{style}") or phrases.get(name, ())

    if table.name in CASES:
        yield from _cases(table, phrase("if"), phrase("pause"))
    elif table.name in LINES:
        yield from _lines(table, phrase("break"))
    else:
        yield from _matrix(table, style, phrases)


def _whole(line: Node) -> list[Node]:
    return [node for cell in line.kids for node in cell.kids]


def _lines(table: Node, between: Template) -> Iterator[Step]:
    for index, line in enumerate(table.kids):
        if index:
            yield between, {}, (line.start, line.start)
        yield _SLOT, {"a": _whole(line)}, (line.start, line.end)


def _cases(table: Node, condition: Template, pause: Template) -> Iterator[Step]:
    for index, line in enumerate(table.kids):
        if index:
            yield _BREAK, {}, (line.start, line.start)
        for place, cell in enumerate(line.kids):
            if place and cell.kids:
                words = cell.kids[0].name.lower() if cell.kids[0].kind == "text" else ""
                yield pause, {}, (cell.start, cell.start)
                if not words.startswith(_CONDITIONS):
                    yield condition, {}, (cell.start, cell.start)
            yield _SLOT, {"a": cell.kids}, (cell.start, cell.end)


def _matrix(table: Node, style: str, phrases: Mapping[str, Template]) -> Iterator[Step]:
    def phrase(name: str) -> Template:
        return phrases.get(f"{name}.{style}") or phrases.get(name, ())

    lines = table.kids
    width = max((len(line.kids) for line in lines), default=0)
    span = (table.start, table.end)
    head = (
        "column" if width == 1 and len(lines) > 1 else "vector" if len(lines) == 1 and width > 1 else "matrix"
    )
    if table.name in {"vmatrix", "Vmatrix"}:
        head = "determinant" if table.name == "vmatrix" else "norm"
    yield phrase(head), {"rows": [_number(len(lines), span)], "columns": [_number(width, span)]}, span
    labelled = style == "explicit" or (
        style == "natural"
        and width > 1
        and (len(lines) > _LONG or any(len(cell.kids) > _LONG for line in lines for cell in line.kids))
    )
    for index, line in enumerate(lines):
        if index:
            yield _COMMA if head == "column" else _BREAK, {}, (line.start, line.start)
        if labelled and width > 1:
            yield phrase("row"), {"n": [_number(index + 1, span)]}, (line.start, line.start)
        for place, cell in enumerate(line.kids):
            if place:
                yield _COMMA, {}, (cell.start, cell.start)
            yield _SLOT, {"a": cell.kids}, (cell.start, cell.end)
    yield _COMMA, {}, (table.end, table.end)


def _number(value: int, span: tuple[int, int]) -> Node:
    return Node("num", str(value), [], *span)
