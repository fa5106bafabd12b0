import asyncio

import pytest

from gateway.app.commands.players import PlayerError
from gateway.app.commands.speaking import Spoken, Wish, _play, speak
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import SpeechError
from legato.domain.receipt import Receipt
from legato.domain.replies import AudioChunk, UtteranceStarted
from legato.v1 import speech_pb2
from tests.legato_client import scripted

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)


class FakeSink:
    """Remembers; may block."""

    def __init__(self, *, blocks=False, deaf=False):
        self._deaf = deaf
        self.data = b""
        self.ended = []
        self.got = asyncio.Event()
        self._blocks = blocks

    async def begin(self):
        if self._deaf:
            raise PlayerError("no such device")

    async def write(self, data):
        self.data += data
        self.got.set()
        if self._blocks:
            await asyncio.Event().wait()

    async def finish(self):
        self.ended.append("finish")

    async def stop(self):
        self.ended.append("stop")


async def test_text_becomes_audio_and_a_receipt():
    spoken, sink, told = Spoken(asyncio.get_running_loop().time), FakeSink(), []
    async with scripted.over_websocket() as gateway:
        await speak(
            gateway.url,
            Wish("Well", PCM, voice="joe"),
            sink,
            spoken,
            lambda state: told.append(state.samples),
        )

    assert sink.data.decode("utf-16-le") == "Well"
    assert sink.ended == ["finish"]
    assert (spoken.samples, told) == (4, [4])
    assert spoken.receipt.ttfb_s == 0.075
    assert spoken.client_ttfb_s > 0
    assert gateway.visits[0].seen[0].open.voice == "joe"


class FakeUtterance:
    """Gives two pieces of encoded audio."""

    started = UtteranceStarted("u1", 1, 0, 0, 500)
    receipt = Receipt(audio_samples=3_000)

    async def __aiter__(self):
        for offset in (500, 1_460):
            yield AudioChunk("u1", 1, 0, offset, b"OggS")


async def test_samples_of_encoded_audio_are_counted_by_their_offsets_and_at_the_end_by_the_receipt():
    spoken, told = Spoken(lambda: 0.0), []
    opus = AudioFormat(Encoding.OPUS, 48_000)
    await _play(FakeUtterance(), opus, FakeSink(), spoken, lambda state: told.append(state.samples))
    assert (told, spoken.samples) == ([0, 960], 3_000)


async def test_nothing_is_said_to_a_player_that_cannot_play():
    async with scripted.over_websocket() as gateway:
        with pytest.raises(PlayerError):
            await speak(gateway.url, Wish("W", PCM), FakeSink(deaf=True), Spoken(lambda: 0.0), lambda _: None)

    assert [request.WhichOneof("request") for request in gateway.visits[0].seen] == ["open"]


async def test_an_interruption_is_a_barge_in_with_what_was_played():
    seen = []

    async def script(visit):
        await visit.open()
        await visit.until("begin")
        await visit.start("u1")
        await visit.audio("u1", b"ab" * 24_000)
        await visit.send(warning=speech_pb2.Warning(utterance_id="u1", code="c", message="mind"))
        seen.append(await visit.until("cancel"))
        await visit.cancelled("u1", heard="We", never_sent="ll")
        await visit.read()

    spoken, sink = Spoken(lambda: 0.25 if sink.got.is_set() else 0.0), FakeSink(blocks=True)
    async with scripted.over_websocket(script) as gateway:
        speaking = asyncio.get_running_loop().create_task(
            speak(gateway.url, Wish("Well", PCM), sink, spoken, lambda _: None)
        )
        await sink.got.wait()
        speaking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await speaking

    assert sink.ended == ["stop"]
    assert seen[0].force
    assert (spoken.cancelled.heard, spoken.cancelled.never_sent) == ("We", "ll")
    assert spoken.receipt is not None


async def test_whoever_waits_for_another_attempt_is_told():
    async def leaving(visit):
        await visit.send(error=speech_pb2.Error(reason="shutting_down", message="leaving"))

    told = []
    wish = Wish("Well", PCM, on_retry=lambda error, delay_s: told.append((error.message, delay_s < 1)))
    async with scripted.over_websocket(leaving, scripted.say_all) as gateway:
        await speak(gateway.url, wish, FakeSink(), Spoken(lambda: 0.0), lambda _: None)
    assert told == [("leaving", True)]


async def test_an_error_stops_the_sink():
    async def script(visit):
        await visit.open()
        await visit.until("begin")
        error = speech_pb2.Error(reason="unknown_voice", message="no", utterance_id="u1")
        await visit.send(error=error)
        await visit.read()

    sink = FakeSink()
    async with scripted.over_websocket(script) as gateway:
        with pytest.raises(SpeechError):
            await speak(gateway.url, Wish("Well", PCM), sink, Spoken(lambda: 0.0), lambda _: None)

    assert sink.ended == ["stop"]


@pytest.mark.parametrize(("now", "played"), [(1.0, 0), (1.5, 12_000), (9.0, 48_000)])
def test_what_was_played_follows_the_clock_and_ends_with_what_was_given(now, played):
    spoken = Spoken(lambda: now, samples=48_000, first_at=1.0)

    assert spoken.played_samples(PCM) == played
    assert Spoken(lambda: now).played_samples(PCM) == 0
