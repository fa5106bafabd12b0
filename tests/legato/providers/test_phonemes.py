from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain.text import Pronunciation, Reading
from legato.providers.phonemes import UNMARKED, Markup, marked

HTML = Markup(lambda word, ipa: f'<ph ipa="{ipa}">{word}</ph>', escape)
READING = Reading("Ask A&B or Siobhan, now.", pronunciations=(Pronunciation(11, 18, "ʃɪˈvɔːn"),))


def test_marks_stand_for_their_words_and_the_rest_is_escaped() -> None:
    assert list(marked(READING, HTML, after=" ")) == ['Ask A&amp;B or <ph ipa="ʃɪˈvɔːn">Siobhan</ph>, now. ']
    assert list(marked(Reading("A&B"), HTML)) == ["A&amp;B"]


def test_a_voice_without_phonemes_is_sent_the_words() -> None:
    assert list(marked(READING, UNMARKED, after=" ")) == ["Ask A&B or Siobhan, now. "]


@pytest.mark.parametrize("most", [30, 32, 40, 48])
def test_no_piece_is_too_long_and_none_cuts_a_mark(most: int) -> None:
    parts = list(marked(READING, HTML, most, " "))
    assert "".join(parts) == 'Ask A&amp;B or <ph ipa="ʃɪˈvɔːn">Siobhan</ph>, now. '
    assert len(parts) > 1
    assert all(len(part) <= most for part in parts)
    assert sum("<ph" in part and "</ph>" in part for part in parts) == 1


def test_a_mark_longer_than_a_message_is_given_up() -> None:
    assert "".join(marked(READING, HTML, 10)) == "Ask A&amp;B or Siobhan, now."


@given(st.text("ab &", min_size=1, max_size=60), st.integers(1, 20), st.data())
def test_pieces_joined_are_the_whole(text: str, most: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    reading = Reading(
        text, pronunciations=(Pronunciation(start, data.draw(st.integers(start, len(text))), "x"),)
    )
    parts = list(marked(reading, UNMARKED, most, " "))
    assert "".join(parts) == text + " "
    assert all(len(part) <= most for part in parts)
