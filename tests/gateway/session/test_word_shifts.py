"""Promise R11: times of words are of the audio as it is heard, also where the pauses in it are made here."""

from gateway.session.word_shifts import WordShifts
from legato.domain.events import WordTime


def word(segment, start_ms):
    return WordTime(segment, 0, 3, start_ms, start_ms + 100)


def test_words_of_a_segment_that_has_not_sounded_wait_for_it():
    shifts = WordShifts()
    shifts.begin(0)
    assert shifts.is_unknown
    assert shifts.apply([word(0, 0), word(1, 300)]) == []
    assert shifts.resolve(-40) == [word(0, -40)]
    assert not shifts.is_unknown
    shifts.begin(1)
    assert shifts.resolve(280) == [word(1, 580)]


def test_words_that_come_late_are_placed_with_their_own_segment():
    shifts = WordShifts()
    shifts.begin(0)
    shifts.resolve(10)
    shifts.begin(1)
    shifts.resolve(300)
    assert shifts.apply([word(0, 100), word(1, 400)]) == [word(0, 110), word(1, 700)]


def test_a_joined_segment_sounds_with_the_one_that_it_goes_on_from():
    shifts = WordShifts()
    shifts.begin(0)
    shifts.join(1)
    shifts.join(2)
    shifts.resolve(25)
    assert shifts.apply([word(2, 400)]) == [word(2, 425)]


def test_nothing_is_open_before_a_segment_begins():
    shifts = WordShifts()
    assert not shifts.is_unknown
    assert shifts.resolve(5) == []
