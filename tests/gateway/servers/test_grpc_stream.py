import asyncio
import contextlib

import grpc
import grpc.aio
import pytest
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from gateway.servers.fence import Fence
from legato.domain import events, replies
from legato.domain.audio import OFFERED, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import BugFound, MessageRefused
from legato.v1 import speech_pb2
from tests.gateway.servers.stage import house, sound

SERVICE = "/legato.v1.SpeechService/"


@contextlib.asynccontextmanager
async def caller(built, options=()):
    async with grpc.aio.insecure_channel(built.grpc, options=options) as channel:
        yield Caller(channel)


class Caller:
    def __init__(self, channel):
        self.channel = channel

    def stream(self, **options):
        return self.channel.stream_stream(SERVICE + "Stream", None, speech_pb2.StreamResponse.FromString)(
            **options
        )

    def speak(self, raw, **options):
        return self.channel.unary_stream(SERVICE + "Speak", None, speech_pb2.SpeakResponse.FromString)(
            raw, **options
        )


def request(**message):
    return speech_pb2.StreamRequest(**message).SerializeToString()


OPEN = request(open={})
ponged = Fence.ponged
SMALL_WINDOW = (("grpc.http2.lookahead_bytes", 16384), ("grpc.http2.bdp_probe", 0))


async def until(call, name):
    """All responses up to this one, and it."""
    responses = []
    while True:
        response = await call.read()
        assert response is not grpc.aio.EOF, [one.WhichOneof("response") for one in responses]
        responses.append(response)
        if response.WhichOneof("response") == name:
            return responses


async def test_a_conversation_is_spoken_in_order_and_ends_ok_after_half_close():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(request(client_seq=7, open={}))
        await call.write(request(client_seq=9, text={"utterance_id": "a", "text": "xyz"}))
        await call.done_writing()
        responses = await until(call, "utterance_finished")

        assert [one.server_seq for one in responses] == list(range(1, len(responses) + 1))
        assert responses[-1].acked_client_seq == 9
        assert b"".join(one.audio.data for one in responses) == sound(0, 7200)
        assert await call.read() is grpc.aio.EOF
        assert await call.code() is grpc.StatusCode.OK
        session = built.reception.sessions[0]
        assert session.face == "grpc"
        assert [type(event) for event in session.fed][-2:] == [events.HalfClosed, events.Closed]


async def test_r8_a_bad_message_is_an_error_and_the_call_goes_on():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(OPEN)
        await call.write(b"\xff\xff")
        bad = request(text={"utterance_id": "a", "text": "?"}).replace(b"?", b"\xff")
        await call.write(bad)
        await call.write(request(ping={"payload": "still here"}))
        told = await until(call, "pong")
        errors = [one.error for one in told if one.WhichOneof("response") == "error"]
        assert [one.reason for one in errors] == ["bad_frame", "bad_frame"]
        assert "not UTF-8" in errors[1].message
        call.cancel()


async def test_an_error_that_ends_the_stream_ends_the_call_with_rich_details():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(OPEN)
        await call.write(request(text={"utterance_id": "a", "text": "!raise"}))
        assert (await until(call, "error"))[-1].error.fatal
        assert await call.code() is grpc.StatusCode.INTERNAL
        assert (await details(call))[0].reason == "INTERNAL"


async def test_an_unknown_format_lists_what_is_offered_and_the_client_opens_again():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(request(open={"audio_format": {"encoding": 77}}))
        error = (await until(call, "error"))[-1].error
        assert (error.reason, error.fatal) == ("unknown_format", False)
        assert all(f"ENCODING_{one.encoding.name} at" in error.message for one in OFFERED)
        assert all(str(one.sample_rate_hz) in error.message for one in OFFERED)
        await call.write(request(open={"audio_format": {"encoding": "ENCODING_MULAW"}}))
        assert (await until(call, "opened"))[-1].opened.format.sample_rate_hz == 8_000
        call.cancel()


