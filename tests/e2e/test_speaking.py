"""Both wires, a real gateway in its own process, real voices, text as a language model gives it."""

import asyncio
import itertools
import re

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import HeardMethod, UtteranceCancelled, UtteranceFinished
from legato_client.connect import connect
from legato_client.tuning import Tuning
from tests.e2e.raw import TEXT, OnLoop, RawWebSocket, audio_of, raw_client, read_until

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

STORY = (
    "The harbour was quiet that morning. A small boat came in with the tide, and nobody had seen it leave. "
    "Two children stood on the pier and waved. The man at the oars did not look up. "
    "Later they would say that the boat had been empty, but it was not. "
) * 2


def tokens(text):
    return re.findall(r"\s*\S{1,5}", text)


def joined(chunks):
    """They follow one another without a gap; the samples they hold."""
    at = chunks[0].sample_offset
    for chunk in chunks:
        assert chunk.sample_offset == at
        at += len(chunk.data) // 2
    return at - chunks[0].sample_offset


async def test_audio_comes_while_text_is_still_coming(house, wire):
    """R13: the first sentence is heard before the second exists."""
    first, second = "The first sentence is spoken while the second is written.", " Then the second one is."
    async with connect(house.urls[wire], voice="joe") as speech:
        utterance = speech.begin()
        for token in tokens(first):
            await utterance.send(token)
        chunks = [await anext(utterance)]
        for token in tokens(second):
            await utterance.send(token)
        await utterance.end()
        chunks += [chunk async for chunk in utterance]
        assert isinstance(utterance.ending, UtteranceFinished)
        assert joined(chunks) == utterance.receipt.audio_samples
        assert utterance.receipt.audio_samples / 24_000 > 2.5  # fifteen words take longer than that
        assert utterance.receipt.accepted_chars == len(first + second)
        assert utterance.receipt.route.startswith("joe")


async def test_a_cancel_tells_what_was_heard_and_the_next_is_spoken(house, wire):
    """R10, rule 8: heard, sent unheard and never sent are the accepted text, exactly."""
    async with connect(house.urls[wire], voice="espeak", tuning=Tuning(max_lead_ms=1000)) as speech:
        utterance = speech.begin()
        await utterance.send(STORY)
        heard = await anext(utterance)
        while heard.sample_offset < 24_000:
            heard = await anext(utterance)
        told = await utterance.cancel(played_sample=heard.sample_offset)
        assert isinstance(told, UtteranceCancelled)
        assert told.heard + told.sent_unheard + told.never_sent == STORY
        assert told.method is HeardMethod.PLAYED
        assert told.truncate_at_sample == heard.sample_offset
        assert told.heard.startswith("The harbour was")
        assert STORY.startswith(told.heard)
        assert len(told.never_sent) > len(STORY) / 2
        assert not [chunk async for chunk in utterance]
        assert len(await speech.speak("Yes?")) > 4000


async def test_a_flush_is_answered_after_its_audio_and_leaves_the_utterance_open(house, wire):
    async with connect(house.urls[wire], voice="espeak") as speech:
        utterance = speech.begin()
        await utterance.send("Half a sentence that nobody has")
        asked = await utterance.flush()
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(collect(utterance))
            first = await utterance.flushed(asked)
            assert first.end_sample > 12_000
            again = await utterance.flushed(await utterance.flush())
            assert again.end_sample == first.end_sample
            await utterance.send(" ended yet.")
            await utterance.end()
        assert joined(reading.result()) == utterance.receipt.audio_samples > first.end_sample


async def collect(utterance):
    return [chunk async for chunk in utterance]


async def test_a_pause_holds_and_a_resume_goes_on_at_the_exact_sample(house, wire):
    async with raw_client(wire, house) as client:
        await client.send(open={"voice": "espeak", "max_lead_ms": -1})
        await client.send(text={"utterance_id": "u", "text": STORY})
        await client.send(end={"utterance_id": "u"})
        messages = await read_until(client, "audio")
        await client.send(pause={})
        await client.send(ping={"payload": "paused"})
        messages += await read_until(client, "pong")
        await client.send(ping={"payload": "still"})
        silence = await read_until(client, "pong")
        assert not audio_of(silence)
        await client.send(resume={})
        messages += await read_until(client, "utterance_finished")
    finished = messages[-1].utterance_finished
    assert joined(audio_of(messages)) == finished.receipt.audio_samples


