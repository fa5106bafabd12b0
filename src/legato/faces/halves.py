"""JSON can carry half of a surrogate pair, which no encoding can: clients that cut their text between two halves send it."""

import re

_HALF = re.compile("[\ud800-\udfff]")
_UNKNOWN = "\ufffd"


def whole(text: str) -> str:
    """The text, with the replacement character in the place of every half."""
    return text if text.isascii() else _HALF.sub(_UNKNOWN, text)
