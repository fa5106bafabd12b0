import asyncio
import contextlib
import time

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import UtteranceCancelled, UtteranceFinished
from legato.v1 import speech_pb2
from legato_client import Bounds, ConnectionLostError, Retry, Tuning, UtteranceError, connect

NO_RETRY = Tuning(retry=Retry(attempts=1))


async def data(utterance):
    return [audio.data async for audio in utterance]


async def test_tokens_go_in_while_audio_comes_out(gateway):
    async def script(visit):
        await visit.open()
        await visit.read("begin")
        await visit.start("u1")
        offset = 0
        while (await visit.read(), visit.seen[-1].WhichOneof("request"))[1] == "text":
            text = visit.seen[-1].text.text
            await visit.audio("u1", text.encode(), offset)
            offset += 1
        await visit.finish("u1")
        await visit.read()

    async with gateway(script) as running, connect(running.url) as speech:
        began = time.monotonic()
        utterance = speech.begin()
        heard = []
        for token in ("Well", " then"):
            await utterance.send(token)
            heard.append(await anext(utterance))
        await utterance.end()
        await utterance.end()
        assert await data(utterance) == []
        ended = time.monotonic()

    assert [(audio.data, audio.sample_offset) for audio in heard] == [(b"Well", 0), (b" then", 1)]
    assert utterance.over
    assert utterance.receipt.ttfb_s == 0.075
    assert isinstance(utterance.ending, UtteranceFinished)
    assert utterance.started.ordinal == 1
    assert 0 < utterance.ttfb_s <= ended - began


async def test_words_seams_and_warnings_are_kept(gateway):
    async def script(visit):
        await visit.open()
        await visit.until("end")
        await visit.start("u1")
        await visit.send(words=speech_pb2.Words(utterance_id="u1", word="Well", end_sample=9, source_end=4))
        await visit.send(seam=speech_pb2.Seam(utterance_id="u1", word="Well", from_route="a", to_route="b"))
        await visit.send(warning=speech_pb2.Warning(utterance_id="u1", code="c", message="m"))
        await visit.finish("u1")
        await visit.read()

    async with gateway(script) as running, connect(running.url) as speech:
        utterance = speech.say("Well")
        assert isinstance(await utterance.wait(), UtteranceFinished)

    assert [(word.word, word.end_sample) for word in utterance.words] == [("Well", 9)]
    assert [seam.to_route for seam in utterance.seams] == ["b"]
    assert [warning.code for warning in utterance.warnings] == ["c"]
    assert (utterance.id, utterance.track) == ("u1", 0)


@pytest.mark.parametrize("limit", ["max_pending_chars", "max_utterance_chars"])
async def test_a_text_longer_than_the_gateway_ever_accepts_is_refused_where_it_is_given(gateway, limit):
    async def script(visit):
        await visit.say_all(**{"max_pending_chars": 9, "max_utterance_chars": 9, limit: 5})

    async with gateway(script) as running, connect(running.url) as speech:
        utterance = speech.begin()
        await utterance.send("Well.")
        with pytest.raises(SpeechError, match="6 characters exceeds the limit of 5") as refused:
            await utterance.send("Well, ")
        assert (refused.value.reason, refused.value.utterance_id) == (Reason.TEXT_TOO_LONG, "u1")
        await utterance.end()
        assert b"".join(await data(utterance)).decode("utf-16-le") == "Well."
        with pytest.raises(SpeechError, match="exceeds the limit of 5"):
            await speech.speak("Well, ")
        dropped = speech.begin()
        await dropped.cancel()
        await dropped.send("Well, ")
    assert [request.text.text for request in running.visits[0].seen if request.HasField("text")] == ["Well."]


