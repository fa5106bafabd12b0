import asyncio
import contextlib
import json
from contextlib import asynccontextmanager

import numpy as np
import pytest

from gateway.simulator.log import Saw
from gateway.simulator.tcp_front import TcpFront
from tests.gateway.simulator.stage import decode, said, simulated
from tests.gateway.simulator.test_simulator import fault


@asynccontextmanager
async def dial(built):
    reader, writer = await asyncio.open_connection("127.0.0.1", built.tcp_port)
    try:
        yield reader, writer
    finally:
        writer.close()


def event(kind, **data):
    body = json.dumps(data).encode()
    return json.dumps({"type": kind, "version": "1.7", "data_length": len(body)}).encode() + b"\n" + body


async def answers(reader, last):
    """Types of messages up to the last one, and the sound."""
    kinds, audio = [], b""
    while not kinds or kinds[-1] != last:
        line = await reader.readline()
        if not line:
            raise EOFError(kinds)
        head = json.loads(line)
        await reader.readexactly(head.get("data_length") or 0)
        audio += await reader.readexactly(head.get("payload_length") or 0)
        kinds.append(head["type"])
    return kinds, audio


async def described(built):
    async with dial(built) as (reader, writer):
        writer.write(event("describe"))
        return (await answers(reader, "info"))[0]


async def test_wyoming_speaks():
    async with simulated(names=["wyoming", "openai"]) as built, dial(built) as (reader, writer):
        assert built.tcp_url == f"tcp://127.0.0.1:{built.tcp_port}"
        for numbers in ((1, 2), (3,)):
            writer.write(event("synthesize", text=said(*numbers)))
            kinds, audio = await answers(reader, "audio-stop")
            assert kinds[0] == "audio-start"
            assert decode(np.frombuffer(audio, np.int16), 22_050) == list(numbers)
        assert built.log.counts()["finished"] == 2


@pytest.mark.parametrize("do", ["reset", "eof", {"close": 1011}])
async def test_it_dies_at_its_word(do):
    async with simulated(fault(do, "word", 1), names=["wyoming"]) as built, dial(built) as (reader, writer):
        writer.write(event("synthesize", text=said(1, 2)))
        with pytest.raises((EOFError, ConnectionResetError)):
            await answers(reader, "audio-stop")
        assert built.log.count("fault") == 1


async def test_it_is_down_and_up_again():
    async with simulated(names=["wyoming"]) as built:
        built.down("wyoming")
        with pytest.raises((EOFError, ConnectionResetError)):
            await described(built)
        built.up("wyoming")
        assert await described(built) == ["info"]


@pytest.mark.parametrize(("do", "error"), [("reset", ConnectionResetError), ("eof", EOFError)])
async def test_its_dial_breaks(do, error):
    async with simulated(fault(do, "dial"), names=["wyoming"]) as built:
        with pytest.raises(error):
            await described(built)


async def test_its_dial_takes_its_time_and_what_was_said_meanwhile_is_heard():
    async with simulated(fault({"delay_ms": 5}, "dial"), names=["wyoming"]) as built:
        assert await described(built) == ["info"]


async def test_its_dial_is_never_answered():
    async with simulated(fault("half_open", "dial"), names=["wyoming"]) as built, dial(built) as streams:
        reader, writer = streams
        writer.write(event("describe"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await reader.readline()


async def test_it_is_refused_in_its_own_words():
    async with simulated({"keys": ["sesame"]}, names=["wyoming"]) as built, dial(built) as (reader, _):
        assert (await answers(reader, "error"))[0] == ["error"]


async def test_a_client_that_goes_while_its_dial_waits_is_forgotten(monkeypatch):
    waited, late = asyncio.Event(), TcpFront._late

    def noted(*arguments):
        late(*arguments)
        waited.set()

    monkeypatch.setattr(TcpFront, "_late", noted)
    async with simulated(fault({"delay_ms": 10}, "dial"), names=["wyoming"]) as built:
        async with dial(built):
            await built.seen(Saw.DIALLED)
        built.down()
        await waited.wait()
        assert (built.open_streams, built.log.count(Saw.OPENED)) == (0, 0)


async def test_any_voice_will_do_unless_the_script_lists_some():
    for voices, is_known in (((), True), (("bernd",), False)):
        async with (
            simulated({"voices": voices}, names=["wyoming"]) as built,
            dial(built) as (reader, writer),
        ):
            writer.write(event("synthesize", text=said(1), voice={"name": "anna"}))
            with contextlib.nullcontext() if is_known else pytest.raises(EOFError):
                kinds, _ = await answers(reader, "audio-stop")
                assert kinds[0] == "audio-start"
