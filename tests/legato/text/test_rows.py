"""Rows of tables become atoms."""

from legato.text.atoms import Block, SpanKind
from legato.text.draft import Draft
from legato.text.lines import Line, LineKind
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


def head(text: str, *, final: bool = False) -> bool | None:
    draft = Draft()
    draft.buffer = text
    return Rows(draft).opens(text.index("|"), final=final)


def test_a_line_with_bars_is_a_head_when_dashes_stand_below() -> None:
    assert head("a | b\n--|:-:\n") is True
    assert head("a | b\n--|--", final=True) is True
    assert head("a | b\nc | d\n") is False
    assert head("a | b\n---\n") is False


def test_the_line_below_is_waited_for_but_not_for_ever() -> None:
    assert head("a | b") is None
    assert head("a | b\n--|") is None
    assert head("a | b\nno") is False
    assert head("a | b", final=True) is False
    assert head("a | b" + "c" * 400) is False


def test_only_a_line_of_its_own_is_a_head() -> None:
    draft = Draft()
    draft.buffer, draft.line = "before\na | b\n-|-\n", 7
    assert Rows(draft).opens(9, final=False) is False
    draft.line = -1
    assert Rows(draft).opens(9, final=False) is False


def test_lines_with_bars_follow_such_a_head() -> None:
    draft = Draft()
    draft.buffer = "a | b\n-|-\n1 | 2\nprose\nmo"
    rows = Rows(draft)
    assert rows.follows(0, final=False) is None
    assert rows.opens(2, final=False) is True
    draft.gap = 9
    assert rows.follows(10, final=False) == Line(LineKind.ROW)
    draft.gap = 15
    assert rows.follows(16, final=False) is None
    draft.gap = 21
    assert rows.follows(22, final=False) == "wait"
    assert rows.follows(22, final=True) is None
    draft.buffer, draft.gap = "-|-\n\n1 | 2\n", 3
    assert rows.follows(5, final=False) is None
    assert rows.line(5, final=False) == Line(LineKind.TEXT)
    rows.leave()
    draft.gap = 4
    assert rows.follows(5, final=False) is None
