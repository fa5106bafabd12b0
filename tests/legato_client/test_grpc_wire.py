import asyncio
import contextlib
import time

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Open, Ping, Played
from legato.domain.replies import Pong
from legato.v1 import speech_pb2
from legato_client.address import parse_address
from legato_client.bounds import Bounds
from legato_client.connect import connect
from legato_client.errors import ConnectionLostError
from legato_client.grpc_wire import GrpcWire
from legato_client.tuning import Tuning
from tests.gateway.servers.stage import house

OPEN = Open("", AudioFormat(Encoding.PCM_S16LE, 24_000))


def wire_to(running, clock=time.monotonic):
    return GrpcWire(parse_address(running.url), None, "", clock)


async def test_the_stamp_is_taken_when_the_bytes_are_read(scripted):
    async with scripted.over_grpc() as running:
        wire = wire_to(running, clock=iter([1.0, 2.0]).__next__)
        await wire.send(OPEN)
        await wire.send(Ping("p"))
        assert (await wire.receive()).read_at == 1.0
        pong = await wire.receive()
        await wire.close()

    assert (pong.reply, pong.read_at) == (Pong("p"), 2.0)


async def test_a_half_close_is_answered_by_the_end(scripted):
    async with scripted.over_grpc() as running:
        wire = wire_to(running)
        await wire.send(OPEN)
        await wire.receive()
        await wire.finish()
        assert await wire.receive() is None
        with pytest.raises(ConnectionLostError):
            await wire.send(OPEN)
        await wire.close()
        await wire.close()


@pytest.mark.parametrize(
    ("code", "reason"),
    [("UNAUTHENTICATED", Reason.UNAUTHENTICATED), ("RESOURCE_EXHAUSTED", Reason.QUOTA_EXCEEDED)],
)
async def test_a_status_is_an_error(scripted, code, reason):
    async def script(visit):
        await visit.hang_up(code, "because")

    async with scripted.over_grpc(script) as running:
        wire = wire_to(running)
        with pytest.raises(SpeechError, match="because") as caught:
            await wire.receive()
        await wire.close()

    assert caught.value.reason is reason


async def test_rich_details_name_the_gateways_own_reason(scripted):
    async def script(visit):
        status = Status(code=14, message="too many")
        status.details.add().Pack(ErrorInfo(reason="OVERLOADED", domain="legato"))
        status.details.add().Pack(RetryInfo(retry_delay=Duration(seconds=2, nanos=500_000_000)))
        await visit.hang_up(
            "UNAVAILABLE", "too many", (("grpc-status-details-bin", status.SerializeToString()),)
        )

    async with scripted.over_grpc(script) as running:
        wire = wire_to(running)
        with pytest.raises(SpeechError) as caught:
            await wire.receive()
        await wire.close()

    assert (caught.value.reason, caught.value.retry_after_s) == (Reason.OVERLOADED, 2.5)


UNREADABLE = Status(code=14)
UNREADABLE.details.add(type_url="type.googleapis.com/google.rpc.RetryInfo", value=b"\xff")


@pytest.mark.parametrize(
    "details",
    [b"\xff", Status(code=14).SerializeToString(), UNREADABLE.SerializeToString()],
    ids=["no status", "no reason", "unreadable"],
)
async def test_other_details_leave_the_status(scripted, details):
    async def script(visit):
        await visit.hang_up("UNAVAILABLE", "bye", (("grpc-status-details-bin", details),))

    async with scripted.over_grpc(script) as running:
        wire = wire_to(running)
        with pytest.raises(ConnectionLostError, match="bye"):
            await wire.receive()
        await wire.close()


async def test_garbage_is_a_named_error_and_a_later_message_is_passed_over():
    async def stream(request, context):
        await context.write(b"\xfa\x07\x02hi")
        await context.write(speech_pb2.StreamResponse(pong=speech_pb2.Pong(payload="p")).SerializeToString())
        await context.write(b"\xff\xff")

    server = grpc.aio.server()
    handlers = {"Stream": grpc.stream_stream_rpc_method_handler(stream)}
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("legato.v1.SpeechService", handlers),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    wire = GrpcWire(parse_address(f"grpc://127.0.0.1:{port}"), None, "", time.monotonic)
    assert (await wire.receive()).reply == Pong("p")
    with pytest.raises(SpeechError) as caught:
        await wire.receive()
    await wire.close()
    await server.stop(0)

    assert caught.value.reason is Reason.BAD_FRAME


async def test_closed_while_somebody_reads_it_ends_and_does_not_cancel_the_reader(scripted):
    async with scripted.over_grpc() as running:
        wire = wire_to(running)
        await wire.send(OPEN)
        await wire.receive()
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(wire.receive())
            await asyncio.sleep(0)  # it reads
            await wire.close()
        assert reader.result() is None


async def test_a_reader_that_is_cancelled_stays_cancelled(scripted):
    async with scripted.over_grpc() as running:
        wire = wire_to(running)
        await wire.send(OPEN)
        await wire.receive()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await wire.receive()
        await wire.close()


