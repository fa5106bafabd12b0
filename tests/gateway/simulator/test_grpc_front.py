"""The simulated vendors on gRPC, by raw calls."""

import asyncio
import contextlib
import socket

import grpc
import numpy as np
import pytest

from gateway.simulator.log import Saw
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.tones import decode
from legato.domain.protobuf_wire import data, fields, text, whole
from tests.gateway.simulator.stage import said, simulated
from tests.gateway.simulator.test_simulator import fault

RIVA = "/nvidia.riva.tts.RivaSpeechSynthesis"
GOOGLE = "/google.cloud.texttospeech.v1.TextToSpeech/StreamingSynthesize"


def asked(*numbers, **more):
    return text(1, said(*numbers)) + whole(3, 1) + whole(4, 24_000) + text(5, more.get("voice", "anna"))


@contextlib.asynccontextmanager
async def channel(built):
    own = (("grpc.use_local_subchannel_pool", 1), ("grpc.initial_reconnect_backoff_ms", 100))
    async with grpc.aio.insecure_channel(built.grpc_url.removeprefix("grpc://"), options=own) as opened:
        yield opened


DOWN = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL}
"""How a connection that is reset looks: grpc's asyncio client takes a write that fails for an error of its own."""


async def heard(channel, *requests, method=f"{RIVA}/SynthesizeOnline", metadata=()):
    """Everything that is answered, and the status that ends it."""
    call = channel.stream_stream(method)(iter(requests), metadata=metadata, wait_for_ready=True)
    audio, code = b"", None
    try:
        async for message in call:
            audio += dict(fields(message)).get(1, b"")
    except grpc.aio.AioRpcError as error:
        code = error.code()
    return decode(np.frombuffer(audio[: len(audio) // 2 * 2], np.int16), 24_000), code


async def heard_anew(channel, request):
    """By a client whose channel may not know yet that its connection is gone."""
    numbers, code = await heard(channel, request)
    while code in DOWN:
        numbers, code = await heard(channel, request)
    return numbers


async def test_riva_speaks_each_request():
    async with simulated(names=["riva", "google", "openai"]) as built, channel(built) as opened:
        for _ in range(2):
            assert await heard(opened, asked(1, 2), asked(3)) == ([1, 2, 3], None)
        assert built.log.count(Saw.FINISHED) == 2
        assert built.log.count(Saw.FLUSHED) == 4
        assert built.log.count(Saw.DIALLED) == 1
        assert built.log.of(Saw.BEGUN)[0].voice == "anna"


async def test_riva_answers_one_request_and_tells_its_voices():
    async with simulated({"voices": ["anna"]}, names=["riva"]) as built, channel(built) as opened:
        [(number, audio)] = fields(await opened.unary_unary(f"{RIVA}/Synthesize")(asked(4)))
        assert (number, decode(np.frombuffer(audio, np.int16), 24_000)) == (1, [4])
        assert b"anna" in await opened.unary_unary(f"{RIVA}/GetRivaSynthesisConfig")(b"")
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await opened.unary_unary(f"{RIVA}/Synthesize")(asked(4, voice="nobody"))
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_google_speaks_text_as_it_comes():
    async with simulated(names=["google"]) as built, channel(built) as opened:
        config = data(1, data(1, text(2, "anna")) + data(4, whole(1, 7) + whole(2, 24_000)))
        first, second = (data(2, text(1, f"{said(*numbers)} ")) for numbers in ((1, 2), (3,)))
        assert await heard(opened, config, first, second, method=GOOGLE) == ([1, 2, 3], None)


async def test_google_aborts_a_call_whose_text_does_not_go_on():
    async with (
        simulated({"limits": {"context_idle_s": 0.05}}, names=["google"]) as built,
        channel(built) as opened,
    ):
        call = opened.stream_stream(GOOGLE)()
        await call.write(data(1, b""))
        await call.write(data(2, text(1, f"{said(1)} ")))
        with contextlib.suppress(grpc.aio.AioRpcError):
            while await call.read() is not grpc.aio.EOF:
                pass
        assert await call.code() is grpc.StatusCode.ABORTED
        assert [entry.note for entry in built.log.of(Saw.LIMIT)] == ["context_idle_s"]


@pytest.mark.parametrize("do", ["reset", "eof"])
async def test_it_dies_at_its_word(do):
    script = fault(do, "word", 2) | {"pace": {"speed": 4}}
    async with simulated(script, names=["riva"]) as built, channel(built) as opened:
        numbers, code = await heard(opened, asked(1, 2, 3))
        # What was sent may be lost in the client's library, which forgets what nobody has read yet.
        assert (numbers, code) in [([1, 2][:most], grpc.StatusCode.UNAVAILABLE) for most in range(3)]
        assert [(entry.moment, entry.note) for entry in built.log.faults] == [("word", do)]
        assert await heard_anew(opened, asked(4)) == [4]


async def test_refusals_have_the_status_of_a_call():
    script = {
        "keys": ["sesame"],
        "faults": [{"when": {"key": "busy", "at": "dial"}, "do": {"http": 429}}],
    }
    codes = {"sesame": None, "busy": grpc.StatusCode.RESOURCE_EXHAUSTED, "x": grpc.StatusCode.UNAUTHENTICATED}
    async with simulated(script, names=["riva"]) as built, channel(built) as opened:
        for key, code in codes.items():
            metadata = (("authorization", f"Bearer {key}"),)
            assert (await heard(opened, asked(1), metadata=metadata))[1] is code
        await built.seen(Saw.REFUSED, 2)
        assert [entry.value for entry in built.log.of(Saw.REFUSED)] == [429, 401]
        with pytest.raises(grpc.aio.AioRpcError):
            await opened.unary_unary(f"{RIVA}/GetRivaSynthesisConfig")(b"")


async def test_a_dial_waits_or_is_never_answered():
    script = {
        "faults": [*fault({"delay_ms": 5}, "dial")["faults"], *fault("stall", "dial", connection=2)["faults"]]
    }
    async with simulated(script, names=["riva"]) as built:
        async with channel(built) as opened:
            assert await heard(opened, asked(1)) == ([1], None)
        async with channel(built) as opened:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await heard(opened, asked(1))


async def test_it_is_down_and_up_again():
    async with simulated(names=["riva"]) as built, channel(built) as opened:
        built.down("riva")
        assert (await heard(opened, asked(1)))[1] in DOWN
        built.up("riva")
        assert await heard_anew(opened, asked(1)) == [1]


async def test_an_idle_channel_is_cut():
    async with simulated(fault("reset", "idle", 5), names=["riva"]) as built, channel(built) as opened:
        await heard(opened, asked(1))
        await built.seen(Saw.FAULT)
        assert await heard_anew(opened, asked(2)) == [2]
        assert [(entry.moment, entry.connection) for entry in built.log.faults] == [("idle", 1)]


async def test_a_client_that_cancels_is_gone():
    async with simulated({"pace": {"speed": 1}}, names=["riva"]) as built, channel(built) as opened:
        call = opened.stream_stream(f"{RIVA}/SynthesizeOnline")(iter([asked(*range(40))]))
        await call.read()
        call.cancel()
        await built.seen(Saw.CLOSED)
        assert [entry.note for entry in built.log.of(Saw.CLOSED)] == ["client"]


async def test_a_taken_port_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            async with simulated(names=["riva"], options=SimulatorOptions(grpc_port=taken.getsockname()[1])):
                pass
