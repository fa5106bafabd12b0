"""Plain prose, read in one step: most of what is ever said.

The result is what the steps of `speech` would give one after the other, where only the verbaliser has anything to change.
"""

from collections.abc import Callable

from legato.text.atoms import Atom, Block
from legato.text.formulas import is_unmarked
from legato.text.inline import is_calm
from legato.text.pieces import Piece

Pieces = tuple[Piece, ...]


def plain(atom: Atom, read: Callable[[str], list[Piece]]) -> tuple[Pieces, Pieces] | None:
    """Return the cleaned and the spoken reading of an atom in which no lexicon entry can occur.

    Args:
        atom: the atom.
        read: the verbaliser.

    Returns:
        None if the atom needs more than the verbaliser.
    """
    text = atom.text
    if atom.spans or atom.block is Block.ITEM or not text or not is_calm(text) or not is_unmarked(text):
        return None
    start = atom.start
    cleaned = (Piece(text, start, start + len(text)),)
    words = read(text)
    if len(words) == 1 and not words[0].rule:
        return cleaned, cleaned
    return cleaned, tuple([Piece(one.text, start + one.start, start + one.end, one.rule) for one in words])
