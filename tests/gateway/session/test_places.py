"""Promise R11: times of words are of the audio as it is heard, also where the pauses in it are made here."""

from gateway.session.places import Places
from legato.domain.events import WordTime


def word(segment, start_ms):
    return WordTime(segment, 0, 3, start_ms, start_ms + 100)


def test_words_of_a_segment_that_has_not_sounded_wait_for_it():
    places = Places()
    places.begin(0)
    assert places.is_open
    assert places.place([word(0, 0), word(1, 300)]) == []
    assert places.settle(-40) == [word(0, -40)]
    assert not places.is_open
    places.begin(1)
    assert places.settle(280) == [word(1, 580)]


def test_words_that_come_late_are_placed_with_their_own_segment():
    places = Places()
    places.begin(0)
    places.settle(10)
    places.begin(1)
    places.settle(300)
    assert places.place([word(0, 100), word(1, 400)]) == [word(0, 110), word(1, 700)]


def test_a_joined_segment_sounds_with_the_one_that_it_goes_on_from():
    places = Places()
    places.begin(0)
    places.join(1)
    places.join(2)
    places.settle(25)
    assert places.place([word(2, 400)]) == [word(2, 425)]


def test_nothing_is_open_before_a_segment_begins():
    places = Places()
    assert not places.is_open
    assert places.settle(5) == []
