"""Text that comes in pieces with no spaces between them: where one has to be added.

Vendors join pieces verbatim, and some clients send whole sentences with nothing after the full stop. Tokens of a language model
must stay as they are: no sentence ends between `3.` and `14`, `example.` and `com`, or `U.` and `S.`.
"""

import re

_TAIL = 16
_ENDS = re.compile(r"\w[.!?…]+[\"'”’»)\]]*$")
_BEGINS = re.compile(r"[\"'“‘«(¿¡]?[^\W_]")
_INITIAL_BEFORE = re.compile(r"(?:^|[^\w])[^\W\d_]\.$")
_INITIAL_AFTER = re.compile(r"[^\W\d_](?:\.|$)")


class Joiner:
    """The pieces of one text, in order."""

    __slots__ = ("_tail",)

    def __init__(self) -> None:
        self._tail = ""

    def add(self, piece: str) -> str:
        """Return the piece, with a space before it if the previous piece ended a sentence and this one begins the next."""
        joined = " " + piece if _is_border(self._tail, piece) else piece
        self._tail = (self._tail + piece)[-_TAIL:]
        return joined


def _is_border(before: str, after: str) -> bool:
    begins = _BEGINS.match(after)
    if begins is None or not _ENDS.search(before):
        return False
    first = begins.group()[-1]
    if first.isdigit():
        return not re.search(r"\d\.$", before)
    if not first.isupper():
        return False
    return not (_INITIAL_BEFORE.search(before) and _INITIAL_AFTER.match(after))
