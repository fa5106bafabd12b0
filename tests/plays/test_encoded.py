"""Encoded audio on the native contract: offsets, heard text and ends are told as FFmpeg's decoders find them in what was sent."""

import av
import pytest

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.speech import Failover, Route, UtteranceOptions, Voice
from tests.legato.audio.encoded import decoded
from tests.plays.world import CHAR_MS, RATE, Script, World

FORMATS = [
    AudioFormat(encoding, RATE) for encoding in (Encoding.MP3, Encoding.OPUS, Encoding.FLAC, Encoding.AAC)
]
FORMS = {Encoding.MP3: "mp3", Encoding.OPUS: "ogg", Encoding.FLAC: "flac", Encoding.AAC: "aac"}
EXACT = {Encoding.OPUS, Encoding.FLAC}
FRAMES = {Encoding.MP3: 2 * 576, Encoding.OPUS: 0, Encoding.FLAC: 0, Encoding.AAC: 1_024}
"""How much of what was sent may not be counted as sent: frames that are there, and may not be complete."""
ROUNDED = 4
"""What is lost where sound is resampled from 48 kHz."""
PADDING = {Encoding.MP3: 1_500, Encoding.OPUS: 0, Encoding.FLAC: 0, Encoding.AAC: 2_500}
EMPTIED = {
    Encoding.MP3: 2_700,
    Encoding.OPUS: RATE * 26 // 1000,
    Encoding.FLAC: RATE // 50 - 1,
    Encoding.AAC: 3_600,
}
"""How much silence emptying the encoder adds at most; after it MP3 and AAC begin with their delay again."""
MISTAKEN = {Encoding.MP3: 576, Encoding.OPUS: 60, Encoding.FLAC: 1, Encoding.AAC: 100}
"""By how many samples what was heard may be: of MP3 a frame, which FFmpeg gives when it has seen the next one begin."""
TERMINAL = (replies.UtteranceFinished, replies.UtteranceCancelled, replies.UtteranceFailed)
CHAR = RATE * CHAR_MS // 1000
TEXT = "Seven swans went to sea in a very small boat today."

pytestmark = pytest.mark.parametrize("audio_format", FORMATS, ids=lambda one: str(one.encoding))


def world(audio_format, **more):
    made = World(scripts={"one": Script(word_times=True)})
    return made.open(audio_format, options=UtteranceOptions(words=True), **more)


def sent(made, audio_format, chunks=None):
    """Return how many samples a decoder gets from these chunks, without those that the codec puts before the first."""
    data = b"".join(one.data for one in chunks or made.of(replies.AudioChunk))
    try:
        return len(decoded(data, FORMS[audio_format.encoding], RATE)) - audio_format.codec_delay
    except av.error.InvalidDataError:  # too little of an MP3 to be known as one
        return 0


def receipt_of(made, audio_format, *, filled=0):
    """Return the receipt of what ended: it must tell the messages that were sent, and the samples that a decoder finds in them.

    Args:
        made: the play, which had one utterance.
        audio_format: its format.
        filled: how much silence may have been added where the encoder was emptied.
    """
    [ending] = [one for _, one in made.log if isinstance(one, TERMINAL)]
    chunks = made.of(replies.AudioChunk)
    found = sent(made, audio_format) if chunks else 0
    whole = isinstance(ending, replies.UtteranceFinished)
    added = PADDING[audio_format.encoding] if whole else FRAMES[audio_format.encoding]
    assert ending.receipt.chunks == len(chunks)
    assert 0 <= max(found, 0) - ending.receipt.audio_samples <= added + filled
    return ending.receipt


def test_the_delay_of_the_codec_is_told(audio_format):
    delay = world(audio_format).of(replies.Opened)[0].codec_delay_samples
    assert delay == {Encoding.MP3: 1_105, Encoding.AAC: 1_024}.get(audio_format.encoding, 0)


def test_r19_an_utterance_is_one_file_as_long_as_what_was_spoken(audio_format):
    made = world(audio_format).speak("a", TEXT).run(20)
    assert made.terminals() == {"a": ["UtteranceFinished"]}
    assert receipt_of(made, audio_format).audio_samples == len(TEXT) * CHAR


