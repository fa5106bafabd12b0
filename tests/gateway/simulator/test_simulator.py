import asyncio
import json

import aiohttp
import numpy as np
import pytest
import websockets

from gateway.simulator.log import Saw
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.script import Fault
from gateway.simulator.simulator import Simulator
from gateway.simulator.tones import decode
from legato.domain.facts import BugFound
from tests.gateway.simulator.stage import (
    FLUSH,
    connect,
    flushed,
    said,
    simulated,
    speak,
    until_lost,
    words_of,
)


def fault(do, at="first_byte", value=0, times=1, **when):
    return {"faults": [{"when": {"at": at, "value": value, **when}, "do": do, "times": times}]}


async def heard_within(client, seconds):
    audio = b""
    try:
        async with asyncio.timeout(seconds):
            while True:
                frame = await client.recv()
                audio += frame if isinstance(frame, bytes) else b""
    except TimeoutError:
        return audio


async def test_a_client_is_spoken_to_flush_by_flush():
    async with simulated() as built, connect(built) as client:
        for numbers in ((1, 2, 3), (4, 5)):
            await client.send(speak(said(*numbers)))
            await client.send(FLUSH)
            audio, _ = await flushed(client)
            assert words_of(audio) == list(numbers)
        counts = built.log.counts()
        assert (counts["dialled"], counts["opened"], counts["begun"], counts["finished"]) == (1, 1, 2, 2)
        assert built.log.billed_chars == len(said(1, 2, 3)) + len(said(4, 5))
        assert built.open_streams == 1


async def test_a_clear_cancels_and_is_counted():
    async with simulated({"pace": {"speed": 1}}) as built, connect(built) as client:
        await client.send(speak(said(*range(100))))
        await client.send(FLUSH)
        while not isinstance(await client.recv(), bytes):
            pass
        await client.send(json.dumps({"type": "Clear"}))
        while "Cleared" not in str(await client.recv()):
            pass
        assert built.log.count("cancelled") == 1
        await client.send(speak(said(7)))
        await client.send(FLUSH)
        assert words_of((await flushed(client))[0]) == [7]


@pytest.mark.parametrize(("at", "value", "words"), [("word", 2, [1, 2]), ("first_byte", 0, [])])
@pytest.mark.parametrize("do", ["reset", "eof"])
async def test_a_death_comes_at_its_word(do, at, value, words):
    async with simulated(fault(do, at, value)) as built, connect(built) as client:
        await client.send(speak(said(1, 2, 3, 4)))
        await client.send(FLUSH)
        audio, _, closed = await until_lost(client)
        assert words_of(audio) == words
        assert closed.rcvd is None
        [fired] = built.log.faults
        assert (fired.moment, fired.value, fired.note, fired.utterance) == (at, value, do, 1)


async def test_a_death_comes_at_its_very_byte():
    async with simulated(fault("reset", "byte", 12_345)) as built, connect(built) as client:
        await client.send(speak(said(1, 2, 3, 4)))
        await client.send(FLUSH)
        audio, _, _ = await until_lost(client)
        assert len(audio) == 12_345


async def test_a_close_frame_has_the_code_and_the_reason_of_the_script():
    script = fault({"close": 1011, "reason": "NET-0000"}, "ms", 300)
    async with simulated(script) as built, connect(built) as client:
        await client.send(speak(said(1, 2, 3, 4)))
        await client.send(FLUSH)
        audio, _, closed = await until_lost(client)
        assert len(audio) == 300 * 48
        assert (closed.rcvd.code, closed.rcvd.reason) == (1011, "NET-0000")


async def test_a_half_open_connection_answers_nothing_and_stays():
    script = fault("half_open", "byte", 12_000)
    async with simulated(script) as built, connect(built, ping_interval=None, close_timeout=0.01) as client:
        await client.send(speak(said(1, 2)))
        await client.send(FLUSH)
        audio = b""
        await built.seen(Saw.FAULT)
        pong = await client.ping()
        while len(audio) < 12_000:
            frame = await client.recv()
            audio += frame if isinstance(frame, bytes) else b""
        assert await heard_within(client, 0.1) == b""
        assert not pong.done()
        assert client.state is websockets.State.OPEN


async def test_a_message_is_cut_in_half():
    async with simulated(fault("truncate_json", "word", 1)) as built, connect(built) as client:
        await client.send(speak(said(1)))
        await client.send(FLUSH)
        texts = []
        while len(texts) < 2:
            frame = await client.recv()
            texts += [frame] if isinstance(frame, str) else []
        assert json.loads(texts[0])["type"] == "Metadata"
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            json.loads(texts[1])
        assert texts[1].startswith('{"type": "Fl')


async def test_a_vendor_is_down_and_up_again():
    async with simulated() as built, connect(built) as client:
        await client.recv()
        built.down()
        await until_lost(client)
        with pytest.raises((OSError, websockets.InvalidMessage)):
            async with connect(built):
                pass
        built.up()
        async with connect(built):
            pass
        assert (built.log.count("down"), built.log.count("up")) == (1, 1)


