import pytest

from gateway.engines.espeak_library import PHONEMES, SSML, WORD, WordEvent
from gateway.engines.espeak_markup import Marked, Pronounced
from legato.domain.delivery import Emphasis, Stress


def place(marked, position, length):
    event = marked.original(WordEvent(WORD, position, length, 5))
    assert (event.type, event.sample) == (WORD, 5)
    return event.position, event.length


def test_a_text_without_marks_is_given_as_it_is():
    marked = Marked("a < [[b]] & c", (), ())
    assert (marked.given, marked.flags) == ("a < [[b]] & c", 0)
    assert place(marked, 4, 5) == (4, 5)


def test_a_pronounced_word_is_in_brackets_and_nobody_elses_are():
    text = "I [[x]] Siobhan now"
    marked = Marked(text, [Pronounced(8, 15, "SIv'O:n")], ())
    assert marked.given == "I [ x]] [[SIv'O:n]] now"
    assert marked.flags == PHONEMES
    at = marked.given.index("SIv")
    assert place(marked, at, 7) == (8, 7)
    assert place(marked, marked.given.index("now"), 3) == (16, 3)
    assert place(marked, len(marked.given), 0) == (len(text), 0)


@pytest.mark.parametrize("level", list(Stress))
def test_a_stressed_run_is_in_an_element_and_nothing_else_is_markup(level):
    text = "a <b> & really big one"
    marked = Marked(text, (), [Emphasis(8, 18, level)])
    assert marked.given == f'a  b    <emphasis level="{level}">really big</emphasis> one'
    assert marked.flags == SSML
    assert place(marked, marked.given.index("big"), 3) == (15, 3)
    assert place(marked, marked.given.index(" one") + 1, 3) == (19, 3)


def test_both_together():
    marked = Marked("so Siobhan it is", [Pronounced(3, 10, "Si")], [Emphasis(3, 10)])
    assert marked.given == 'so <emphasis level="moderate">[[Si]]</emphasis> it is'
    assert marked.flags == SSML | PHONEMES
    assert place(marked, marked.given.index("Si"), 2) == (3, 7)
    assert place(marked, marked.given.index("it"), 2) == (11, 2)
