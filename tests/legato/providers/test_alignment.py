"""Times of characters and words, placed on what was said."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.domain.text import Reading, WordSpan
from legato.providers.alignment import Alignment, Timed


def chars(text, start=0.0, each=10.0):
    return Timed(
        list(text),
        [start + i * each for i in range(len(text))],
        [start + (i + 1) * each for i in range(len(text))],
    )


def said(*texts):
    alignment = Alignment()
    for segment, text in enumerate(texts):
        alignment.said(segment, Reading(text))
    return alignment


def told(words):
    return [(word.segment, word.start, word.end, word.start_ms, word.end_ms) for word in words]


def test_characters_place_words():
    alignment = said("Hi you.")
    assert told(alignment.heard(chars("Hi you. "), 100.0)) == [(0, 0, 2, 100, 120), (0, 3, 7, 130, 170)]
    assert alignment.passed() == [0]
    assert alignment.passed() == []


def test_a_word_over_two_messages_is_told_once():
    alignment = said("Hello")
    assert alignment.heard(chars("He"), 0.0) == ()
    assert told(alignment.heard(chars("llo"), 50.0)) == [(0, 0, 5, 0.0, 80.0)]


def test_the_readings_own_words_are_used():
    alignment = Alignment()
    alignment.said(4, Reading("(five)", (WordSpan(1, 5, 0, 2),)))
    assert told(alignment.heard(chars("(five)"), 0.0)) == [(4, 1, 5, 10.0, 50.0)]


def test_blanks_and_case_do_not_matter():
    assert told(said("A  b").heard(chars(" a b "), 0.0)) == [(0, 0, 1, 10.0, 20.0), (0, 3, 4, 30.0, 40.0)]


@pytest.mark.parametrize(
    ("text", "heard", "words"),
    [
        ("It is $5 now.", "It is five dollars now.", ["It", "is", "$5", "now."]),
        ("A wide road.", "A road.", ["A", "road."]),
        ("A road.", "A very wide road.", ["A", "road."]),
        ("Dr. Jones came.", "Doctor Jones came.", ["Dr.", "Jones", "came."]),
        ("On 3/4 we met.", "On March fourth we met.", ["On", "3/4", "we", "met."]),
        ("All of it.", "All of it", ["All", "of", "it."]),
    ],
)
def test_texts_that_differ_agree_again(text, heard, words):
    found = said(text).heard(chars(heard), 0.0)
    assert [text[word.start : word.end] for word in found] == words
    for word in found:
        own = text[word.start : word.end]
        if own in heard:
            assert heard[round(word.start_ms / 10) : round(word.end_ms / 10)] == own


def test_one_word_that_was_read_as_several_has_their_time():
    found = said("It is $5 now.").heard(chars("It is five dollars now."), 0.0)
    assert told(found)[2] == (0, 6, 8, 60.0, 180.0)


def test_a_difference_may_reach_over_messages():
    alignment = said("It is $5 now and then.")
    alignment.heard(chars("It is five"), 0.0)
    found = alignment.heard(chars(" dollars now and then."), 100.0)
    assert told(found)[0] == (0, 6, 8, 60.0, 180.0)
    assert alignment.passed() == [0]


@pytest.mark.parametrize(
    ("text", "heard", "starts"),
    [
        ("It is $5 now.", "It is five dollars now.", {"It": 0, "is": 3, "$5": 6, "now.": 19}),
        ("A wide road.", "A road.", {"A": 0, "road.": 2}),
        ("A road.", "A very wide road.", {"A": 0, "road.": 12}),
        ("Well — yes.", "Well — yes.", {"Well": 0, "—": 5, "yes.": 7}),
        ("Well — yes.", "Well yes.", {"Well": 0, "yes.": 5}),
        ("Dr. Jones came.", "Doctor Jones came.", {"Dr.": 0, "Jones": 7, "came.": 13}),
        (
            "It makes $1,234.50 in all.",
            "It makes one thousand two hundred thirty four dollars and fifty cents in all.",
            {"It": 0, "makes": 3, "$1,234.50": 9, "in": 70, "all.": 73},
        ),
        (
            "I owe $9,876,543.01 to you.",
            "I owe nine million eight hundred seventy six thousand five hundred forty three dollars and one cent to you.",
            {"I": 0, "owe": 2, "$9,876,543.01": 6, "to": 100, "you.": 103},
        ),
    ],
)
def test_words_begin_alike_however_the_times_are_cut_into_messages(text, heard, starts):
    """R11: a word that was read as many, one that was not read, and those after it."""
    for size in range(1, len(heard) + 1):
        alignment = said(text)
        words = []
        for at in range(0, len(heard), size):
            words += alignment.heard(chars(heard[at : at + size], at * 10.0), 0.0)
        assert {text[word.start : word.end]: word.start_ms / 10 for word in words} == starts, size
        assert alignment.passed() == [0], size


def test_times_never_run_backwards():
    alignment = said("a b")
    first, second = alignment.heard(Timed(["a", "b"], [50.0, 20.0], [60.0, 10.0]), 0.0)
    assert first.start_ms <= second.start_ms <= second.end_ms


def test_words_with_their_times_are_pieces_too():
    found = said("Hello world.").heard(Timed(["hello", "world"], [0.0, 500.0], [400.0, 900.0]), 0.0)
    assert told(found) == [(0, 0, 5, 0.0, 400.0), (0, 6, 12, 500.0, 900.0)]
    alignment = said("Hello world.", "Yes")
    found = alignment.heard(Timed(["Hello", "world.", "Yes"], [0, 500, 950], [400, 900, 999]), 0.0)
    assert [word.segment for word in found] == [0, 0, 1]
    assert alignment.passed() == [0, 1]


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), max_size=5), st.lists(st.text(max_size=30), max_size=6))
def test_anything_is_taken(texts, heard):
    alignment = said(*texts)
    last = 0.0
    for piece in heard:
        for word in alignment.heard(chars(piece), 0.0):
            assert word.start_ms >= last
            last = word.start_ms
            assert 0 <= word.start < word.end <= len(texts[word.segment])
    assert set(alignment.passed()) <= set(range(len(texts)))


def spent_on_no_match(count):
    """The least processor time of three tries."""
    times = []
    for _ in range(3):
        alignment, heard = said("ab" * count), chars("cd" * count)
        began = time.process_time()
        alignment.heard(heard, 0.0)
        times.append(time.process_time() - began)
    return min(times)


def test_what_does_not_match_costs_a_bounded_amount():
    assert spent_on_no_match(20_000) < 30 * max(spent_on_no_match(2_000), 0.0005)


@pytest.mark.parametrize("mark", [".", "?", "...", '."', ")"])
def test_a_mark_at_the_end_that_is_given_no_time_is_not_waited_for(mark):
    """Where the utterance is left open nothing follows that would carry the times past it."""
    alignment = said(f"Hello you{mark}", "Next.")
    assert [word.start for word in alignment.heard(chars("Hello you"), 0.0)] == [0, 6]
    assert alignment.passed() == [0]
    assert [word.segment for word in alignment.heard(chars(f"{mark} Next"), 90.0)] == [1]
    assert alignment.passed() == [1]


def test_a_segment_is_not_passed_before_its_last_letter():
    alignment = said("Hello you.")
    alignment.heard(chars("Hello yo"), 0.0)
    assert alignment.passed() == []