async def test_over_tls_nobody_is_trusted_who_cannot_prove_it(scripted):
    async with scripted.over_grpc() as running:
        secure = running.url.replace("grpc://", "grpcs://")
        wire = GrpcWire(parse_address(secure), None, "", time.monotonic)
        with pytest.raises(ConnectionLostError):
            await wire.receive()
        await wire.close()


async def test_the_gateway_is_told_at_once_that_what_is_read_will_be_told(scripted):
    async with scripted.over_grpc() as running:
        wire = wire_to(running)
        await wire.send(OPEN)
        await wire.receive()
        assert wire.owes, "Opened is answered while nothing else is on the way: that is the round trip"
        await wire.send(Ping("p"))
        assert not wire.owes
        await wire.receive()
        assert not wire.owes
        await wire.close()

    opened, ping = running.visits[0].seen
    assert opened.open.acknowledges
    assert ping.acked_server_seq == 1


async def test_audio_that_was_read_is_told_of_beside_a_request_or_alone_and_once():
    told = []

    async def stream(request, context):
        for seq in (1, 2):
            sound = speech_pb2.Audio(utterance_id="a", data=b"ab")
            await context.write(speech_pb2.StreamResponse(server_seq=seq, audio=sound).SerializeToString())
        async for message in request:
            told.append(speech_pb2.StreamRequest.FromString(message))
            later = speech_pb2.StreamResponse(server_seq=len(told) + 2, audio=sound)
            await context.write(later.SerializeToString())

    async with serving(stream) as wire:
        assert not wire.owes
        await wire.receive()
        await wire.receive()
        assert wire.owes
        await wire.send(Ping("p"))
        assert not wire.owes
        await wire.acknowledge()
        await wire.receive()
        await wire.acknowledge()
        await wire.receive()
        await wire.finish()

    assert [one.acked_server_seq for one in told] == [2, 3]
    assert [one.WhichOneof("request") for one in told] == ["ping", None]


async def test_what_the_gateway_said_before_it_ended_the_call_is_read_although_a_write_has_failed():
    async def stream(request, context):
        await context.read()
        for payload in ("first", "last"):
            pong = speech_pb2.StreamResponse(pong=speech_pb2.Pong(payload=payload))
            await context.write(pong.SerializeToString())
        await context.abort(grpc.StatusCode.UNAVAILABLE, "shutting down")

    async with serving(stream) as wire:
        await wire.send(Ping("p"))
        assert (await wire.receive()).reply == Pong("first")
        with pytest.raises(ConnectionLostError):
            await ping_for_ever(wire)
        assert (await wire.receive()).reply == Pong("last")
        with pytest.raises(ConnectionLostError, match="UNAVAILABLE: shutting down"):
            await wire.receive()


async def ping_for_ever(wire):
    while True:
        await wire.send(Ping("p"))


@contextlib.asynccontextmanager
async def serving(stream):
    server = grpc.aio.server()
    handlers = {"Stream": grpc.stream_stream_rpc_method_handler(stream)}
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("legato.v1.SpeechService", handlers),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    wire = GrpcWire(parse_address(f"grpc://127.0.0.1:{port}"), None, "", time.monotonic)
    try:
        yield wire
    finally:
        await wire.close()
        await server.stop(0)


async def test_r7_a_client_that_stops_reading_has_at_most_250_ms_on_the_way():
    async with house() as built:
        bounds = Bounds(unread_bytes=96_000)  # two seconds
        async with connect(f"grpc://{built.grpc}", tuning=Tuning(bounds=bounds)) as speech:
            utterance = speech.begin()
            await utterance.send("endless")
            taken = [await anext(aiter(utterance)) for _ in range(20)]
            link = speech._link
            await link.bell.until(lambda: link.conversation.full)
            session = await built.reception.session()
            await speech.played(0)  # behind the last acknowledgement
            await session.until(lambda it: it.heard(Played) and it.outlet.paused)
            read = taken[-1].sample_offset // 2400 + 1 + len(utterance._record.audio)

            assert session.written_samples // 2400 - read <= 2
            await utterance.cancel()


async def test_a_proxy_is_not_asked_for_this_machine(scripted, monkeypatch):
    for name in ("http_proxy", "https_proxy", "grpc_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with scripted.over_grpc() as running:
        wire = wire_to(running)
        await wire.send(OPEN)
        assert await wire.receive()
        await wire.close()


@pytest.mark.parametrize("address", ["127.0.0.1:9", "[::1]:9"])
async def test_nobody_there_is_told_without_the_library_s_own_account(address):
    wire = GrpcWire(parse_address(f"grpc://{address}"), None, "", time.monotonic)
    with pytest.raises(ConnectionLostError) as caught:
        await wire.receive()
    await wire.close()
    assert str(caught.value) == f"cannot connect to {address}: connection refused"
    assert caught.value.may_retry