async def test_two_tracks_sound_at_the_same_time(house, wire):
    async with raw_client(wire, house) as client:
        await client.send(open={"voice": "espeak", "max_lead_ms": 0})
        for track, name in enumerate(("left", "right")):
            await client.send(begin={"utterance_id": name, "track": track})
            await client.send(text={"utterance_id": name, "text": "One of two."})
            await client.send(end={"utterance_id": name})
        messages = await read_until(client, "utterance_finished")
        messages += await read_until(client, "utterance_finished")
    speakers = [audio.utterance_id for audio in audio_of(messages)]
    turns = sum(a != b for a, b in itertools.pairwise(speakers))
    assert turns > 2
    for name in ("left", "right"):
        mine = audio_of(messages, name)
        assert mine[0].sample_offset == 0
        assert joined(mine) > 6_000


# --- what is wrong is named, and the rest goes on ---------------------------------------------------------------------


async def test_bad_input_is_named_and_the_other_utterances_go_on(house, wire):
    async with raw_client(wire, house) as client:
        await client.send(open={"voice": "espeak", "max_lead_ms": 0})
        await client.send(text={"utterance_id": "good", "text": "This one goes on"})
        await client.send(begin={"utterance_id": "bad", "voice": "nobody"})
        await client.send(text={"utterance_id": "good", "text": " whatever the others do."})
        await client.send(end={"utterance_id": "good"})
        await client.send(text={"utterance_id": "good", "text": " too late"})
        await client.send(flush={"utterance_id": "never begun"})
        await client.send_bytes(b"\xff\xff no message of the contract")
        messages = await read_until(client, "utterance_finished", "good")
        errors = [message.error for message in messages if message.WhichOneof("response") == "error"]
        assert [error.reason for error in errors] == [
            "unknown_voice", "text_after_end", "unknown_utterance", "bad_frame",
        ]  # fmt: skip
        assert not any(error.fatal for error in errors)
        assert "espeak" in errors[0].message  # the voices there are
        assert errors[0].utterance_id == "bad"
        assert joined(audio_of(messages, "good")) == messages[-1].utterance_finished.receipt.audio_samples
        await client.send(text={"utterance_id": "next", "text": "So does the stream."})
        await client.send(end={"utterance_id": "next"})
        assert audio_of(await read_until(client, "utterance_finished", "next"))


BAD_UTF8 = b"\x1a\x06\x0a\x01u\x12\x01\xff"
"""A `StreamRequest` of wire type and length as they should be, whose text is no UTF-8."""


async def test_text_that_is_no_utf8_is_named_on_grpc(house):
    async with raw_client("grpc", house) as client:
        await client.send(open={"voice": "espeak"})
        await client.send_bytes(BAD_UTF8.replace(b"\x1a", b"\x22", 1))
        error = (await read_until(client, "error"))[-1].error
        assert (error.reason, error.fatal) == ("bad_frame", False)
        await client.send(text={"utterance_id": "u", "text": "Still here."})
        await client.send(end={"utterance_id": "u"})
        assert audio_of(await read_until(client, "utterance_finished"))


async def test_text_that_is_no_utf8_ends_a_websocket_by_its_own_rule(house):
    async with OnLoop(house.http) as client:
        await client.send(open={"voice": "espeak"})
        await read_until(client, "opened")
        client.socket.send_frame(TEXT, b'{"text": {"text": "\xff"}}')
        assert await client.read() is None
        assert client.socket.close_code == 1007


async def test_an_unknown_voice_is_told_to_a_program_by_its_name(house, wire):
    async with connect(house.urls[wire], voice="espeak") as speech:
        with pytest.raises(SpeechError, match="nobody") as refused:
            await speech.speak("Hello.", voice="nobody")
        assert refused.value.reason is Reason.UNKNOWN_VOICE
        assert await speech.speak("Hello.")


# --- the end of the client --------------------------------------------------------------------------------------------


async def test_a_half_close_finishes_what_was_begun(house):
    """Rule 10."""
    async with raw_client("grpc", house) as client:
        await client.send(open={"voice": "espeak"})
        await client.send(text={"utterance_id": "u", "text": "No end was ever said"})
        await client.call.done_writing()
        messages = await read_until(client, "utterance_finished")
        assert joined(audio_of(messages)) > 12_000
        assert await client.read() is None
        assert (await client.call.code()).name == "OK"


def test_a_reset_connection_cancels_its_utterances(house):
    seen = len(house.log.lines)
    with RawWebSocket(house.http) as client:
        client.send(open={"voice": "espeak", "max_lead_ms": 0})
        client.send(text={"utterance_id": "lost", "text": STORY})
        while client.read().WhichOneof("response") != "audio":
            pass
    ended = house.log.find(lambda line: line.get("utterance_id") == "lost", after=seen)
    assert ended["outcome"] == "cancelled"
