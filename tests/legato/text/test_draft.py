"""The atom under construction."""

from legato.domain.text import Break
from legato.text.atoms import SpanKind
from legato.text.draft import Draft


def test_what_has_become_atoms_is_let_go() -> None:
    draft = Draft()
    draft.buffer = "ab cd ef"
    draft.silence(0, 1)
    draft.close(3, Break.COMMA)
    draft.close(6, Break.SENTENCE)
    first, second = draft.taken()
    assert (first.text, first.start, first.spans[0].kind) == ("ab ", 0, SpanKind.MARKER)
    assert (second.text, second.start, second.before) == ("cd ", 3, "b ")
    assert draft.buffer == "ef"
    draft.protect(SpanKind.CODE, (0, 2), (0, 2))
    draft.close(2, Break.SENTENCE, mid_word=True)
    (third,) = draft.taken()
    assert (third.start, third.before, third.mid_word, third.spans[0].start) == (6, "d ", True, 6)
    draft.close(0, Break.SENTENCE)
    assert draft.taken() == []


def test_silent_spans_leave_no_trace_and_others_a_letter() -> None:
    draft = Draft()
    draft.buffer = "a[1]b`c`d"
    draft.silence(1, 4)
    draft.protect(SpanKind.CODE, (5, 8), (6, 7))
    assert draft.visible(0, 9) == "abxd"
    assert draft.visible(8, 9) == "d"
    assert draft.has_words(1)
    assert not draft.has_words(0)


def test_a_cut_goes_beside_a_span_and_not_through_it() -> None:
    draft = Draft()
    draft.buffer = "a[1]b"
    draft.silence(1, 4)
    assert [draft.beside_span(at) for at in range(6)] == [0, 1, 1, 1, 4, 5]
    draft.word = 1
    assert draft.beside_span(2) == 4


def test_a_cut_in_a_long_word_parts_neither_digits_nor_marks() -> None:
    draft = Draft()
    draft.buffer = "ab12e\u0301f"
    assert [draft.inside_word(at, 3) for at in (2, 3, 5, 6)] == [2, 2, 4, 6]
    assert draft.inside_word(3, 0) == 3
