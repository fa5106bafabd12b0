"""The word timeline. Promise R11: monotonic, inside the audio, mapped to the source."""

import itertools

import pytest

from legato.core.timeline import Timeline
from legato.domain.replies import WordMethod
from legato.domain.text import Reading, WordSpan

RATE = 1_000


def reading(text, base=0):
    words, at = [], 0
    for part in text.split():
        at = text.index(part, at)
        words.append(WordSpan(at, at + len(part), base + at, base + at + len(part)))
        at += len(part)
    return Reading(text, tuple(words))


def spoken(*texts):
    line, at, base = Timeline(RATE), 0, 0
    for index, text in enumerate(texts):
        line.expect(index, reading(text, base))
        line.begin(index, at)
        at += len(text) * 50
        base += len(text)
        line.complete([index], at)
    return line


def test_estimates_are_monotonic_and_inside_their_segment():
    words = list(spoken("hello there my friend", "and goodbye").all_words())
    assert words[0].start_sample == 0
    assert all(a.end_sample <= b.start_sample for a, b in itertools.pairwise(words))
    assert words[3].end_sample == len("hello there my friend") * 50
    assert words[-1].end_sample == len("hello there my friend" + "and goodbye") * 50
    assert {w.method for w in words} == {WordMethod.ESTIMATED}


def test_true_times_win_where_they_have_come():
    line = Timeline(RATE)
    text = reading("one two")
    line.expect(0, text)
    line.heard_word(0, text.words[0], 10, 200)
    line.begin(0, 0)
    assert [w.method for w in line.words(0)] == [WordMethod.VENDOR, WordMethod.ESTIMATED]
    assert [w.start_sample for w in line.true_words(0)] == [10]
    line.heard_word(0, text.words[1], 150, 400)
    assert [(w.start_sample, w.end_sample) for w in line.words(0)] == [(10, 200), (150, 400)]


def test_r11_words_that_the_voice_has_read_in_its_own_words_share_what_lies_between_those_it_tells():
    line, text = Timeline(RATE), reading("costs $3.50 €5 now then")
    line.expect(0, text)
    line.begin(0, 0)
    line.heard_word(0, text.words[0], 10, 200)
    line.heard_word(0, text.words[3], 900, 1_000)
    told = line.true_words(0)
    assert [word.method for word in told] == [
        WordMethod.VENDOR,
        WordMethod.ESTIMATED,
        WordMethod.ESTIMATED,
        WordMethod.VENDOR,
    ]
    assert all(a.end_sample <= b.start_sample for a, b in itertools.pairwise(told))
    assert (told[1].start_sample, told[2].end_sample) == (200, 900)
    line.complete([0], 1_500)
    whole = line.words(0)
    assert whole[:4] == told, "what was told stays true"
    assert (whole[4].start_sample, whole[4].end_sample, whole[4].method) == (
        1_000,
        1_500,
        WordMethod.ESTIMATED,
    )


def test_r11_no_word_sounds_behind_the_audio_of_its_segment():
    line, text = Timeline(RATE), reading("one two three")
    line.expect(0, text)
    line.begin(0, 0)
    line.heard_word(0, text.words[0], 100, 90_000)
    line.heard_word(0, text.words[1], 80_000, 90_000)
    line.complete([0], 500)
    assert [(word.start_sample, word.end_sample) for word in line.words(0)] == [
        (100, 500),
        (500, 500),
        (500, 500),
    ]


def test_a_word_that_is_told_again_or_out_of_its_place_is_no_other_word():
    line, text = Timeline(RATE), reading("one two three")
    line.expect(0, text)
    line.begin(0, 0)
    line.heard_word(0, text.words[0], 0, 100)
    line.heard_word(0, text.words[1], 200, 300)
    assert line.heard_word(0, text.words[0], 400, 500) is None
    line.heard_word(0, text.words[1], 300, 400)
    assert [(word.start_sample, word.end_sample) for word in line.true_words(0)] == [(0, 100), (200, 400)]


def test_words_of_a_segment_that_nothing_tells_the_beginning_of_do_not_go_back_behind_those_before():
    line, one, two = Timeline(RATE), reading("one two"), reading("three four", 7)
    line.expect(0, one)
    line.expect(1, two)
    line.begin(0, 0)
    line.heard_word(0, one.words[0], 600, 700)
    line.heard_word(1, two.words[0], 0, 50)
    told = [*line.words(0), *line.true_words(1)]
    assert [word.start_sample for word in told] == [600, 600, 600]


def test_who_told_a_time_is_told_with_it():
    line, text = Timeline(RATE), reading("one two")
    line.expect(0, text)
    line.begin(0, 0)
    for at, word in enumerate(text.words):
        line.heard_word(0, word, 100 * at, 100 * at + 90, WordMethod.ENGINE)
    assert {word.method for word in [*line.true_words(0), *line.words(0)]} == {WordMethod.ENGINE}


def test_a_true_time_never_goes_back():
    line = Timeline(RATE)
    text = reading("one two")
    line.expect(0, text)
    line.heard_word(0, text.words[0], 100, 90)
    word = line.heard_word(0, text.words[1], 50, 60)
    assert (word.start_sample, word.end_sample) == (100, 100)
    assert line.heard_word(7, text.words[0], 0, 1) is None


def test_spoken_words_of_one_source_are_one_word():
    line = Timeline(RATE)
    line.expect(0, Reading("three dollars", (WordSpan(0, 5, 0, 2), WordSpan(6, 13, 0, 2))))
    line.begin(0, 0)
    line.complete([0], 1_000)
    (word,) = line.words(0)
    assert (word.source_start, word.source_end, word.end_sample) == (0, 2, 1_000)