def test_r24_a_receipt_counts_the_messages_that_were_sent(audio_format):
    """The voice speaks at real time: most of what leaves are other pieces than what the encoder was given."""
    made = World(scripts={"one": Script(speed=1.0)}).open(audio_format).speak("a", TEXT).run(20)
    receipt = receipt_of(made, audio_format, filled=EMPTIED[audio_format.encoding])
    assert receipt.chunks > 10
    assert receipt.audio_samples == len(TEXT) * CHAR


def test_a_flush_adds_silence_that_no_receipt_counts(audio_format):
    made, parts = world(audio_format), ("Seven swans. ", "They went, ", "to sea.")
    for part in parts:
        made.text("a", part).tell(events.Flush("a")).run(5)
    made.tell(events.End("a")).run(5)
    receipt = receipt_of(made, audio_format, filled=len(parts) * EMPTIED[audio_format.encoding])
    assert receipt.audio_samples == sum(len(part.strip()) for part in parts) * CHAR


def test_r11_an_offset_is_that_of_the_first_sample_in_the_bytes(audio_format):
    made = world(audio_format, max_lead_ms=200).speak("first", "Before.").speak("a", TEXT).run(20)
    chunks = [one for one in made.of(replies.AudioChunk) if one.utterance_id == "a"]
    began = next(one for one in made.of(replies.UtteranceStarted) if one.utterance_id == "a").start_sample
    assert chunks[0].sample_offset == began > 0
    assert len(chunks) > 5
    for number in range(1, len(chunks)):
        found = sent(made, audio_format, chunks[:number])
        told = chunks[number].sample_offset - began
        assert told - ROUNDED <= max(found, 0) <= told + FRAMES[audio_format.encoding]


def test_offsets_go_on_where_a_flush_has_emptied_the_encoder(audio_format):
    made = world(audio_format).text("a", "Seven swans. ").tell(events.Flush("a", "f")).run(5)
    [flushed] = made.of(replies.Flushed)
    before = len(made.of(replies.AudioChunk))
    assert sent(made, audio_format) >= flushed.end_sample
    made.text("a", "They went to sea.").tell(events.End("a")).run(10)
    assert made.of(replies.AudioChunk)[before].sample_offset == flushed.end_sample


@pytest.mark.parametrize("at_s", [0.3, 0.5, 0.8, 1.1, 1.6])
def test_r10_after_a_cancel_it_is_told_as_sent_what_a_decoder_finds_in_what_was_sent(audio_format, at_s):
    made = world(audio_format, max_lead_ms=400).speak("a", TEXT).run(at_s)
    reached = sent(made, audio_format) if made.of(replies.AudioChunk) else 0
    before = len(made.of(replies.AudioChunk))
    made.tell(events.Cancel()).run(1)
    assert len(made.of(replies.AudioChunk)) == before, "nothing of it follows"
    [told] = made.of(replies.UtteranceCancelled)
    assert told.heard + told.sent_unheard + told.never_sent == TEXT
    passed = told.heard + told.sent_unheard
    begun = len(passed.rstrip().rpartition(" ")[0]) * CHAR if passed else 0
    assert begun <= max(reached, 0), "the last word that is told as sent begins in what was sent"
    next_word = len(passed) * CHAR
    assert next_word + CHAR >= reached - FRAMES[audio_format.encoding], (
        "the first that is not begins after it"
    )
    assert told.truncate_at_sample <= max(reached, 0) or not passed
    assert receipt_of(made, audio_format).audio_samples <= max(reached, 0)


def test_r10_nothing_is_heard_beyond_what_has_left_the_encoder(audio_format):
    made = world(audio_format, max_lead_ms=400).speak("a", TEXT).run(1.0)
    reached = sent(made, audio_format)
    made.tell(events.Cancel(played_sample=1 << 40))
    [told] = made.of(replies.UtteranceCancelled)
    assert told.truncate_at_sample <= reached <= told.truncate_at_sample + FRAMES[audio_format.encoding]


def listener_at(made, audio_format):
    """Return which sample sounds now at a listener who plays at once what a decoder makes of each message."""
    played = waiting = at = 0.0
    came = []
    for when, reply in made.log:
        if isinstance(reply, replies.AudioChunk):
            came.append(reply)
            played += min(waiting, (when - at) * RATE)
            waiting, at = sent(made, audio_format, came) + audio_format.codec_delay - played, when
    return max(played + min(waiting, (made.clock.now - at) * RATE) - audio_format.codec_delay, 0)


