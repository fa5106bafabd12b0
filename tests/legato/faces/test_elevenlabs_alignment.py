import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.audio.codec import encoder_for
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.replies import WordMethod, WordSpoken
from legato.faces.elevenlabs_alignment import Aligner, ContextClock, TimeBase
from tests.legato.audio.encoded import decoded
from tests.legato.audio.test_mp3 import tone

RATE = 1000
"""A sample is a millisecond."""


def word(text, start, end, at):
    return WordSpoken("1", text, start, end, at, at + len(text), WordMethod.VENDOR)


def aligner(text, base=TimeBase.CONTEXT):
    one = Aligner(RATE, base)
    one.typed(text)
    return one


def test_without_words_there_is_no_alignment():
    one = aligner("Hi.")
    assert one.take(0, 100) is None
    assert one.rest() is None


def test_a_word_is_spread_over_its_time_and_marks_fill_the_time_between():
    one = aligner('"Hi, you!"')
    one.spoken(word("Hi", 100, 200, 1))
    one.spoken(word("you", 300, 600, 5))
    times = one.take(0, 1000)
    assert "".join(times.chars) == '"Hi, you'
    assert list(times.starts_ms) == [100, 100, 150, 200, 250, 300, 400, 500]
    assert list(times.ends_ms) == [100, 150, 200, 250, 300, 400, 500, 600]
    rest = one.rest()
    assert "".join(rest.chars) == '!"'
    assert list(rest.starts_ms) == [600, 600]


def test_the_spans_of_the_messages_add_up_to_the_time_of_each_character():
    one = aligner("Hi you", TimeBase.SPANS)
    one.spoken(word("Hi", 50, 150, 0))
    one.spoken(word("you", 300, 450, 3))
    told, passed = [], 0
    for start in range(0, 600, 100):
        times = one.take(start, 100)
        if times is not None:
            told += [(char, passed + at) for char, at in zip(times.chars, times.starts_ms, strict=True)]
            passed += times.ends_ms[-1]
            assert start < passed <= start + 100, "a character ends with its message at the latest"
    assert passed == 450, "with the last one, however long the audio goes on"
    assert told == [("H", 50), ("i", 100), (" ", 150), ("y", 300), ("o", 350), ("u", 400)]


def test_the_times_of_a_message_count_from_its_own_audio():
    one = aligner("Hi you.", TimeBase.MESSAGE)
    one.spoken(word("Hi", 50, 150, 0))
    one.spoken(word("you", 320, 470, 3))
    told = []
    for start in range(0, 600, 100):
        times = one.take(start, 100)
        told += [] if times is None else list(zip(times.chars, times.starts_ms, times.ends_ms, strict=True))
    assert told == [
        ("H", 50, 100),
        ("i", 0, 50),
        (" ", 50, 220),
        ("y", 20, 70),
        ("o", 70, 120),
        ("u", 20, 70),
    ]
    one.spoken(word(".", 520, 560, 6))
    assert list(one.rest().starts_ms) == [0], "it has no audio of its own, and what it tells has sounded"


def test_audio_that_begins_late_on_its_track_counts_from_its_own_beginning():
    one = aligner("Hi")
    one.spoken(word("Hi", 5000, 5100, 0))
    assert list(one.take(5000, 100).starts_ms) == [0, 50]


def test_words_that_come_late_are_told_once_and_never_backwards():
    one = aligner("Hi you", TimeBase.SPANS)
    assert one.take(0, 400) is None
    one.spoken(word("Hi", 0, 100, 0))
    one.spoken(word("Hi", 0, 100, 0))
    times = one.take(400, 100)
    assert (list(times.chars), list(times.starts_ms)) == (["H", "i"], [0, 50])
    one.spoken(word("you", 100, 200, 3))
    rest = one.rest()
    assert "".join(rest.chars) == " you"
    assert list(rest.starts_ms) == [0, 0, 33, 67], "it follows the word before it"


def test_words_that_come_late_have_their_own_times_for_a_client_that_adds_up_the_spans():
    """A word is known once the next one has been said, so that it often comes with audio behind it: it was told up to half a second
    late, at the end of the audio before that."""
    one = aligner("Hi you there", TimeBase.SPANS)
    told, passed = [], 0
    late = [("Hi", 0, 200, 0), ("you", 300, 700, 3), ("there", 750, 1400, 7)]
    for start, spoken in zip((0, 400, 800, 1200), (None, *late), strict=True):
        if spoken is not None:
            one.spoken(word(*spoken))
        times = one.take(start, 400)
        if times is not None:
            told += [(char, passed + at) for char, at in zip(times.chars, times.starts_ms, strict=True)]
            passed += times.ends_ms[-1]
    assert [at for char, at in told if char in "Hyt"] == [0, 300, 750]


def test_text_that_is_not_known_is_told_with_a_space_between_its_words():
    one = Aligner(RATE, TimeBase.CONTEXT)
    one.spoken(word("Hi", 0, 100, 0))
    one.spoken(word("you", 100, 200, 9))
    assert "".join(one.take(0, 1000).chars) == "Hi you"


def test_a_text_of_which_only_its_end_is_spoken_begins_without_a_space():
    one = Aligner(RATE, TimeBase.CONTEXT)
    one.spoken(word("you", 100, 200, 9))
    assert "".join(one.take(0, 1000).chars) == "you"


def test_of_a_text_without_end_the_beginning_is_kept_and_later_words_are_set_apart_by_a_space():
    one = aligner("Hi, " * 25_000)
    one.typed("you -- there")
    one.spoken(word("Hi", 0, 100, 99_996))
    one.spoken(word("you", 100, 200, 100_000))
    one.spoken(word("there", 200, 300, 100_007))
    assert "".join(one.take(0, 1000).chars[99_996:]) == "Hi you there"


