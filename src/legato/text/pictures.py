"""Emoji by their names."""

import re
from collections.abc import Iterator, Mapping

_UNSEEN = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""Variation selectors and skin tones: the name is that of the picture without them."""
_LONGEST_CHARS = 10
MOST_NAMED = 4
"""Of a longer row of different ones only the first are named."""


def named(pictures: str, names: Mapping[str, str]) -> str:
    """What a row of emoji is called: each by its name, a repeated one once; empty when none has a name.

    Args:
        pictures: the row.
        names: of whole sequences, without variation selectors and skin tones.
    """
    said: list[str] = []
    for name in _names(_UNSEEN.sub("", pictures), names):
        if name not in said:
            said.append(name)
        if len(said) == MOST_NAMED:
            break
    return ", ".join(said)


def _names(row: str, names: Mapping[str, str]) -> Iterator[str]:
    at = 0
    while at < len(row):
        for length in range(min(_LONGEST_CHARS, len(row) - at), 0, -1):
            name = names.get(row[at : at + length])
            if name is not None:
                yield name
                break
        else:
            length = 1
        at += length
