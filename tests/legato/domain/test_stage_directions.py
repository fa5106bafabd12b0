"""R15: what a model writes for voices that act is not said by one that does not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain.delivery import Emphasis
from legato.domain.stage_directions import ANY_DIRECTION, only_directions, sounds, without_unacted
from legato.domain.text import Pronunciation, Reading, WordSpan

NONE = frozenset()


def reading(text, **more):
    return Reading(
        text, tuple(WordSpan(*one.span(), *one.span()) for one in re.finditer(r"\S+", text)), **more
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[laughs] That's great! [whispers] Listen.", "That's great! Listen."),
        ("Well [clears throat], no. [Sighs softly] Go.", "Well, no. Go."),
        ("Haha[laughs] fine.", "Haha fine."),
        ("Haha[laughs].", "Haha."),
        ("Say [laughs]“no”.", "Say “no”."),
        ("Haha [laughs] [sighs]. Yes [gasps]", "Haha. Yes"),
        ("[laughs] [sighs] [pause]", ""),
        ("[sic] and [name] and [sad](x)", "[sic] and [name] and [sad](x)"),
    ],
)
def test_directions_are_left_out_and_the_blank_beside_them(written, said):
    left = without_unacted(reading(written), NONE)
    assert left.text == said
    assert [left.text[word.start : word.end] for word in left.words] == said.split()
    assert only_directions(written) is (said == "")


def test_a_voice_that_acts_them_gets_them():
    both = reading("Oh [Laughter] no [sighs].")
    assert without_unacted(both, ANY_DIRECTION) is both
    assert without_unacted(both, frozenset(["*"])) is both
    assert without_unacted(both, frozenset({"laughter"})).text == "Oh [Laughter] no."
    plain = reading("No [name] in it.")
    assert without_unacted(plain, NONE) is plain


def test_words_keep_their_sources_and_runs_their_places():
    text = "[laughs] Nginx is [sighs] fast."
    left = without_unacted(
        reading(
            text,
            pronunciations=(Pronunciation(1, 7, "x"), Pronunciation(9, 14, "y")),
            emphases=(Emphasis(0, 14),),
        ),
        NONE,
    )
    assert left.text == "Nginx is fast."
    assert left.words == (WordSpan(0, 5, 9, 14), WordSpan(6, 8, 15, 17), WordSpan(9, 14, 26, 31))
    assert left.pronunciations == (Pronunciation(0, 5, "y"),)
    assert left.emphases == (Emphasis(0, 5),)


def test_a_mark_that_is_left_without_its_direction_belongs_to_the_word_before():
    left = without_unacted(reading("Yes [gasps]! No."), NONE)
    assert left.text == "Yes! No."
    assert left.words == (WordSpan(0, 4, 0, 12), WordSpan(5, 8, 13, 16))


@pytest.mark.parametrize(
    ("text", "owes"),
    [("[laughs] No.", True), ("[name]", True), ("[laughs]", False), ("[sighs] …", False), ("…", False)],
)
def test_a_direction_may_be_acted_without_a_sound_and_a_word_may_not(text, owes):
    """R4: a run without audio is a failure only if its text owes some."""
    assert sounds(text) is owes


@given(st.lists(st.sampled_from(["[laughs]", "[pause]", "word", "a,", " ", ".", "[", "]", "!"]), max_size=12))
def test_whatever_is_written_words_are_where_they_are_said(parts):
    left = without_unacted(reading("".join(parts)), NONE)
    assert [left.text[word.start : word.end] for word in left.words] == left.text.split()
    sources = [(word.source_start, word.source_end) for word in left.words]
    assert sources == sorted(sources)
