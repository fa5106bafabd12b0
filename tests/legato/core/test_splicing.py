"""Where a segment that broke off is gone on with. Promises R3 and R6: nothing lost, at most one word again with word times."""

import pytest

from legato.core.attention import Attention
from legato.core.splicing import UNHEARD, Listened, listen, reopen, splice, unsaid_from
from legato.core.timeline import Timeline
from legato.core.word_weights import spread
from legato.domain.audio import Sketch
from legato.domain.text import Reading, WordSpan

RATE = 1_000


def reading(text, base=0):
    words, at = [], 0
    for part in text.split():
        at = text.index(part, at)
        words.append(WordSpan(at, at + len(part), base + at, base + at + len(part)))
        at += len(part)
    return Reading(text, tuple(words))


def begun(*texts, pace=None):
    """Segments that one marker will end, of which the first has begun to sound; and when each word ends, by estimate."""
    line = Timeline(RATE)
    line.speaks(pace)
    base = 0
    for index, text in enumerate(texts):
        line.expect(index, reading(text, base))
        if index:
            line.join(index)
        base += len(text) + 1
    line.begin(0, 0)
    return line


def timed(text, known, length=100):
    """A segment whose words of these numbers have true times, each word so long."""
    line = begun(text)
    for number in known:
        word = line.segments[0].reading.words[number]
        line.heard_word(0, word, number * length, number * length + length)
    return line


def ends(text, pace=1.0):
    words = reading(text).words
    return [round(end * RATE * pace) for _, end in spread(text, [(word.start, word.end) for word in words])]


def test_r6_it_is_cut_behind_its_last_true_word():
    line = timed("one two three four", [0, 1, 2])
    found = splice(line, [0], 250, RATE)
    assert (found.whole, found.rest.text, found.method) == (0, "three four", "word_time")
    assert [word.source_start for word in found.rest.words] == [8, 14]
    assert (found.again, found.last_word) == (0, (4, 7))
    assert line.last_said() == (4, 7)
    assert line.segments[0].end_sample == 200


def test_r6_a_word_without_a_time_of_its_own_is_said_when_a_later_one_is():
    found = splice(timed("one two three four", [0, 2]), [0], 310, RATE)
    assert (found.rest.text, found.method) == ("four", "word_time")


def test_r6_times_that_stopped_coming_are_gone_on_from_by_estimate():
    text = "gomavi zebepra mubompa dulelu ropebo nugoka"
    line = begun(text, pace=1.0)
    first = line.segments[0].reading.words[0]
    at = ends(text)
    line.heard_word(0, first, 0, at[0])
    found = splice(line, [0], at[4] + 10, RATE)
    assert found.method == "rewind"
    assert found.rest.text == "dulelu ropebo nugoka"
    assert found.again == 3


@pytest.mark.parametrize(("produced", "broken"), [(250, 0), (285, 0), (295, None), (400, None)])
def test_r6_a_segment_that_was_complete_before_its_last_word_had_sounded_breaks_off_in_that_word(
    produced, broken
):
    line = timed("one two three", [0, 1, 2])
    line.complete([0], 250)
    assert reopen(line, produced, RATE) == broken
    if broken is None:
        assert line.segments[0].end_sample == 250
        assert line.known_until(produced) == (300 if produced >= 300 else 250)
        return
    found = splice(line, [0], produced, RATE)
    assert (found.whole, found.rest.text, found.method, found.again) == (0, "three", "word_time", 0)


def test_a_segment_whose_words_ended_in_it_is_not_reopened():
    line = timed("one two three", [0, 1, 2])
    line.complete([0], 300)
    assert reopen(line, 300, RATE) is None
    assert reopen(Timeline(RATE), 0, RATE) is None


def behind(*loudness_db):
    return Sketch(500, 20, loudness_db, (6.0,) * len(loudness_db))


def test_r6_sound_behind_the_marker_of_a_segment_without_times_shows_that_it_was_not_complete():
    line = begun("gomavi zebepra mubompa dulelu", pace=1.0)
    line.complete([0], 500)
    assert reopen(line, 600, RATE) is None
    assert reopen(line, 600, RATE, behind(12.0, 13.0)) is None, "it only rings out"
    assert reopen(line, 600, RATE, behind(12.0, 70.0)) == 0
    assert not line.pace_known
    found = splice(line, [0], 600, RATE)
    assert (found.whole, found.rest) == (0, None), "nobody knows whether a word of it was said"


def test_a_segment_without_words_is_not_reopened():
    line = Timeline(RATE)
    line.expect(0, Reading("…"))
    line.begin(0, 0)
    line.complete([0], 500)
    assert reopen(line, 600, RATE, behind(70.0)) is None


def test_r6_times_that_are_a_word_late_repeat_no_more_than_that_word():
    line = timed("gomavi zebepra mubompa dulelu", [0, 1], length=420)
    found = splice(line, [0], 3 * 420 + 100, RATE)
    assert found.rest.text == "mubompa dulelu"