async def test_a_wish_that_cannot_be_read_names_its_field_and_what_is_allowed():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(OPEN)
        await call.write(request(begin={"utterance_id": "a", "options": {"emoji": "sing"}}))
        error = (await until(call, "error"))[-1].error
        assert (error.reason, error.fatal, error.utterance_id) == ("bad_frame", False, "a")
        assert "options.emoji must be one of drop, name" in error.message
        call.cancel()


async def details(call):
    for key, value in await call.trailing_metadata():
        if key == "grpc-status-details-bin":
            parts = []
            for kind, detail in zip((ErrorInfo, RetryInfo), Status.FromString(value).details, strict=False):
                parts.append(kind())
                assert detail.Unpack(parts[-1])
            return parts
    raise AssertionError("no details")


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ((("authorization", "Bearer wrong"),), grpc.StatusCode.UNAUTHENTICATED),
        ((("origin", "https://evil.example"),), grpc.StatusCode.PERMISSION_DENIED),
    ],
)
async def test_who_is_not_let_in_is_told_so(metadata, code):
    async with house() as built, caller(built) as client:
        call = client.stream(metadata=metadata)
        assert await call.code() is code
        speak = client.speak(b"", metadata=metadata)
        assert await speak.code() is code
        assert not built.reception.sessions
        assert [(type(fact), fact.face) for fact in built.observer.facts] == [(MessageRefused, "grpc")] * 2


async def test_a_full_house_says_when_to_come_back():
    async with house() as built, caller(built) as client:
        built.reception.full = SpeechError(Reason.OVERLOADED, "all seats are taken", retry_after_s=1.5)
        call = client.stream()
        assert await call.code() is grpc.StatusCode.UNAVAILABLE
        info, retry = await details(call)
        assert info.metadata["retryable"] == "true"
        assert retry.retry_delay.ToTimedelta().total_seconds() == 1.5


async def test_key_and_trace_come_from_the_metadata():
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with house() as built, caller(built) as client:
        call = client.stream(
            metadata=(
                ("authorization", "Bearer s3cret"),
                ("traceparent", trace),
                ("tracestate", "b=2"),
                ("tracestate", "a=1"),
            )
        )
        await call.write(OPEN)
        await until(call, "opened")
        session = built.reception.sessions[0]
        assert session.principal.name == "s3cret"
        assert session.fed[0].traceparent == trace
        assert session.fed[0].tracestate == "b=2,a=1"
        call.cancel()


async def test_r29_a_cancelled_call_closes_its_session_without_a_half_close():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(OPEN)
        await until(call, "opened")
        call.cancel()
        session = await built.reception.session()
        async with asyncio.timeout(5):
            await session.until(lambda it: it.closed)
        assert not session.heard(events.HalfClosed)
        assert len(built.servers.streams) == 0


async def test_r29_a_lost_connection_closes_its_session_without_a_half_close():
    async with house() as built:
        channel = grpc.aio.insecure_channel(built.grpc)
        call = Caller(channel).stream()
        await call.write(OPEN)
        await until(call, "opened")
        await channel.close()
        session = await built.reception.session()
        async with asyncio.timeout(5):
            await session.until(lambda it: it.closed)
        assert not session.heard(events.HalfClosed)


async def test_r21_an_unread_call_holds_little_and_loses_nothing():
    async with house() as built, caller(built, SMALL_WINDOW) as client:
        call = client.stream()
        await call.write(OPEN)
        await call.write(request(text={"utterance_id": "a", "text": "x" * 100}))
        session = await built.reception.session()
        await session.until(lambda it: it.outlet.paused)
        # What a paused outlet has taken is with the transport: two messages, and the windows of the client.
        assert session.written_samples < 100 * session.chunk_samples
        await call.write(request(end={"utterance_id": "a"}))
        responses = await until(call, "utterance_finished")
        assert b"".join(one.audio.data for one in responses) == sound(0, 100 * session.chunk_samples)
        call.cancel()


async def test_r7_a_cancel_is_read_while_audio_waits_for_a_client_that_does_not_read():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(OPEN)
        await call.write(request(text={"utterance_id": "a", "text": "endless"}))
        session = await built.reception.session()
        await session.until(lambda it: it.outlet.paused)
        await call.write(request(cancel={}))
        async with asyncio.timeout(5):
            await session.until(lambda it: it.heard(events.Cancel))
        responses = await until(call, "utterance_cancelled")
        assert responses[-1].utterance_cancelled.truncate_at_sample == 7
        call.cancel()


