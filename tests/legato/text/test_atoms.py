"""Atoms know where they end."""

from legato.domain.text import Break
from legato.text.atoms import Atom, Span, SpanKind


def test_an_atom_ends_after_its_text() -> None:
    assert Atom(3, "four", Break.COMMA).end == 7


def test_an_atom_knows_whether_a_tag_ends_it() -> None:
    span = Span(SpanKind.BREAK, 3, 8, 8, 8)
    assert Atom(1, "ab<br/> ", Break.PARAGRAPH, spans=(span,)).ends_with_tag
    assert not Atom(1, "ab<br/> c", Break.PARAGRAPH, spans=(span,)).ends_with_tag
    assert not Atom(1, "ab", Break.PARAGRAPH).ends_with_tag