async def test_a_text_may_be_cut_within_a_character(gateway):
    async def tokens():
        for token in ("So \ud83d", "\ude00 well\ud83d"):
            yield token

    async with gateway() as running, connect(running.url) as speech:
        assert (await speech.speak(tokens())).decode("utf-16-le") == "So 😀 well\ufffd"
        utterance = speech.begin()
        await utterance.send("\ud83d")
        await utterance.flush()
        await utterance.send("\ude00")
        await utterance.end()
        assert b"".join(await data(utterance)).decode("utf-16-le") == "\ufffd\ufffd"
    last = [request.WhichOneof("request") for request in running.visits[0].seen][-4:]
    assert last == ["text", "flush", "text", "end"]


async def test_before_it_sounds_nothing_is_known(gateway):
    async with gateway() as running, connect(running.url) as speech:
        utterance = speech.begin(track=3)

        assert (utterance.started, utterance.receipt, utterance.ending, utterance.ttfb_s) == (None,) * 4
        assert (utterance.over, utterance.track) == (False, 3)
        await utterance.cancel()


async def test_r12_a_flush_is_answered_after_its_audio(gateway):
    async def script(visit):
        await visit.open()
        flush = await visit.until("flush")
        await visit.start("u1")
        await visit.audio("u1", b"Well")
        await visit.send(flushed=speech_pb2.Flushed(utterance_id="u1", flush_id=flush.flush_id, end_sample=2))
        await visit.until("flush")
        await visit.until("cancel")
        await visit.cancelled("u1")
        await visit.read()

    async with gateway(script) as running, connect(running.url) as speech:
        utterance = speech.begin()
        await utterance.send("Well")
        first = await utterance.flush()
        assert (await utterance.flushed(first)).end_sample == 2
        assert (await anext(utterance)).data == b"Well"
        second = await utterance.flush()
        await utterance.cancel()
        assert await utterance.flushed(second) is None


async def test_r7_a_barge_in_stops_the_iteration_and_says_what_was_heard(gateway):
    stopped = asyncio.Event()

    async def script(visit):
        await visit.open()
        await visit.read("begin")
        await visit.start("u1")
        while not stopped.is_set():
            await visit.audio("u1", b"ab" * 480)
            await asyncio.sleep(0)
        cancel = await visit.until("cancel")
        assert (cancel.fade_ms, cancel.force, cancel.played_sample) == (0, True, 480)
        await visit.audio("u1", b"too late")
        await visit.cancelled("u1", heard="We", sent_unheard="l", never_sent="l")
        await visit.read()

    async with gateway(script) as running, connect(running.url) as speech:
        utterance = speech.begin()
        await utterance.send("Well")
        async for _ in utterance:
            stopped.set()
            outcome = await utterance.cancel(force=True, played_sample=480)
        assert await utterance.cancel() == outcome
        await utterance.send("dropped")

    assert isinstance(outcome, UtteranceCancelled)
    assert (outcome.heard, outcome.sent_unheard, outcome.never_sent) == ("We", "l", "l")
    assert not running.errors


async def test_a_cancel_that_comes_too_late_changes_nothing(gateway):
    async def script(visit):
        await visit.open()
        await visit.until("end")
        await visit.start("u1")
        await visit.audio("u1", b"Well")
        await visit.finish("u1")
        await visit.read()

    async with gateway(script) as running, connect(running.url) as speech:
        utterance = speech.say("Well")
        await utterance.wait()

        assert await utterance.cancel() is None
        for late in (utterance.send("more"), utterance.flush()):
            with pytest.raises(SpeechError) as caught:
                await late
            assert caught.value.reason is Reason.TEXT_AFTER_END


