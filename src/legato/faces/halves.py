"""Halves of surrogate pairs: JSON can carry them and encodings cannot; clients that cut their text between two halves send them."""

import re

_HALF = re.compile("[\ud800-\udfff]")
_UNKNOWN = "\ufffd"


def whole(text: str) -> str:
    """Return the text with every half replaced by the replacement character."""
    return text if text.isascii() else _HALF.sub(_UNKNOWN, text)
