"""Atoms know where they end."""

from legato.domain.text import Break
from legato.text.atoms import Atom


def test_an_atom_ends_after_its_text() -> None:
    assert Atom(3, "four", Break.COMMA).end == 7
