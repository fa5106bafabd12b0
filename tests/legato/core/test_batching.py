from dataclasses import replace

import pytest

from legato.core.batching import Request, batch_size, joined
from legato.domain.delivery import PLAIN, Delivery, Emphasis
from legato.domain.text import Break, Pronunciation, Reading, Segment, TextLevel, WordSpan


def waiting(*texts, **of_first):
    """Segments of these texts, as they wait; the first one has these properties."""
    segments, at = [], 0
    for index, text in enumerate(texts):
        words, start = [], 0
        for word in text.split():
            start = text.index(word, start)
            words.append(WordSpan(start, start + len(word), at + start, at + start + len(word)))
        reading = Reading(text, tuple(words))
        more = of_first if not index else {}
        ends_with = more.pop("ends_with", Break.SENTENCE)
        segments.append(
            Segment(index, at, at + len(text) + 1, f"{text} ", reading, reading, ends_with, **more)
        )
        at += len(text) + 1
    return segments


@pytest.mark.parametrize(
    ("most_chars", "size"),
    [
        (-5, 1),
        (0, 1),  # requests do not count, or there is no room
        (3, 1),  # one alone may be longer
        (10, 1),
        (11, 2),  # "a b c" "d e f" and a blank
        (16, 2),
        (17, 3),
        (240, 4),
    ],
)
def test_what_waits_is_joined_up_to_the_bound(most_chars, size):
    found = waiting("a b c", "d e f", "g h i", "j k l")
    assert batch_size(found, TextLevel.SPOKEN, most_chars, 0) == size


@pytest.mark.parametrize("border", [{"pause_ms": 700}, {"ends_with": Break.PARAGRAPH}])
def test_nothing_is_joined_over_a_pause_that_must_be_heard(border):
    assert batch_size(waiting("one", "two", "three", **border), TextLevel.SPOKEN, 240, 0) == 1


@pytest.mark.parametrize(("before_flush", "size"), [(0, 3), (1, 1), (2, 2), (5, 3)])
def test_nothing_is_joined_over_a_flush_that_is_to_be_answered(before_flush, size):
    assert batch_size(waiting("one", "two", "three"), TextLevel.SPOKEN, 240, before_flush) == size


def test_one_reading_stays_as_it_is():
    (segment,) = waiting("one two")
    assert joined([segment.spoken]) == (segment.spoken, (0,))


def test_words_of_a_joined_reading_stand_where_they_are_said_and_keep_their_source():
    segments = waiting("one two.", "three four.")
    reading, starts = joined([segment.spoken for segment in segments])
    assert (reading.text, starts) == ("one two. three four.", (0, 9))
    assert [reading.text[word.start : word.end] for word in reading.words] == [
        "one",
        "two.",
        "three",
        "four.",
    ]
    assert [(word.source_start, word.source_end) for word in reading.words] == [
        (0, 3),
        (4, 8),
        (9, 14),
        (15, 20),
    ]


def test_a_blank_that_is_there_is_not_doubled():
    reading, starts = joined([Reading("one. "), Reading("two.")])
    assert (reading.text, starts) == ("one. two.", (0, 5))


def test_pronunciations_move_with_their_words():
    readings = [Reading("a b"), Reading("c d", (), (Pronunciation(2, 3, "diː"),))]
    reading, _ = joined(readings)
    (mark,) = reading.pronunciations
    assert (reading.text[mark.start : mark.end], mark.ipa) == ("d", "diː")


@pytest.mark.parametrize(
    ("position", "place"), [(0, (4, 0)), (7, (4, 7)), (9, (5, 0)), (12, (5, 3)), (20, (7, 0)), (99, (7, 79))]
)
def test_a_place_in_a_request_is_a_place_in_one_of_its_segments(position, place):
    request = Request((0, 9, 20), (4, 5, 7))
    assert request.place(position) == place
    assert request.index == 7
    assert request.before(place[0]) == request.indexes[: request.indexes.index(place[0])]


def test_nothing_is_joined_that_is_delivered_in_different_ways():
    slow = Delivery(rate=0.5)
    found = [
        replace(one, spoken=replace(one.spoken, delivery=slow if number in {1, 2} else PLAIN))
        for number, one in enumerate(waiting("one", "two", "three", "four"))
    ]
    sizes = [batch_size(found[start:], TextLevel.SPOKEN, 240, 0) for start in range(4)]
    assert sizes == [1, 2, 1, 1]


def test_what_is_joined_keeps_how_it_is_delivered():
    slow = Delivery(rate=0.5)
    readings = [
        Reading("one two", delivery=slow, emphases=(Emphasis(4, 7),)),
        Reading("three", delivery=slow, emphases=(Emphasis(0, 5),), pause_ms=300),
    ]
    whole, _ = joined(readings)
    assert (whole.delivery, whole.pause_ms) == (slow, 300)
    assert [whole.text[one.start : one.end] for one in whole.emphases] == ["two", "three"]