async def test_a_failed_utterance_raises_after_its_audio_and_the_stream_goes_on(gateway):
    async def script(visit):
        await visit.open()
        await visit.until("text")
        await visit.start("u1")
        await visit.audio("u1", b"Well")
        error = speech_pb2.Error(reason="all_routes_failed", message="nobody answers", retry_after_s=3)
        await visit.send(
            utterance_failed=speech_pb2.UtteranceFailed(utterance_id="u1", error=error, unspoken=" then")
        )
        await visit.until("end")
        await visit.start("u2", ordinal=2)
        await visit.audio("u2", b"again")
        await visit.finish("u2")
        await visit.read()

    async with gateway(script) as running, connect(running.url) as speech:
        utterance = speech.begin()
        await utterance.send("Well then")
        heard = []

        async def listen():
            async for audio in utterance:
                heard.append(audio.data)  # noqa: PERF401 what came before the error is the point

        with pytest.raises(UtteranceError, match="nobody answers") as caught:
            await listen()
        for raising in (utterance.send("x"), utterance.flushed("f"), utterance.wait()):
            with pytest.raises(UtteranceError):
                await raising
        assert await data(speech.say("again")) == [b"again"]

    assert heard == [b"Well"]
    assert (caught.value.reason, caught.value.unspoken) == (Reason.ALL_ROUTES_FAILED, " then")
    assert caught.value.retry_after_s == 3


async def test_a_failure_that_crosses_a_barge_in_is_told_to_who_waits(gateway):
    """Its text must not enter a chat history as one that was heard."""

    async def script(visit):
        await visit.open()
        await visit.until("text")
        await visit.start("u1")
        await visit.audio("u1", b"Well")
        await visit.until("cancel")
        error = speech_pb2.Error(reason="all_routes_failed", message="nobody answers")
        await visit.send(
            utterance_failed=speech_pb2.UtteranceFailed(utterance_id="u1", error=error, unspoken=" then")
        )
        await visit.read()

    async with gateway(script) as running, connect(running.url) as speech:
        utterance = speech.begin()
        await utterance.send("Well then")
        assert (await anext(utterance)).data == b"Well"
        assert await utterance.cancel() is None
        assert await data(utterance) == []
        with pytest.raises(UtteranceError, match="nobody answers") as caught:
            await utterance.wait()
    assert caught.value.unspoken == " then"


async def test_a_refused_text_is_told_to_who_sends_next(gateway):
    async def script(visit):
        await visit.open()
        await visit.until("text")
        error = speech_pb2.Error(reason="text_too_long", message="at most 4", utterance_id="u1")
        await visit.send(error=error)
        await visit.send(pong=speech_pb2.Pong(payload="p1"))
        await visit.until("end")
        await visit.finish("u1")
        await visit.read()

    async with gateway(script) as running, connect(running.url) as speech:
        utterance = speech.begin()
        await utterance.send("Too long")
        await speech.ping()
        with pytest.raises(SpeechError, match="at most 4"):
            await utterance.send("more")
        await utterance.end()
        assert await data(utterance) == []


async def test_an_utterance_that_sounded_ends_with_its_connection(gateway):
    async def script(visit):
        await visit.open()
        await visit.until("text")
        await visit.start("u1")
        await visit.audio("u1", b"Well")
        await visit.until("ping")
        await visit.hang_up()

    async with gateway(script) as running, connect(running.url, tuning=NO_RETRY) as speech:
        utterance = speech.begin()
        await utterance.send("Well then")
        assert (await anext(utterance)).data == b"Well"
        with pytest.raises(ConnectionLostError):
            await speech.ping()
        with pytest.raises((ConnectionLostError, SpeechError)):
            await anext(utterance)
        with pytest.raises((ConnectionLostError, SpeechError)):
            await utterance.cancel()


async def test_r21_sending_waits_while_the_gateway_does_not_read(gateway):
    go_on = asyncio.Event()

    async def script(visit):
        await visit.open()
        await go_on.wait()
        await visit.until("end")
        await visit.finish("u1")
        await visit.read()

    tuning = Tuning(bounds=Bounds(unsent_chars=20_000))
    async with gateway(script) as running, connect(running.url, tuning=tuning) as speech:
        utterance = speech.begin()
        sent = 0

        async def pour():
            nonlocal sent
            for _ in range(800):
                await utterance.send("x" * 10_000)
                sent += 1
            await utterance.end()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(pour())
            link = speech._link
            await link.bell.until(lambda: not link.conversation.room)
            assert 0 < sent < 800
            go_on.set()
        assert sent == 800
        await utterance.wait()