@pytest.mark.parametrize("speed", [1.0, 1.5, 4.0])
@pytest.mark.parametrize("at_s", [0.5, 0.9, 1.3, 1.6])
def test_r10_what_was_heard_is_estimated_with_the_lag_of_the_codec(audio_format, at_s, speed):
    made = World(scripts={"one": Script(word_times=True, speed=speed)})
    made.open(audio_format, options=UtteranceOptions(words=True), finish_when_heard=True).speak(
        "a", TEXT
    ).run(at_s)
    heard = listener_at(made, audio_format)
    assert heard > 0
    made.tell(events.Cancel())
    [told] = made.of(replies.UtteranceCancelled)
    assert told.method is replies.HeardMethod.WRITE_TIMES
    assert abs(told.truncate_at_sample - heard) <= MISTAKEN[audio_format.encoding]


def test_what_the_client_says_that_it_has_played_is_taken_as_it_is(audio_format):
    made = world(audio_format, finish_when_heard=True).speak("a", TEXT).run(1.0)
    made.tell(events.Played(4_000)).run(0.5)
    made.tell(events.Cancel())
    assert made.of(replies.UtteranceCancelled)[0].truncate_at_sample == 8_000


def test_r18_a_fade_brings_what_the_encoder_held_back_and_ends_the_file(audio_format):
    made = world(audio_format, max_lead_ms=400).speak("a", TEXT).run(1.0)
    reached = sent(made, audio_format)
    made.tell(events.Cancel(fade_ms=100))
    assert made.names(audio=True)[-2:] == ["AudioChunk", "UtteranceCancelled"]
    assert receipt_of(made, audio_format, filled=PADDING[audio_format.encoding]).audio_samples > reached


def test_nothing_fades_where_nothing_has_left_the_encoder(audio_format):
    made = world(audio_format, max_lead_ms=0)
    made.speak("a", TEXT).run(0.01)
    made.tell(events.Cancel(fade_ms=100))
    assert not made.of(replies.AudioChunk)
    assert made.of(replies.UtteranceCancelled)[0].never_sent == TEXT
    assert receipt_of(made, audio_format).audio_samples == 0


def test_an_utterance_that_ends_when_it_was_heard_is_sent_whole_before(audio_format):
    made = world(audio_format, finish_when_heard=True, max_lead_ms=-1).speak("a", TEXT).run(20)
    last = [at for at, reply in made.log if isinstance(reply, replies.AudioChunk)][-1]
    [over] = [at for at, reply in made.log if isinstance(reply, replies.UtteranceFinished)]
    assert over - last > 1.0
    assert receipt_of(made, audio_format).audio_samples == len(TEXT) * CHAR


def test_r10_an_utterance_that_ends_when_it_was_heard_still_sounds_until_the_lag_of_the_codec_is_over(
    audio_format,
):
    """It ended that much before its listener had heard it: a barge-in into the last word came too late to be told what was heard."""
    made = World(scripts={"one": Script(word_times=True, speed=1.5)})
    made.open(audio_format, finish_when_heard=True).speak("a", TEXT)
    while not made.of(replies.UtteranceFinished):
        made.run(0.005)
    assert listener_at(made, audio_format) >= len(TEXT) * CHAR - MISTAKEN[audio_format.encoding]


def test_r3_what_the_encoder_kept_of_a_failed_utterance_is_told_as_unspoken(audio_format):
    voice = Voice("joe", ("en",), (Route("one", "v"),), failover=Failover.NONE)
    dying = Script(word_times=True, die_after_chars=20, speed=1.0)
    made = World(scripts={"one": dying}, voices={"joe": voice})
    made.open(audio_format).speak("a", TEXT).run(20)
    [failed] = made.of(replies.UtteranceFailed)
    reached = sent(made, audio_format)
    assert TEXT.endswith(failed.unspoken)
    assert (len(TEXT) - len(failed.unspoken)) * CHAR <= reached + CHAR
    receipt_of(made, audio_format)