async def test_r7_a_client_that_tells_what_it_has_read_has_at_most_a_quarter_second_beyond_our_write():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(OPEN)
        await until(call, "opened")
        session = await built.reception.session()
        session.chunk_samples = 1200
        await call.write(request(acked_server_seq=1, text={"utterance_id": "a", "text": "x"}))
        chunk = (await until(call, "audio"))[-1]
        await call.write(request(acked_server_seq=chunk.server_seq))
        await call.write(request(text={"utterance_id": "a", "text": "endless"}))
        await session.until(lambda it: it.written_samples == 24 * (50 + 250))

        read = chunk
        while read.audio.sample_offset < 24_000:
            read = await call.read()
            await call.write(request(acked_server_seq=read.server_seq))
            assert session.written_samples - read.audio.sample_offset <= 24 * 300
        call.cancel()


async def test_r7_a_client_that_will_tell_what_it_reads_is_held_back_before_it_has():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(request(open={"acknowledges": True}))
        await call.write(request(text={"utterance_id": "a", "text": "endless"}))
        session = await built.reception.session()
        await session.until(lambda it: it.written_samples == 24 * 200)
        assert session.outlet.paused
        assert session.outlet.room_ms == 50
        for read in await until(call, "audio"):
            await call.write(request(acked_server_seq=read.server_seq))
        await session.until(lambda it: it.written_samples == 24 * 300)
        call.cancel()


async def test_r7_encoded_audio_is_held_back_by_how_long_it_sounds():
    async with house() as built, caller(built) as client:
        built.servers.streams.installed = {Encoding.OPUS}
        call = client.stream()
        opus = {"encoding": "ENCODING_OPUS", "bit_rate_kbps": 32}
        await call.write(request(open={"acknowledges": True, "audio_format": opus}))
        await call.write(request(text={"utterance_id": "a", "text": "endless"}))
        session = await built.reception.session()
        await session.until(lambda it: it.outlet.paused)
        assert session.written_samples == session.chunk_samples, "as many bytes as 100 ms of PCM are a second"
        call.cancel()


async def test_r8_a_client_that_has_ended_its_side_can_tell_nothing_more_and_gets_all_that_is_left():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(request(open={"acknowledges": True}))
        await call.write(request(text={"utterance_id": "a", "text": "x" * 20}))
        session = await built.reception.session()
        await session.until(lambda it: it.outlet.paused and it.written_samples == 24 * 200)
        await call.done_writing()
        responses = await until(call, "utterance_finished")
        assert b"".join(one.audio.data for one in responses) == sound(0, 20 * session.chunk_samples)
        assert await call.read() is grpc.aio.EOF
        assert await call.code() is grpc.StatusCode.OK


async def test_r8_a_message_that_has_audio_written_and_tells_what_was_read_does_not_leave_the_stream_held_back():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(request(open={"acknowledges": True}))
        await call.write(request(text={"utterance_id": "a", "text": "x"}))
        chunk = (await until(call, "audio"))[-1]
        session = await built.reception.session()
        seen = request(acked_server_seq=chunk.server_seq, text={"utterance_id": "a", "text": "endless"})
        await call.write(seen)
        await session.until(lambda it: it.written_samples == 24 * 300)
        assert session.outlet.paused
        call.cancel()


async def test_r8_a_small_chunk_of_another_track_behind_the_one_that_shut_the_fence_does_not_leave_the_stream_held_back():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(request(open={"acknowledges": True}))
        await call.write(request(text={"utterance_id": "a", "text": "endless"}))
        session = await built.reception.session()
        await session.until(lambda it: it.outlet.paused and it.written_samples == 24 * 200)
        session.outlet.write(replies.AudioChunk("b", 2, 0, 0, sound(0, 240)))  # was decided before
        assert not session.outlet.paused, "10 ms more might still be sent"
        async with asyncio.timeout(10):
            read = (await until(call, "audio"))[-1]
            while read.audio.utterance_id != "b":
                read = (await until(call, "audio"))[-1]
            await call.write(request(acked_server_seq=read.server_seq))
            await session.until(lambda it: it.written_samples > 24 * 200)
        call.cancel()


