"""Numbers of languages with a decimal comma, turned into those of English: `2,5` becomes `2.5`, `1.234,5` becomes `1,234.5`.

The length stays, so every character keeps its place. A comma may also separate the numbers of a list: in brackets and subscripts
it does, unless an operator or a semicolon beside it says otherwise.
"""

import re

_NUMBER = re.compile(r"(?<![\d.,])\d{1,30}(?:[.,]\d{1,30}){1,8}(?!\d|,(?:\S|\s*(?:\\[lc]?dots|…|\.\.)))")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_SIMPLE = re.compile(r"\d+,\d+")
_BRACED = re.compile(r"(?<![\d}])\d{1,30}(?:\{[.,]\}\d{1,30}){1,8}")
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:(?:\{\.\}\d{3})+|\{,\}000|(?:\{,\}\d{3}){2,})")
_BRACKET = re.compile(r"_\{|\\[{}]|[()\[\]{}]")
_CLOSERS = frozenset(")]}")
_OPERATOR_BEFORE = re.compile(r"(?:[-+*/=<>·×−]|\\(?:cdot|times|leq?|geq?))\s?\Z")
_OPERATOR_BEHIND = re.compile(r"\s?(?:[-+*/=<>·×^−]|\\(?:cdot|times|leq?|geq?))")
_SWAPPED = str.maketrans(".,", ",.")
_LOOK_CHARS = 8


def with_points(source: str) -> str:
    """Return a formula with its decimal commas as points and its grouping points as commas; the length stays the same."""
    if "{,}" in source or "{.}" in source:
        source = _BRACED.sub(_braced, source)
    done, parts = 0, list[str]()
    lists = _Lists(source)
    for found in _NUMBER.finditer(source):
        written = found.group()
        if _GROUPED.fullmatch(written) or (_SIMPLE.fullmatch(written) and not lists.hold(found)):
            parts += [source[done : found.start()], written.translate(_SWAPPED)]
            done = found.end()
    return "".join([*parts, source[done:]]) if parts else source


def _braced(number: re.Match[str]) -> str:
    """Convert marks in braces: a point before three digits, a comma before three zeros, and several commas separate groups."""
    written = number.group()
    if _GROUPS.fullmatch(written):
        return written.replace("{.}", "{,}")
    return written.translate(_SWAPPED) if written.count("{") > 1 else written.replace("{,}", "{.}")


class _Lists:
    """Tells, for one number after another, whether it stands in brackets that hold a list."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._brackets = _BRACKET.finditer(source)
        self._next = next(self._brackets, None)
        self._open: list[bool] = []

    def hold(self, number: re.Match[str]) -> bool:
        source = self._source
        while self._next is not None and self._next.start() < number.start():
            mark = self._next.group()
            if mark[-1] in _CLOSERS:
                del self._open[-1:]
            else:
                # The braces of a command enclose one thing; those of a set and of a subscript may enclose several.
                self._open.append(mark != "{")
            self._next = next(self._brackets, None)
        if not self._open or not self._open[-1]:
            return False
        before = source[max(0, number.start() - _LOOK_CHARS) : number.start()]
        if _OPERATOR_BEFORE.search(before) or _OPERATOR_BEHIND.match(source, number.end()):
            return False
        around = source[max(0, number.start() - _LOOK_CHARS) : number.end() + _LOOK_CHARS]
        return ";" not in around
