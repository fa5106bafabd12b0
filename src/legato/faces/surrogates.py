"""Halves of surrogate pairs: JSON can carry them and encodings cannot; clients that cut their text between two halves send them."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def without_surrogates(text: str) -> str:
    """Return the text with a replacement character in place of every surrogate."""
    return text if text.isascii() else _SURROGATE.sub(_REPLACEMENT, text)