async def test_one_of_two_vendors_is_down():
    async with simulated(names=("deepgram", "openai")) as built, aiohttp.ClientSession() as http:
        built.down("openai")
        request = {"model": "tts-1", "input": said(1), "voice": "alloy", "response_format": "pcm"}
        with pytest.raises(aiohttp.ClientError):
            await http.post(f"{built.url}/v1/audio/speech", json=request)
        async with connect(built):
            pass
        built.up("openai")
        async with http.post(f"{built.url}/v1/audio/speech", json=request) as answer:
            assert decode(np.frombuffer(await answer.read(), np.int16), 24_000) == [1]


async def test_an_outage_of_the_script_ends_by_itself():
    async with simulated(fault({"down_ms": 20}, "dial")) as built:
        with pytest.raises((OSError, websockets.InvalidMessage)):
            async with connect(built):
                pass
        await built.seen(Saw.UP)
        async with connect(built):
            pass


async def test_a_fault_may_come_at_run_time():
    async with simulated() as built, connect(built) as client:
        await client.recv()
        number = built.add(Fault.model_validate({"do": "reset"}))
        await client.send(speak(said(1)))
        await client.send(FLUSH)
        await until_lost(client)
        assert built.log.faults[0].fault == number


async def test_keys_and_concurrency_are_kept():
    script = {"keys": ["sesame", "other"], "limits": {"concurrency": 1}, "retry_after_s": 3}
    async with simulated(script) as built:
        sesame = {"additional_headers": {"Authorization": "Token sesame"}}
        with pytest.raises(websockets.InvalidStatus, match="401"):
            async with connect(built):
                pass
        async with connect(built, **sesame):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with connect(built, **sesame):
                    pass
            assert refused.value.response.status_code == 429
            assert refused.value.response.headers["retry-after"] == "3"
            async with connect(built, additional_headers={"Authorization": "Token other"}):
                pass
        await built.seen(Saw.CLOSED, 2)
        async with connect(built, **sesame):
            pass


async def test_a_voice_that_is_not_known_is_refused():
    async with simulated({"voices": ["anna"]}) as built:
        async with connect(built, "model=anna"):
            pass
        with pytest.raises(websockets.InvalidStatus, match="400"):
            async with connect(built, "model=bernd"):
                pass


class TestOneRequest:
    """Over plain HTTP."""

    async def ask(self, built, **changes):
        request = {"model": "tts-1", "input": said(1, 2, 3), "voice": "any voice", "response_format": "pcm"}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{built.url}/v1/audio/speech", json=request | changes) as answer,
        ):
            return answer.status, dict(answer.headers), await answer.read()

    async def test_it_is_spoken(self):
        async with simulated(names=("openai",)) as built:
            status, _, body = await self.ask(built)
            assert (status, words_of(body)) == (200, [1, 2, 3])
            assert built.log.of("opened")[0].voice == "any voice"

    async def test_a_wav_has_one_header_and_then_the_words(self):
        async with simulated(names=("openai",)) as built:
            _, _, body = await self.ask(built, response_format="wav")
            assert body.startswith(b"RIFF")
            assert words_of(body[44:]) == [1, 2, 3]

    async def test_it_is_refused(self):
        async with simulated(fault({"http": 429, "retry_after_s": 7}, "dial"), names=("openai",)) as built:
            status, headers, body = await self.ask(built)
            assert (status, headers["Retry-After"]) == (429, "7")
            assert json.loads(body)["error"]["type"] == "rate_limit_error"

    @pytest.mark.parametrize("do", ["reset", "eof", {"close": 1011}])
    @pytest.mark.parametrize("at", ["first_byte", "word"])
    async def test_it_breaks_off(self, do, at):
        async with simulated(fault(do, at, 1), names=("openai",)) as built:
            if at == "first_byte" and isinstance(do, dict):
                assert (await self.ask(built))[0] == 500
            else:
                with pytest.raises(aiohttp.ClientError):
                    await self.ask(built)
            assert built.log.count("fault") == 1

    async def test_success_without_a_sound(self):
        async with simulated(fault("silence"), names=("openai",)) as built:
            assert (await self.ask(built))[::2] == (200, b"")

    async def test_too_long_a_text_is_refused(self):
        async with simulated({"limits": {"message_chars": 5}}, names=("openai",)) as built:
            assert (await self.ask(built))[0] == 400 or built.log.of("limit")[0].note == "message_chars"

    async def test_its_list_is_not_a_dial(self):
        async with simulated(names=("openai",)) as built, aiohttp.ClientSession() as http:
            async with http.get(f"{built.url}/v1/models") as answer:
                assert answer.status == 200
            async with http.get(f"{built.url}/nothing") as answer:
                assert answer.status == 404


async def test_a_port_that_is_taken_is_an_error_and_nothing_stays():
    async with simulated() as built:
        taken = Simulator([], options=SimulatorOptions(port=built.port))
        with pytest.raises(OSError, match="address already in use"):
            await taken.__aenter__()


async def test_a_bug_of_its_own_is_in_the_log():
    built = Simulator([])
    built.note(BugFound("here", "TypeError"))
    assert "TypeError" in built.log.of(Saw.BUG)[0].note


async def test_whoever_runs_it_is_told_of_every_entry():
    told = []
    async with simulated(options=SimulatorOptions(told=told.append)) as built, connect(built):
        await built.seen(Saw.OPENED)
    assert [entry.saw for entry in told][:2] == [Saw.DIALLED, Saw.OPENED]