@pytest.mark.parametrize("place", range(6))
def test_without_true_times_a_voice_that_drags_loses_nothing(place):
    """It speaks every word up to a seventh longer than thought, and dies within this one."""
    text = "gomavi zebepra mubompa dulelu ropebo nugoka"
    line = begun(text, pace=1.0)
    slow = ends(text, 1.14)
    found = splice(line, [0], slow[place] - 20, RATE)
    left = len(found.rest.words) if found.rest else 6
    assert 6 - left <= place, "the word that broke off is said again"
    assert 6 - left >= place - 3
    assert found.method == "rewind"


def test_where_it_hums_less_is_said_again():
    line, text = begun, "gomavi zebepra mubompa dulelu ropebo nugoka"
    at = ends(text)[4]
    speech = splice(line(text, pace=1.0), [0], at, RATE)
    hum = splice(line(text, pace=1.0), [0], at, RATE, Listened(hums=True))
    assert (speech.rest.text, speech.again) == ("mubompa dulelu ropebo nugoka", 4)
    assert (hum.rest.text, hum.again) == ("ropebo nugoka", 2)


LONG = "vado zebo muba dule robo nuga temi sola pire kano budo"


def sketched(words, stir_db=9.0, frames=40):
    """A sketch of so many frames of whatever it is."""
    levels = tuple(60.0 + stir_db * (number % 3) for number in range(frames))
    return Sketch(0, 20, levels, (6.5,) * frames)


def test_r23_when_there_is_no_time_to_listen_the_letters_have_to_do():
    line = begun(LONG, pace=1.0)
    attention = Attention(frames_per_s=10.0, at_once=40)
    assert listen(line, [0], sketched(LONG), attention, 1.0) != UNHEARD
    assert listen(line, [0], sketched(LONG), attention, 1.0) == UNHEARD
    assert listen(line, [0], sketched(LONG), attention, 1.5) != UNHEARD


def test_what_is_not_followed_takes_no_attention():
    line, attention = begun(LONG, pace=1.0), Attention(frames_per_s=10.0, at_once=1)
    assert listen(line, [0], None, attention, 1.0) == UNHEARD
    assert listen(line, [0], sketched(LONG, stir_db=0.0), attention, 1.0) == Listened(hums=True)
    assert listen(line, [0], sketched(LONG, frames=2_000), attention, 1.0) == UNHEARD
    assert attention.grants(1, 1.0)


def test_r3_text_without_a_word_is_listened_past():
    """A voice that is given the text as the client wrote it may be given a picture alone."""
    attention = Attention(frames_per_s=10.0, at_once=80)
    with_picture, plain = begun(LONG, pace=1.0), begun(LONG, pace=1.0)
    with_picture.expect(1, Reading("\N{GRINNING FACE}"))
    with_picture.join(1)
    found = listen(with_picture, [0, 1], sketched(LONG), attention, 1.0).alignment
    expected = listen(plain, [0], sketched(LONG), attention, 1.0).alignment
    assert [found.said(at) for at in range(0, 800, 20)] == [expected.said(at) for at in range(0, 800, 20)]


def test_text_without_any_word_takes_no_attention():
    line, attention = Timeline(RATE), Attention(frames_per_s=10.0, at_once=40)
    line.expect(0, Reading("..."))
    line.begin(0, 0)
    assert listen(line, [0], sketched(""), attention, 1.0) == UNHEARD
    assert attention.grants(40, 1.0)


def test_a_pace_that_is_only_a_guess_is_trusted_less():
    at = ends(LONG)[9]
    known, guessed = splice(begun(LONG, pace=1.0), [0], at, RATE), splice(begun(LONG), [0], at, RATE)
    assert len(guessed.rest.words) > len(known.rest.words)


def test_a_pause_makes_the_estimate_less_sure():
    plain, with_pause = LONG, LONG.replace("zebo", "zebo,")
    kept = {
        text: splice(begun(text, pace=1.0), [0], ends(text)[9] + 20, RATE).rest
        for text in (plain, with_pause)
    }
    assert len(kept[plain].words) < len(kept[with_pause].words)


def test_the_end_of_the_text_is_no_proof_that_it_was_said():
    found = splice(begun("one two three four", pace=1.0), [0], 10**6, RATE)
    assert found.rest.text == "two three four"
    assert found.again == 3


def test_one_whose_first_words_broke_off_is_said_again_whole():
    line = begun("one two three four")
    found = splice(line, [0], 300, RATE)
    assert (found.whole, found.rest, found.method, found.last_word) == (0, None, "rewind", None)
    assert line.segments == []


@pytest.mark.parametrize("written", [0, 500])
def test_between_two_segments_the_place_is_known(written):
    line = Timeline(RATE)
    line.expect(0, reading("one two"))
    line.begin(0, written)
    assert splice(line, [0], written, RATE) == splice(line, [5], 100, RATE)
    assert splice(line, [5], 100, RATE).method == "pause"