@pytest.mark.parametrize(
    ("played", "written", "heard", "sent"), [(0, 0, 0, 0), (300, 800, 5, 21), (10**6, 10**6, 32, 32)]
)
def test_the_source_divides_into_heard_sent_and_never_sent(played, written, heard, sent):
    line = spoken("hello there my friend", "and goodbye")
    got_heard, got_sent = line.split(played, written)
    assert got_heard == heard
    assert got_heard <= got_sent <= 32
    assert (got_sent > 0) == (written > 0)
    assert sent >= got_sent


def test_the_pace_of_a_voice_is_learned():
    slow = spoken("hello there my friend")
    assert slow.pace != 1.0


def joined(*texts):
    """Segments that one marker will end."""
    line = Timeline(RATE)
    for index, text in enumerate(texts):
        line.expect(index, reading(text))
        if index:
            line.join(index)
    line.begin(0, 0)
    return line


def test_one_marker_ends_several_segments_and_their_range_is_shared_out():
    line = joined("one two three", "four five six", "seven")
    line.complete([0, 1, 2], 7_000)
    words = list(line.all_words())
    assert len(words) == 7
    assert [w.start_sample for w in words] == sorted(w.start_sample for w in words)
    assert words[0].start_sample == 0
    assert words[-1].end_sample == 7_000
    first, second, third = line.segments
    assert first.end_sample == second.start_sample
    assert second.end_sample == third.start_sample
    assert first.end_sample - first.start_sample > third.end_sample - third.start_sample


def test_joined_segments_that_have_not_ended_follow_each_other_by_estimate():
    line = joined("one two three", "four five six")
    words = list(line.all_words())
    assert len(words) == 6
    assert words[3].start_sample >= words[2].end_sample


def told(line, index, *times):
    words = line.segments[index].reading.words
    for word, (start, end) in zip(words, times, strict=True):
        line.heard_word(index, word, start, end)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("silent", [0, 1, 2])
def test_r11_a_segment_that_the_voice_tells_no_times_of_has_what_its_neighbours_leave(silent, whole):
    """It had its share by length, over words that were known to sound there, and they lost theirs."""
    line = joined("one", "two", "and another six long words here")
    times = [[(0, 4_000)], [(4_500, 5_000)], [(5_000 + 250 * n, 5_200 + 250 * n) for n in range(6)]]
    for index, spans in enumerate(times):
        if index != silent:
            told(line, index, *spans)
    if whole:
        line.complete([0, 1, 2], 7_000)
    words = [word for index in range(3) for word in line.words(index)]
    assert len(words) == 8
    for before, after in itertools.pairwise(words):
        assert before.end_sample <= after.start_sample
    true = [(word.start_sample, word.end_sample) for word in words if word.method is WordMethod.VENDOR]
    assert true == [span for index in range(3) if index != silent for span in times[index]]


def test_r11_an_estimate_ends_where_the_next_segment_is_known_to_begin():
    line = joined("one two three four", "five")
    told(line, 1, (100, 300))
    words = line.words(0)
    assert len(words) == 4
    assert 0 < words[0].end_sample < words[-1].end_sample <= 100


def test_r11_a_segment_before_all_audio_is_told_before_the_one_behind_it():
    line = Timeline(RATE)
    line.expect(0, reading("1984."))
    line.expect(1, reading("then"))
    assert line.words(0) == []
    told(line, 1, (300, 500))
    assert [(word.start_sample, word.end_sample) for word in line.words(0)] == [(300, 300)]


def test_segments_without_a_word_are_said_when_they_have_sounded():
    line = joined("...", "one two")
    line.complete([0], 100)
    assert line.segments[0].end_sample == 100


def test_what_has_no_word_at_all_teaches_no_pace():
    line = joined("", "")
    line.complete([0, 1], 100)
    assert [(one.start_sample, one.end_sample) for one in line.segments] == [(0, 100), (0, 100)]
    assert line.pace == 1.0


def test_a_segment_without_a_word_or_sound_teaches_the_pace_of_no_voice_before_it():
    line = spoken("hello there")
    end = line.segments[0].end_sample
    line.speaks(1.2)
    line.expect(1, Reading("..."))
    line.complete([1], end)
    assert line.pace == 1.2


def test_markers_that_come_with_nothing_between_share_what_the_first_was_thought_to_have():
    line = Timeline(RATE)
    for index, text in enumerate(("one two three", "four five six")):
        line.expect(index, reading(text))
    line.begin(0, 0)
    line.complete([0], 6_000)
    line.complete([1], 6_000)
    words = list(line.all_words())
    assert len(words) == 6
    assert [w.start_sample for w in words] == sorted(w.start_sample for w in words)
    assert words[2].end_sample < 6_000
    assert words[-1].end_sample == 6_000


def test_a_segment_without_audio_behind_one_that_ended_elsewhere_has_no_words_in_time():
    line = Timeline(RATE)
    line.expect(0, reading("one"))
    line.begin(0, 0)
    line.complete([0], 1_000)
    line.expect(1, reading("two"))
    line.complete([1], 2_000)
    assert len(list(line.all_words())) == 1


def test_what_was_said_and_what_broke_off_is_known():
    line = Timeline(RATE)
    text = reading("one two three four")
    line.expect(0, text)
    line.begin(0, 0)
    assert line.words(7) == line.true_words(0) == []
    for index, word in enumerate(text.words[:3]):
        line.heard_word(0, word, index * 100, index * 100 + 100)
    assert line.known_until(250) == 200
    assert line.last_said() == (14, 18)
    line.forget([0])
    assert line.last_said() is None


def test_a_guess_of_the_pace_is_told_from_what_was_learned():
    line = spoken("hello there")
    assert line.pace_known
    line.speaks(None)
    assert not line.pace_known
    line.speaks(1.2)
    assert (line.pace, line.pace_known) == (1.2, True)
