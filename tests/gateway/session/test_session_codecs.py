"""Sessions whose encoders hold audio back, with every such format: what leaves is decoded by ffmpeg."""

import numpy as np
import pytest

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.receipt import Stage
from tests.gateway.session.test_session import CHUNK, RATE, Given
from tests.legato.audio.encoded import decoded

FORMATS = [
    AudioFormat(Encoding.MP3, RATE, 128),
    AudioFormat(Encoding.OPUS, RATE, 64),
    AudioFormat(Encoding.FLAC, RATE),
    AudioFormat(Encoding.AAC, RATE, 96),
]
FORMS = {Encoding.MP3: "mp3", Encoding.OPUS: "ogg", Encoding.FLAC: "flac", Encoding.AAC: "aac"}
EXACT = {Encoding.OPUS, Encoding.FLAC}
HELD_MS = {Encoding.MP3: 110, Encoding.OPUS: 27, Encoding.FLAC: 20, Encoding.AAC: 130}
"""What an encoder holds back at most, which is also what silence is added when it is emptied."""
SOUND = (12_000 * np.sin(np.arange(RATE // 25) * 2 * np.pi * 400 / RATE)).astype("<i2").tobytes()
"""40 ms in which a tone of 400 Hz ends where it began."""

pytestmark = pytest.mark.parametrize("audio_format", FORMATS, ids=lambda one: str(one.encoding))


def sent(stage):
    chunks = stage.of(replies.AudioChunk)
    assert all(chunk.data for chunk in chunks)
    return b"".join(chunk.data for chunk in chunks)


def heard_ms(stage, audio_format):
    """Return how long what was sent sounds, and the longest gap in the sound."""
    samples = decoded(sent(stage), FORMS[audio_format.encoding], RATE)
    loud = np.flatnonzero(np.abs(samples) > 3_000)
    return len(samples) * 1000 / RATE, np.diff(loud).max(initial=0) * 1000 / RATE


def test_nothing_is_lost_at_the_end(audio_format):
    stage = Given(audio_format).feed(events.Text("a", "Hi."), events.End("a"))
    stage.lines[-1].tells(*[events.Audio(SOUND)] * 25, events.Audio(SOUND[:600]), events.Finished())
    spoken = 1_012.5
    length, gap = heard_ms(stage, audio_format)
    assert stage.names()[-1] == "UtteranceFinished"
    assert stage.of(replies.UtteranceFinished)[0].receipt.audio_samples == spoken * RATE / 1000
    assert gap < 5
    if audio_format.encoding in EXACT:
        assert length == spoken
    else:
        assert spoken <= length <= spoken + HELD_MS[audio_format.encoding]


def test_r12_a_flush_is_answered_with_all_of_its_words_and_what_follows_is_of_the_same_stream(audio_format):
    stage = Given(audio_format)
    line = stage.speaks()
    line.tells(*[events.Audio(SOUND)] * 5, events.Audio(SOUND[:600]), events.Marker(0))
    assert stage.names()[-2:] == ["AudioChunk", "Flushed"]
    length, _ = heard_ms(stage, audio_format)
    assert length >= 212.5
    stage.feed(events.Text("a", "Ho."), events.End("a"))
    line.tells(*[events.Audio(SOUND)] * 5, events.Finished())
    length, gap = heard_ms(stage, audio_format)
    assert length >= 412.5
    assert gap <= HELD_MS[audio_format.encoding] + 1
    assert stage.of(replies.UtteranceFinished)[0].receipt.audio_samples == 412.5 * RATE / 1000


def test_r5_a_pause_in_the_text_lets_the_end_of_the_word_out(audio_format):
    stage = Given(audio_format).feed(events.Text("a", "Hi."), events.Flush("a"), events.Text("a", "Ho"))
    line = stage.lines[-1]
    line.tells(*[events.Audio(SOUND)] * 10, events.Audio(SOUND[:600]), events.Marker(0))
    stage.at(101.0).session.tick()
    assert heard_ms(stage, audio_format)[0] >= 412.5
    before = len(sent(stage))
    stage.at(102.0).session.tick()
    assert len(sent(stage)) == before, "once"


def test_r24_the_first_write_is_stamped_when_the_encoder_gives_sound(audio_format):
    stage = Given(audio_format).feed(events.Text("a", "Hi."), events.End("a"))
    line, piece = stage.lines[-1], SOUND[: len(SOUND) // 4]
    for number in range(20):
        stage.at(100 + number / 100)
        line.tells(events.Audio(piece))
        if stage.of(replies.AudioChunk):
            break
    stage.at(101.0)
    line.tells(events.Finished())
    receipt = stage.of(replies.UtteranceFinished)[0].receipt
    assert receipt.ttfb_s == pytest.approx(number / 100)
    assert dict(receipt.stages)[Stage.WRITE] == pytest.approx(number / 100)
    assert (
        number
        == {Encoding.MP3: 3, Encoding.OPUS: 1, Encoding.FLAC: 1, Encoding.AAC: 8}[audio_format.encoding]
    )
    assert len(stage.of(replies.AudioChunk)[0].data) > 50


@pytest.mark.parametrize("samples", [1, 240, 481])
def test_a_short_sound_is_sent_and_ends(audio_format, samples):
    stage = Given(audio_format).feed(events.Text("a", "Hi."), events.End("a"))
    stage.lines[-1].tells(events.Audio(CHUNK[: 2 * samples]), events.Finished())
    assert sent(stage)
    assert stage.names()[-2:] == ["AudioChunk", "UtteranceFinished"]


def test_a_cancelled_utterance_gives_nothing_more(audio_format):
    stage = Given(audio_format)
    stage.speaks().tells(*[events.Audio(SOUND)] * 5)
    stage.feed(events.Cancel())
    assert stage.names()[-1] == "UtteranceCancelled"
    assert heard_ms(stage, audio_format)[0] <= 200 + HELD_MS[audio_format.encoding]


def test_r24_one_that_is_cancelled_while_all_of_it_is_in_the_encoder_had_no_audio(audio_format):
    stage = Given(audio_format)
    stage.speaks().tells(events.Audio(SOUND[: len(SOUND) // 8]))
    stage.feed(events.Cancel())
    receipt = stage.of(replies.UtteranceCancelled)[0].receipt
    assert (receipt.no_audio, receipt.ttfb_s, sent(stage)) == ("cancelled", None, b"")


@pytest.mark.parametrize("pieces", range(1, 8))
def test_an_utterance_ends_whichever_write_brings_the_first_bytes(audio_format, pieces):
    stage = Given(audio_format, max_lead_ms=0).feed(events.Text("a", "Hi."), events.End("a"))
    stage.lines[-1].tells(*[events.Audio(SOUND[: len(SOUND) // 2])] * pieces, events.Finished())
    while stage.deadlines[-1] is not None and stage.session.open_utterances:
        assert stage.deadlines[-1] < 102, "it waits for nothing"
        stage.at(stage.deadlines[-1]).session.tick()
    assert stage.names()[-2:] == ["AudioChunk", "UtteranceFinished"]


def test_every_utterance_has_a_stream_of_its_own(audio_format):
    stage = Given(audio_format)
    for name in "ab":
        stage.feed(events.Text(name, "Hi."), events.End(name))
        stage.lines[-1].tells(*[events.Audio(SOUND)] * 5, events.Finished())
    one, other = (
        b"".join(chunk.data for chunk in stage.of(replies.AudioChunk) if chunk.utterance_id == name)
        for name in "ab"
    )
    assert len(one) == len(other)
    assert one[:4] == other[:4]
