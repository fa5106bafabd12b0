"""Codes in a vendor's refusal that may quote the text: no log and no page for operators may show what was said.

A vendor may put anything into the field for its code. One that has a word of the text in it is left out; a code that merely shares
a common word with the text goes with it, which costs little.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from legato.domain.events import Failed

_NAMED = re.compile(r" \(([A-Za-z0-9_.+-]{1,64})\)")
"""A code, as the vendors' languages put it into a message."""
_WORD = re.compile(r"[^\W_]+")
_LONG_CHARS = 4
"""A word of this length counts inside a longer one, too."""


def unquoted(failed: Failed, texts: Iterable[str]) -> Failed:
    """Leave out of the message each code in which a word of these texts occurs.

    Args:
        failed: what the vendor said of a run.
        texts: what the vendor was given to speak in that run.
    """
    if _NAMED.search(failed.message) is None:
        return failed
    said = " ".join(texts).casefold()
    words = frozenset(_WORD.findall(said))
    message = _NAMED.sub(
        lambda found: "" if _quotes(found[1].casefold(), said, words) else found[0], failed.message
    )
    return replace(failed, message=message)


def _quotes(code: str, said: str, words: frozenset[str]) -> bool:
    parts = _WORD.findall(code)
    return (
        code in said
        or not words.isdisjoint(parts)
        or any(len(word) >= _LONG_CHARS and word in code for word in words)
    )
