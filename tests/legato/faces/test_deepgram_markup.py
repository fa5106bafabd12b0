import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.faces.deepgram_markup import InlineMarkup, unmarked

MARKED = r'Ask \{"word":"Siobhan","pronounce":"ʃɪˈvɔːn"\}, \{pause:500ms\}then go.'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MARKED, "Ask Siobhan, then go."),
        (r'\{"word": "a", "pronounce": "b"\}\{"word":"c"\}', "ac"),
        (r'\{"word":5\} x', r'\{"word":5\} x'),
        (r"\{1,2,3\} is a set", r"\{1,2,3\} is a set"),
        (r'\{ \{"word":"a"\} \}', r"\{ a \}"),
        (r"a \{ that stays", r"a \{ that stays"),
        ("ends in \\", "ends in \\"),
        (r"C:\path {x}", r"C:\path {x}"),
        ("\\{" + "x" * 500 + "\\} y", "\\{" + "x" * 500 + "\\} y"),
        ('\\{"' + "[" * 300 + "\\} y", '\\{"' + "[" * 300 + "\\} y"),
        ("plain", "plain"),
    ],
)
def test_marks_become_their_words(text, said):
    assert unmarked(text) == said


@given(st.lists(st.integers(0, len(MARKED)), max_size=8))
def test_a_mark_may_be_cut_anywhere(cuts):
    markup = InlineMarkup()
    edges = [0, *sorted(cuts), len(MARKED)]
    said = "".join(markup.feed(MARKED[a:b]) for a, b in itertools.pairwise(edges))
    assert said + markup.rest() == "Ask Siobhan, then go."


@given(st.text("\\{}ab", max_size=40), st.integers(1, 5))
def test_every_chunking_says_the_same(text, size):
    markup = InlineMarkup()
    said = "".join(markup.feed(text[at : at + size]) for at in range(0, len(text), size)) + markup.rest()
    assert said == unmarked(text)


def test_a_mark_that_nothing_closes_does_not_hold_the_speech_back():
    """All that came after it waited for the end of the text."""
    markup = InlineMarkup()
    text = '\\{"' + "so it goes on, " * 40
    said = [markup.feed(char) for char in text]
    assert "".join(said[:250]) == ""
    assert "".join(said).startswith('\\{"so it goes on,')
    assert "".join(said) + markup.rest() == text


def test_what_was_held_is_held_once():
    markup = InlineMarkup()
    assert markup.feed("a \\{") == "a "
    assert markup.feed("1") == "\\{1"
    assert markup.feed("\\{") == ""
    assert (markup.rest(), markup.rest()) == ("\\{", "")
