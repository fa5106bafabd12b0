import re

from gateway.app.text_data import text_data
from gateway.simulator.words import HEADS, NUMBERS, TAILS, WORDS
from legato.text.frontend import FrontEnd
from legato.text.settings import TextSettings


def test_there_are_four_hundred_and_each_has_its_number():
    assert len(set(WORDS)) == len(HEADS) * len(TAILS) == 400
    assert all(re.fullmatch("[a-z]+", word) for word in WORDS)
    assert NUMBERS[WORDS[123]] == 123
    assert WORDS[123] == HEADS[6] + TAILS[3]


def test_no_text_level_changes_a_word():
    for start in range(0, len(WORDS), 8):
        text = " ".join(WORDS[start : start + 8])
        front = FrontEnd(text_data("en"), TextSettings())
        segments = [*front.feed(text), *front.end()]
        assert " ".join(segment.spoken.text.strip(" .") for segment in segments) == text
        assert " ".join(segment.cleaned.text.strip(" .") for segment in segments) == text