async def test_r21_a_path_that_was_let_run_dry_is_measured_by_a_ping(monkeypatch):
    """A gRPC client acknowledges only audio, so there is no mark that could tell how long an empty path is."""
    answered = asyncio.Event()
    monkeypatch.setattr(Fence, "ponged", lambda fence: (ponged(fence), answered.set()))
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(request(open={"acknowledges": True}))
        await call.write(request(text={"utterance_id": "a", "text": "x"}))
        chunk = (await until(call, "audio"))[-1]
        session = await built.reception.session()
        session.outlet._fence._late = True
        await call.write(request(acked_server_seq=chunk.server_seq))
        async with asyncio.timeout(10):
            await answered.wait()
        assert not session.outlet._fence._late
        call.cancel()


async def test_no_one_has_read_what_was_not_sent():
    async with house() as built, caller(built) as client:
        call = client.stream()
        await call.write(request(acked_server_seq=5, open={}))
        assert (await until(call, "error"))[-1].error.reason == "bad_frame"
        call.cancel()


async def test_a_client_that_sends_and_does_not_read_is_given_up_and_is_told_so_when_it_does():
    async with house(max_backlog_bytes=20_000) as built, caller(built, SMALL_WINDOW) as client:
        call = client.stream()
        await call.write(OPEN)
        session = await built.reception.session()
        with contextlib.suppress(asyncio.InvalidStateError, grpc.aio.AioRpcError):
            while not session.closed:
                await call.write(request(ping={"payload": "x" * 128}))
        await session.until(lambda it: it.closed)
        async with asyncio.timeout(10):
            with contextlib.suppress(grpc.aio.AioRpcError):
                while await call.read() is not grpc.aio.EOF:
                    pass
            assert await call.code() is grpc.StatusCode.UNAVAILABLE
            assert "replies have piled up" in await call.details()


async def test_a_fault_in_a_session_ends_that_stream_alone_and_is_noted():
    async with house() as built, caller(built) as client:
        other, call = client.stream(), client.stream()
        await other.write(OPEN)
        await until(other, "opened")
        await call.write(OPEN)
        await call.write(request(text={"utterance_id": "a", "text": "!raise"}))
        assert (await until(call, "error"))[-1].error.reason == "internal"
        assert await call.code() is grpc.StatusCode.INTERNAL
        assert [type(fact) for fact in built.observer.facts] == [BugFound]
        assert built.observer.facts[0].kind == "RuntimeError"
        assert "tests.gateway.servers.stage:" in built.observer.facts[0].where

        await other.write(request(ping={}))
        await until(other, "pong")
        other.cancel()


async def test_a_text_is_spoken_by_one_call():
    async with house() as built, caller(built) as client:
        raw = speech_pb2.SpeakRequest(text="xy", audio_format={"sample_rate_hz": 16000}).SerializeToString()
        responses = [one async for one in client.speak(raw)]
        assert [one.WhichOneof("response") for one in responses] == ["format", "audio", "audio", "finished"]
        assert responses[0].format.sample_rate_hz == 16000
        assert built.reception.sessions[0].closed


@pytest.mark.parametrize(
    ("raw", "code", "reason"),
    [
        (b"\xff", grpc.StatusCode.INVALID_ARGUMENT, "BAD_FRAME"),
        (
            speech_pb2.SpeakRequest(text="!fail").SerializeToString(),
            grpc.StatusCode.UNAVAILABLE,
            "OVERLOADED",
        ),
    ],
)
async def test_an_error_is_the_end_of_a_speak_call(raw, code, reason):
    async with house() as built, caller(built) as client:
        call = client.speak(raw)
        with pytest.raises(grpc.aio.AioRpcError):
            [one async for one in call]
        assert await call.code() is code
        assert (await details(call))[0].reason == reason
        session = await built.reception.session()
        await session.until(lambda it: it.closed)
