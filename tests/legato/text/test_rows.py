"""Rows of tables become atoms."""

from legato.text.atoms import Block, SpanKind
from legato.text.draft import Draft
from legato.text.rows import Rows


def test_rows_are_spoken_with_their_columns() -> None:
    draft = Draft()
    draft.buffer = "| a |\n"
    rows = Rows(draft)
    assert not rows.step(final=False)
    draft.buffer += "|---|\n| 1 |"
    assert rows.step(final=False)
    draft.held = draft.seek = draft.gap + 1
    assert rows.step(final=False)
    draft.held = draft.seek = draft.gap + 1
    assert not rows.step(final=False)
    assert rows.step(final=True)
    header, dashes, body = draft.taken()
    assert [atom.block for atom in (header, dashes, body)] == [Block.ROW] * 3
    assert body.spans[0].kind is SpanKind.ROW
    assert body.spans[0].columns == ("a",)
    rows.leave()


def test_a_row_without_end_is_let_go() -> None:
    draft = Draft()
    draft.buffer = "|" + "a" * 3999
    rows = Rows(draft)
    assert rows.step(final=False)
    draft.buffer += "b"
    assert [len(atom.text) for atom in draft.taken()] == [4000]


def test_a_line_that_only_begins_like_a_row_is_prose() -> None:
    draft = Draft()
    draft.buffer = "|x| < 3\n"
    assert Rows(draft).step(final=True)
    (atom,) = draft.taken()
    assert (atom.text, atom.spans, atom.block) == ("|x| < 3", (), Block.PROSE)