def test_r6_a_segment_whose_audio_came_with_the_one_before_is_cut_by_its_true_times():
    line = Timeline(RATE)
    first, second = reading("one two"), reading("three four", 8)
    line.expect(0, first)
    line.expect(1, second)
    line.begin(0, 0)
    line.heard_word(0, first.words[0], 0, 100)
    line.heard_word(0, first.words[1], 100, 200)
    line.heard_word(1, second.words[0], 200, 300)
    line.heard_word(1, second.words[1], 300, 400)
    line.complete([0], 200)
    found = splice(line, [1], 300, RATE)
    assert (found.whole, found.rest.text) == (0, "four")


def test_joined_segments_that_broke_off_are_cut_where_the_estimate_says():
    line = begun("one two three", "four five six seven eight", "nine ten", pace=1.0)
    words = list(line.all_words())
    found = splice(line, [0, 1, 2], words[7].end_sample - 1, RATE)
    assert found.whole == 1
    assert found.rest.text.endswith("seven eight")
    assert [segment.index for segment in line.segments] == [0, 1]


def test_going_back_crosses_the_border_of_segments():
    line = begun("one two three", "four five six", pace=1.0)
    words = list(line.all_words())
    found = splice(line, [0, 1], words[5].start_sample + 1, RATE)
    assert found.whole == 0
    assert found.rest.text == "three"
    assert [segment.index for segment in line.segments] == [0]


def test_joined_segments_that_were_said_by_their_true_times_are_whole():
    line = begun("one two", "three four")
    for index in (0, 1):
        for number, word in enumerate(line.segments[index].reading.words):
            at = (2 * index + number) * 100
            line.heard_word(index, word, at, at + 100)
    found = splice(line, [0, 1], 400, RATE)
    assert (found.whole, found.rest, found.method) == (2, None, "word_time")
    assert [(segment.start_sample, segment.end_sample) for segment in line.segments] == [(0, 200), (200, 400)]


def test_r3_behind_word_times_that_stopped_within_a_segment_the_next_one_is_not_thought_to_have_begun_there():
    first = "one two three four five six seven eight nine ten"
    line = begun(first, "eleven twelve thirteen fourteen fifteen sixteen", pace=1.0)
    line.heard_word(0, line.segments[0].reading.words[0], 0, ends(first)[0])
    assert line.end_of(line.segments[0]) == pytest.approx(ends(first)[-1], abs=1)
    found = splice(line, [0, 1], 4_700, RATE)
    assert (found.whole, found.rest.text.split()[0]) == (1, "twelve")


def test_one_that_breaks_off_twice_keeps_what_was_said_of_it_before():
    line = timed("one two three four", [0, 1])
    found = splice(line, [0], 200, RATE)
    line.expect(0, found.rest)
    again = splice(line, [0], 200, RATE)
    assert (again.whole, again.rest, again.method) == (0, None, "pause")
    assert [word.source_start for word in line.all_words()] == [0, 4]


@pytest.mark.parametrize("place", range(1, 12))
def test_r3_without_true_times_who_says_the_rest_elsewhere_is_told_as_much_as_is_said_again_here(place):
    at = ends(LONG)[place - 1] + 1
    line, text = begun(LONG, pace=1.0), reading(LONG)
    unsaid = unsaid_from(line, at, RATE)
    found = splice(begun(LONG, pace=1.0), [0], at, RATE)
    rest = text.words if found.rest is None else found.rest.words
    assert [word.source_start for word in text.words if word.source_end > unsaid] == [
        word.source_start for word in rest
    ]
    assert line.segments[0].reading == text, "looking changes nothing"


def test_r3_with_true_times_what_is_unsaid_begins_behind_the_last_word_that_was_written_whole():
    line = timed("one two three four", [0, 1, 2])
    assert unsaid_from(line, 250, RATE) == len("one two")
    assert unsaid_from(line, 300, RATE) == len("one two three")
    assert unsaid_from(line, 0, RATE) == 0


def test_r3_a_word_that_was_to_sound_on_behind_the_end_of_its_segment_is_unsaid():
    line = timed("one two three", [0, 1, 2])
    line.complete([0], 250)
    assert unsaid_from(line, 250, RATE) == len("one two")
    line = timed("one two three", [0, 1, 2])
    line.complete([0], 295)
    assert unsaid_from(line, 295, RATE) == len("one two three"), "times are rounded"


def test_r3_what_has_not_begun_is_unsaid_and_what_is_complete_is_said():
    line = begun("one two three", "four five")
    line.complete([0], 300)
    assert unsaid_from(line, 300, RATE) == len("one two three")
    line.begin(1, 300)
    line.complete([1], 500)
    assert unsaid_from(line, 300, RATE) == len("one two three"), "its audio was not written"
    assert unsaid_from(line, 500, RATE) == len("one two three four five")


def test_r3_a_source_of_which_one_spoken_word_is_unsaid_is_unsaid():
    line = Timeline(RATE)
    words = (WordSpan(0, 4, 0, 4), WordSpan(5, 11, 5, 7), WordSpan(12, 15, 5, 7))
    line.expect(0, Reading("Room twenty two", words))
    line.begin(0, 0)
    for number, word in enumerate(words):
        line.heard_word(0, word, number * 100, number * 100 + 100)
    assert unsaid_from(line, 250, RATE) == len("Room ")
    assert unsaid_from(line, 300, RATE) == len("Room 22")
