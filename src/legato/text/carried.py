"""Text that goes on behind an idle cut: its first word may be the rest of one that was already spoken, or need the words before it."""

import re
from collections.abc import Callable
from dataclasses import replace

from legato.text.pieces import Piece, after_words

_END = re.compile(r"(?:(?<!\w)[a-z]{2,20} )?(?<!\w)\w[\w.]{0,40}\s?\Z")
_WORD = re.compile(r"[\w'’]+")
_ADDRESS = re.compile(r"\w+[@/.:]\w")
_SWITCH = re.compile(r" ?-[a-zA-Z]")
_LETTERS = re.compile(r"[a-zß-ÿ]+")


def end_of(text: str) -> str:
    """Return the end of a text that the reading of what follows may depend on: one or two words, and the space after them."""
    found = _END.search(text[-80:])
    return found.group() if found else ""


def read_on(read: Callable[[str], list[Piece]], carried: str, text: str) -> list[Piece]:
    """Return the reading of a text before which an idle moment cut.

    Args:
        read: the verbaliser.
        carried: the end of the text before the cut, which was already spoken; empty if there was no cut.
        text: the text after it.
    """
    if not carried or not _depends(carried, text):
        return read(text)
    spoken = _WORD.findall("".join(piece.text for piece in read(carried)))
    pieces = read(carried + text)
    if _WORD.findall("".join(piece.text for piece in pieces))[: len(spoken)] == spoken:
        return list(after_words(pieces, len(spoken), len(carried)))
    rest = _LETTERS.match(text) if carried[-1].isalpha() else None
    if rest is None:
        return read(text)
    at = rest.end()  # the rest of a word is no short form, whatever it looks like
    others = [replace(piece, start=piece.start + at, end=piece.end + at) for piece in read(text[at:])]
    return [Piece(rest.group(), 0, at), *others]


def _depends(carried: str, text: str) -> bool:
    if _SWITCH.match(text):
        return carried[-1].isspace() != text[0].isspace()
    goes_on = text[:1].isalnum() and not carried[-1].isspace()
    return goes_on and (not text[0].isupper() or _ADDRESS.match(text) is not None)
