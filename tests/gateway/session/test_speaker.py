import numpy as np
import pytest

from gateway.session.speaker import Speaker, stand_in
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.receipt import Receipt
from legato.domain.replies import UtteranceFinished
from tests.plays.world import PlainFront

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)
SOUND = (1_000 * np.sin(np.arange(4_800) / 10)).astype("<i2").tobytes()


@pytest.fixture
def speaker():
    return Speaker(PlainFront(), PCM)


def cut(speaker, text="", idle_ms=None, *, flush=False, end=False):
    return [one.raw for one in speaker.cut(text, idle_ms, flush=flush, end=end)]


def test_text_becomes_segments_as_its_front_end_says(speaker):
    assert cut(speaker, "One. Two") == ["One. "]
    assert cut(speaker, idle_ms=50) == []
    assert cut(speaker, idle_ms=200) == ["Two"]
    assert cut(speaker, "Three", flush=True) == ["Three"]
    assert cut(speaker, "Four", end=True) == ["Four"]


@pytest.mark.parametrize("keeps_context", [True, False])
def test_audio_goes_in_by_the_line_and_comes_out_by_the_chunk(speaker, keeps_context):
    speaker.begin_run(24_000, keeps_context=keeps_context)
    speaker.pipe.begin_segment(0)
    speaker.pipe.push(SOUND)
    first = speaker.take(1_000, first=True)
    assert len(first) == 2_000
    speaker.end_run()
    speaker.end_run()
    rest = speaker.take(speaker.pipe.available, first=False)
    assert speaker.written == len(first + rest) // 2
    speaker.close()


def test_silence_of_a_vendor_that_keeps_its_context_is_left_as_it_came(speaker):
    speaker.begin_run(24_000, keeps_context=True)
    speaker.pipe.begin_segment(0)
    speaker.pipe.push(bytes(24_000) + SOUND + bytes(24_000))
    speaker.pipe.end_segment()
    assert speaker.take(speaker.pipe.available, first=True) == bytes(24_000) + SOUND + bytes(24_000)


@pytest.mark.parametrize("keeps_context", [True, False])
@pytest.mark.parametrize("levelled", [True, False])
def test_a_line_that_takes_over_is_brought_to_the_loudness_of_the_first_if_that_is_asked_for(
    levelled, keeps_context
):
    speaker = Speaker(PlainFront(), PCM, levelled=levelled)

    def speaks(amplitude):
        speaker.begin_run(24_000, keeps_context=keeps_context)
        speaker.pipe.begin_segment(0)
        speaker.pipe.push((amplitude * np.sin(np.arange(48_000) / 10)).astype("<i2").tobytes())
        speaker.end_run()
        heard = np.frombuffer(speaker.take(speaker.pipe.available, first=False), "<i2")
        return np.abs(heard[24_000:].astype(int)).max()

    first, second = speaks(6_000), speaks(9_000)
    assert second == pytest.approx(first if levelled else 9_000, rel=0.13)


def test_the_header_of_a_format_goes_with_its_first_chunk():
    speaker = Speaker(PlainFront(), AudioFormat(Encoding.WAV, 24_000))
    speaker.begin_run(24_000, keeps_context=True)
    speaker.pipe.push(SOUND)
    assert speaker.take(100, first=True).startswith(b"RIFF")
    assert len(speaker.take(100, first=False)) == 200


def test_what_is_held_at_the_end_is_dropped_and_the_ledger_still_adds_up(speaker):
    speaker.begin_run(8_000, keeps_context=True)
    speaker.pipe.push(SOUND)
    speaker.take(10, first=True)
    speaker.close()
    assert speaker.written == 10


def test_a_ledger_that_does_not_add_up_is_a_bug(speaker):
    speaker.begin_run(24_000, keeps_context=True)
    speaker.pipe.push(SOUND)
    speaker.take(10, first=True)
    speaker.written += 1
    with pytest.raises(AssertionError, match="ledger"):
        speaker.close()


@pytest.mark.parametrize(
    ("encoding", "size"), [(Encoding.PCM_S16LE, 4_800), (Encoding.MULAW, 2_400), (Encoding.WAV, 4_844)]
)
def test_silence_stands_in_for_a_text_with_nothing_to_say_and_for_no_other(encoding, size):
    audio_format = AudioFormat(encoding, 24_000 if encoding is not Encoding.MULAW else 8_000)
    ms = 100 if encoding is not Encoding.MULAW else 300

    def given(accepted_chars, audio_samples, ms=ms):
        receipt = Receipt(accepted_chars=accepted_chars, audio_samples=audio_samples)
        return stand_in(UtteranceFinished("a", receipt), audio_format, ms)

    [chunk] = given(1, 0)
    assert (chunk.utterance_id, len(chunk.data), chunk.sample_offset) == ("a", size, 0)
    assert given(0, 0) == given(1, 1) == given(1, 0, ms=0) == ()