async def test_r21_reading_waits_while_nobody_takes_the_audio_and_nothing_is_lost(gateway):
    chunks, sent = 800, 0

    async def script(visit):
        nonlocal sent
        await visit.open()
        await visit.until("end")
        await visit.start("u1")
        for number in range(chunks):
            await visit.audio("u1", number.to_bytes(2, "big") * 5_000, number * 5_000)
            sent = number + 1
        await visit.finish("u1")
        await visit.read()

    tuning = Tuning(bounds=Bounds(unread_bytes=100_000))
    async with gateway(script) as running, connect(running.url, tuning=tuning) as speech:
        utterance = speech.say("Well")
        await anext(utterance)
        link = speech._link
        await link.bell.until(lambda: link.conversation.full)
        for _ in range(1_000):  # turns enough to read all of it, for who would
            await asyncio.sleep(0)
        assert sum(len(audio.data) for audio in utterance._record.audio) <= 100_000 + 10_000
        assert sent < chunks
        rest = [int.from_bytes(audio.data[:2], "big") async for audio in utterance]

    assert rest == list(range(1, chunks))


async def test_a_cancelled_program_task_harms_nobody(gateway):
    async with gateway() as running, connect(running.url) as speech:
        utterance = speech.begin()
        for waiting in (anext(utterance), utterance.wait(), utterance.flushed("never")):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await waiting
        await utterance.send("Well")
        await utterance.end()
        assert b"".join(await data(utterance)).decode("utf-16-le") == "Well"


async def test_a_last_text_that_was_refused_is_told_behind_what_was_spoken(gateway):
    async def refuses(visit):
        await visit.open()
        name = (await visit.until("end")).utterance_id
        await visit.start(name)
        await visit.audio(name, b"ab")
        error = speech_pb2.Error(reason="text_too_long", message="too much", utterance_id=name)
        await visit.send(error=error)
        await visit.finish(name)

    async with gateway(refuses) as running, connect(running.url) as speech:
        utterance = speech.say("Well, and so on")
        assert (await anext(utterance)).data == b"ab"
        with pytest.raises(SpeechError, match="too much") as caught:
            await anext(utterance)
        assert caught.value.reason is Reason.TEXT_TOO_LONG
        assert (await utterance.wait()).receipt.chunks == 2


@pytest.mark.timeout(20)
@pytest.mark.parametrize("leaves", ["break", "error", "unread"])
async def test_an_utterance_whose_block_is_left_early_is_cancelled_at_the_gateway(gateway, leaves):
    async def sounds(visit):
        await visit.open()
        await visit.until("begin")
        await visit.start("u1")
        await visit.audio("u1", b"ab")
        cancel = await visit.until("cancel")
        assert (cancel.utterance_id, cancel.force) == ("u1", True)
        await visit.cancelled("u1", heard="We", never_sent="ll")
        await visit.until("ping")

    async with gateway(sounds) as running, connect(running.url) as speech:
        with contextlib.suppress(LookupError):
            async with speech.say("Well", interruptible=False) as utterance:
                assert utterance.id == "u1"
                if leaves != "unread":
                    async for audio in utterance:
                        assert audio.data == b"ab"
                        if leaves == "break":
                            break
                        raise LookupError
        assert (await utterance.wait()).heard == "We"
        assert await data(utterance) == []


async def test_an_utterance_that_is_over_when_its_block_is_left_is_not_cancelled(gateway):
    async with gateway() as running, connect(running.url) as speech:
        async with speech.say("Well") as utterance:
            assert b"".join(await data(utterance)).decode("utf-16-le") == "Well"
        assert isinstance(await utterance.wait(), UtteranceFinished)
        assert await speech.speak("the stream goes on")

    assert not [request for request in running.visits[0].seen if request.HasField("cancel")]