def test_each_wire_spells_them_its_own_way():
    one = aligner("Hi")
    one.spoken(word("Hi", 0, 100, 0))
    times = one.take(0, 100)
    assert times.in_ms()["charDurationsMs"] == times.in_ms()["charsDurationsMs"] == [50, 50]
    assert times.in_ms() | {"chars": ["H", "i"], "charStartTimesMs": [0, 50]} == times.in_ms()
    assert times.in_seconds() == {
        "characters": ["H", "i"],
        "character_start_times_seconds": [0.0, 0.05],
        "character_end_times_seconds": [0.05, 0.1],
    }


@settings(deadline=None)
@given(st.data(), st.sampled_from(TimeBase))
def test_whatever_words_come_when_lengths_agree_and_no_character_is_told_twice(data, base):
    text = "one two, three. four"
    one = aligner(text, base)
    said = ""
    at = 0
    for number in range(6):
        if data.draw(st.booleans()):
            start, length = data.draw(st.integers(0, 5000)), data.draw(st.integers(-10, 500))
            place = data.draw(st.sampled_from([0, 4, 9, 16]))
            token = text[place:].split(" ", maxsplit=1)[0].strip(",.")
            one.spoken(word(token, start, start + length, place))
        size = data.draw(st.integers(0, 400))
        times = one.take(at, size) if number < 5 else one.rest()
        at += size
        if times is not None:
            assert len(times.chars) == len(times.starts_ms) == len(times.ends_ms) > 0
            assert sorted(times.starts_ms) == list(times.starts_ms)
            pairs = zip(times.starts_ms, times.ends_ms, strict=True)
            assert all(0 <= start <= end for start, end in pairs)
            said += "".join(times.chars)
    assert said in {"", text}


def test_r11_the_padding_of_a_flush_comes_before_the_words_behind_it_and_behind_the_others():
    audio_format = AudioFormat(Encoding.MP3, 24_000, 48)
    encoder, beep = encoder_for(audio_format), tone(audio_format, 0.5)
    one = Aligner(24_000, TimeBase.CONTEXT, ContextClock())
    one.typed("ab")
    flushed = encoder.encode(beep) + encoder.empty()
    assert one.take_encoded(0, flushed, audio_format) is None
    for number, name in enumerate("ab"):
        one.spoken(word(name, 12_000 * number, 12_000 * (number + 1), number))
    times = one.take_encoded(12_000, encoder.encode(beep) + encoder.finish(), audio_format)
    assert list(times.chars) == ["a", "b"]
    assert list(times.starts_ms) == [0, pytest.approx(len(decoded(flushed, "mp3", 24_000)) / 24, abs=1)]
    assert times.starts_ms[1] > 530, "it was padded"


@pytest.mark.parametrize(
    ("container", "audio_format"),
    [
        ("mp3", AudioFormat(Encoding.MP3, 22_050, 32)),
        ("mp3", AudioFormat(Encoding.MP3, 24_000, 48)),
        ("mp3", AudioFormat(Encoding.MP3, 44_100, 128)),
        ("ogg", AudioFormat(Encoding.OPUS, 48_000, 64)),
    ],
    ids=str,
)
@pytest.mark.parametrize("flushes", [1, 2])
@pytest.mark.parametrize("utterances", [1, 6])
def test_r11_each_word_has_the_time_at_which_a_decoder_gives_it(container, audio_format, flushes, utterances):
    """Each end of an MP3 encoder adds some 50 ms: the words of a later utterance were told up to half a second early."""
    rate_hz, clock = audio_format.sample_rate_hz, ContextClock()
    at, told, sent, spans_ms = 7_000, [], b"", 0
    gap, beep = np.zeros(rate_hz * 3 // 10, np.int16), tone(audio_format, 0.2)
    for _ in range(utterances):
        one, encoder = Aligner(rate_hz, TimeBase.SPANS, clock), encoder_for(audio_format)
        one.typed("a" * 3 * flushes)
        for flush in range(flushes):
            for number in range(3 * flush, 3 * flush + 3):
                first, samples = at, np.concatenate((gap, beep))
                start = at + len(gap)
                at += len(samples)
                one.spoken(WordSpoken("1", "a", start, at, number, number + 1, WordMethod.VENDOR))
                halves = [samples[:5000], samples[5000:]]
                pieces = [(first, encoder.encode(halves[0])), (first + 5000, encoder.encode(halves[1]))]
                if number == 3 * flushes - 1:
                    pieces.append((at, encoder.finish()))
                elif number == 3 * flush + 2:
                    pieces.append((at, encoder.empty()))
                for sample, data in pieces:
                    times = one.take_encoded(sample, data, audio_format)
                    sent += data
                    if times is not None:
                        told += [spans_ms + start for start in times.starts_ms]
                        spans_ms += times.ends_ms[-1]
    sound = decoded(sent, container, rate_hz)
    loud = np.flatnonzero(np.abs(sound.astype(int)) > 3_000)
    begins = loud[np.flatnonzero(np.diff(loud, prepend=-rate_hz) > rate_hz // 10)] / rate_hz * 1000
    late = begins - told
    assert len(told) == 3 * flushes * utterances
    assert max(late) - min(late) < 10
    assert -5 < min(late) < 60, "the first encoder's own delay, which is in every time"
    assert spans_ms <= len(sound) * 1000 / rate_hz + 60
