import asyncio
import contextlib
import gc
from types import SimpleNamespace

import grpc
import grpc.aio
import pytest
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    PingReceived,
    ResponseReceived,
    StreamReset,
    WindowUpdated,
)
from h2.settings import SettingCodes
from hyperframe.frame import DataFrame, HeadersFrame, PingFrame, SettingsFrame, WindowUpdateFrame

from gateway.rpc import frames
from gateway.rpc.answer_lane import AnswerLane
from gateway.rpc.connection import Connection
from gateway.rpc.goodbye import PING
from gateway.rpc.limits import Limits
from tests.gateway.rpc.callers import Raw, calling, served
from tests.gateway.rpc.wired import GOOD


async def test_many_calls_of_one_connection_are_served_at_once():
    async with served() as (_, port, _), calling(port) as channel:
        chats = [channel.stream_stream("/a.B/Chat")() for _ in range(20)]
        for turn in range(3):
            for number, chat in enumerate(chats):
                await chat.write(b"%d-%d" % (turn, number))
            assert [await chat.read() for chat in chats] == [b"%d-%d" % (turn, n) for n in range(20)]
        for chat in chats:
            await chat.done_writing()
            assert await chat.read() is grpc.aio.EOF
            assert await chat.code() is grpc.StatusCode.OK


class Transport:
    """Takes everything at once."""

    def __init__(self):
        self.written = []
        self.write = self.written.append

    def set_write_buffer_limits(self, high, low):
        pass

    def get_extra_info(self, name):
        return ("127.0.0.1", 1) if name == "peername" else None


async def test_what_several_calls_write_in_one_turn_is_one_piece_however_much_was_written_before():
    transport = Transport()
    connection = Connection(Limits(), None, SimpleNamespace(add=lambda *_: None, discard=lambda _: None))
    connection.connection_made(transport)
    transport.written.clear()
    connection.send(b"one")
    assert transport.written == [b"one"], "one call's goes at once"
    calls = connection._calls = {1: SimpleNamespace(cancel=int), 3: SimpleNamespace(cancel=int)}
    for _ in range(3):
        transport.written.clear()
        for _ in range(40):
            connection.send(b"x" * 1024)
        assert transport.written == []
        await asyncio.sleep(0)
        assert [len(piece) for piece in transport.written] == [40 * 1024]
    transport.written.clear()
    for _ in range(100):
        connection.send(b"x" * 1024)
    assert [len(piece) for piece in transport.written] == [64 * 1024], "nor does it pile up"
    await asyncio.sleep(0)
    assert [len(piece) for piece in transport.written] == [64 * 1024, 36 * 1024]
    calls.clear()
    connection.connection_lost(None)


async def test_a_client_that_does_not_read_waits_alone():
    async with served() as (_, port, calls), Raw.to(port) as raw:
        slow = raw.ask("Pour")
        raw.say(slow, b"200", end=True)
        while sum(getattr(event, "flow_controlled_length", 0) for event in raw.events) < 65_535:
            await raw.read()
        # The connection's own window is as full: what another call needs of it comes first.
        raw.h2.increment_flow_control_window(100_000)
        quick = raw.ask("Echo")
        raw.say(quick, b"hello", end=True)
        assert (await raw.over(quick))["grpc-status"] == "0"
        assert len(calls.seen) < 100
        raw.h2.increment_flow_control_window(300_000)
        raw.h2.increment_flow_control_window(300_000, slow)
        raw.flush()
        assert (await raw.over(slow))["grpc-status"] == "0"


async def test_r23_a_call_that_had_to_wait_leaves_nothing_with_its_connection():
    def lanes():
        gc.collect()
        return sum(isinstance(one, AnswerLane) for one in gc.get_objects())

    async with served() as (_, port, calls), Raw.to(port) as raw:
        before = lanes()
        slow = raw.ask("Pour")
        raw.say(slow, b"200", end=True)
        while sum(getattr(event, "flow_controlled_length", 0) for event in raw.events) < 65_535:
            await raw.read()
        raw.h2.increment_flow_control_window(300_000)
        raw.h2.increment_flow_control_window(300_000, slow)
        raw.flush()
        assert (await raw.over(slow))["grpc-status"] == "0"
        calls.contexts.clear()
        for _ in range(50):
            await asyncio.sleep(0)
        assert lanes() <= before


async def test_a_client_that_reads_nothing_holds_up_its_writer_and_is_cut_when_it_asks_on():
    async with served(unsent_bytes=1000) as (_, port, calls), Raw.to(port) as raw:
        raw.h2.increment_flow_control_window(2**30)
        stream = raw.ask("Pour")
        raw.h2.increment_flow_control_window(2**30, stream)
        raw.say(stream, b"50000", end=True)
        raw.writer.transport.pause_reading()
        before = -1
        while before != len(calls.seen) or not calls.seen:
            before = len(calls.seen)
            for _ in range(50):
                await asyncio.sleep(0)
        assert len(calls.seen) < 50_000
        for _ in range(200):
            raw.ask("None", end=True)
        await calls.cancelled.wait()


async def test_a_call_may_ping_its_client_which_answers_though_it_reads_nothing():
    async with served() as (_, port, calls), calling(port) as channel:
        call = channel.unary_stream("/a.B/Pour")(b"50000")
        answered = asyncio.Event()
        async with asyncio.timeout(10):
            await call.read()
            calls.contexts[0].ping(answered.set)
            await answered.wait()
        call.cancel()


async def test_all_calls_of_a_connection_may_ping_their_client_at_once():
    """As when its path becomes longer: the answers are no flood, since they were asked for."""
    async with served() as (_, port, calls), calling(port) as channel:
        call = channel.unary_stream("/a.B/Pour")(b"50000")
        await call.read()
        answered = asyncio.Semaphore(0)
        for _ in range(500):
            calls.contexts[0].ping(answered.release)
        async with asyncio.timeout(10):
            for _ in range(500):
                await answered.acquire()
        assert await call.read() == bytes(1000)
        call.cancel()


@pytest.mark.parametrize("how", ["cancel", "leave"])
async def test_a_client_that_cancels_or_leaves_ends_its_handler(how):
    async with served() as (_, port, calls), Raw.to(port) as raw:
        stream = raw.ask()
        await calls.begun.wait()
        if how == "cancel":
            raw.h2.reset_stream(stream, ErrorCodes.CANCEL)
            raw.flush()
        else:
            raw.writer.close()
        await calls.cancelled.wait()


async def test_a_half_close_is_no_cancel():
    async with served() as (_, port, calls), Raw.to(port) as raw:
        stream = raw.ask()
        raw.say(stream, b"one", end=True)
        assert (await raw.over(stream))["grpc-status"] == "0"
        assert calls.seen == [b"one"]
        assert not calls.cancelled.is_set()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        (":path", "/a.B/None", ("grpc-status", "12")),
        ("content-type", "text/html", (":status", "415")),
        (":method", "GET", (":status", "405")),
        ("te", "gzip", ("grpc-status", "13")),
    ],
)
async def test_what_is_no_call_of_ours_is_told_so(field, value, told):
    async with served() as (_, port, _), Raw.to(port) as raw:
        raw.h2.config.validate_outbound_headers = False
        stream = raw.h2.get_next_available_stream_id()
        fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", "/a.B/Echo"),
            (":authority", "x"),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
        ]
        asked = [(name, value if name == field else was) for name, was in fields]
        raw.h2.send_headers(stream, asked, end_stream=True)
        raw.flush()
        assert told in (await raw.over(stream)).items()


async def test_a_call_that_is_answered_early_is_stopped_a_little_later():
    async with served() as (_, port, _), Raw.to(port) as raw:
        stream = raw.ask("None")
        await raw.until(ResponseReceived)
        assert (await raw.until(StreamReset)).error_code is ErrorCodes.NO_ERROR
        assert stream == 1


async def test_calls_beyond_the_limit_may_come_again():
    async with served(calls=1) as (_, port, calls), Raw.to(port) as raw:
        raw.ask()
        await calls.begun.wait()
        second = raw.ask()
        told = await raw.until(StreamReset)
        assert (told.stream_id, told.error_code) == (second, ErrorCodes.REFUSED_STREAM)


async def test_what_is_read_makes_room_for_more():
    async with served(window_bytes=1000) as (_, port, _), Raw.to(port) as raw:
        await raw.until(object)
        stream = raw.ask()
        raw.say(stream, bytes(600))
        assert (await raw.until(WindowUpdated)).delta > 0


async def test_a_connection_carries_more_than_its_window():
    async with served(connection_bytes=70_000) as (_, port, _calls), calling(port) as channel:
        echo = channel.unary_unary("/a.B/Echo")
        for _ in range(5):
            assert len(await echo(bytes(50_000))) == 50_000


async def test_who_reads_slowly_and_says_nothing_gets_everything():
    """Its windows are wide open: only the socket tells that there is room again."""
    async with served() as (_, port, _calls), Raw.to(port) as raw:
        raw.h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 2**31 - 1})
        raw.h2.increment_flow_control_window(2**31 - 1 - 65_535)
        raw.say(raw.ask("Pour"), b"16000", end=True)
        got = 0
        while got < 16_000_000:
            data = await raw.reader.read(1 << 20)
            assert data
            got += len(data)


async def test_a_message_beyond_the_window_is_read_piece_by_piece():
    async with served() as (_, port, _), calling(port) as channel:
        assert await channel.unary_unary("/a.B/Echo")(bytes(500_000)) == bytes(500_000)


async def test_a_silent_client_is_pinged_and_gone_when_it_does_not_answer():
    patience = {"keepalive_s": 0.05, "keepalive_answer_s": 0.2, "handshake_s": 0.05}
    async with served(**patience) as (_, port, calls), Raw.to(port) as raw:
        raw.ask()
        for _ in range(2):
            await raw.until(PingReceived)  # h2 has answered
        await raw.cut()  # from here on nobody answers
        await calls.cancelled.wait()


@pytest.mark.parametrize("calls", [0, 1])
async def test_who_is_gone_behind_its_greeting_is_found_long_before_the_handshakes_time_is_up(calls):
    patience = {"keepalive_s": 0.05, "keepalive_answer_s": 0.2, "handshake_s": 3600.0}
    async with served(**patience) as (_, port, _), Raw.to(port) as raw:
        for _ in range(calls):
            raw.ask()
        await raw.cut()


@pytest.mark.parametrize("greeting", [b"", frames.PREFACE, frames.PREFACE + b"\0\0"])
async def test_who_does_not_finish_greeting_is_cut(greeting):
    async with served(handshake_s=0.05) as (_, port, _), Raw.to(port, greet=False) as raw:
        raw.writer.write(greeting)
        await raw.cut()


@pytest.mark.parametrize(
    ("begun", "code", "words"),
    [
        (b"", ErrorCodes.SETTINGS_TIMEOUT, b"no SETTINGS frame was received"),
        (
            SettingsFrame(0).serialize() + HeadersFrame(1, b"\x82").serialize(),
            ErrorCodes.ENHANCE_YOUR_CALM,
            b"the headers of a request took too long",
        ),
        (
            SettingsFrame(0).serialize()
            + HeadersFrame(1, bytes(100), flags=["END_HEADERS"]).serialize()[:20],
            ErrorCodes.ENHANCE_YOUR_CALM,
            b"the headers of a request took too long",
        ),
    ],
    ids=["settings", "head", "frame of a head"],
)
async def test_who_does_not_finish_its_settings_or_a_head_is_told_so(begun, code, words):
    patience = {"handshake_s": 0.05, "keepalive_s": 0.05, "keepalive_answer_s": 60.0}
    async with served(**patience) as (_, port, _), Raw.to(port, greet=False) as raw:
        raw.writer.write(frames.PREFACE + begun)
        assert (await raw.reader.read()).endswith(frames.go_away(0, code, words))


@pytest.mark.parametrize("rubbish", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", bytes(100)])
async def test_rubbish_is_closed_quietly(rubbish, caplog):
    async with served() as (_, port, _), Raw.to(port, greet=False) as raw:
        raw.writer.write(rubbish)
        await raw.cut()
    assert not caplog.records


@pytest.mark.parametrize(
    ("frame", "code", "words"),
    [
        (PingFrame(0, b"12345678"), ErrorCodes.ENHANCE_YOUR_CALM, b"too_many_pings"),
        (SettingsFrame(0), ErrorCodes.ENHANCE_YOUR_CALM, b"too many control frames"),
        (WindowUpdateFrame(9, 5), ErrorCodes.PROTOCOL_ERROR, None),
        (
            DataFrame(1, bytes(16_385)),
            ErrorCodes.FRAME_SIZE_ERROR,
            b"a frame of 16385 bytes; the limit is 16384",
        ),
        (HeadersFrame(3, b"\xc8", flags=["END_HEADERS"]), ErrorCodes.COMPRESSION_ERROR, None),
    ],
)
async def test_who_floods_or_breaks_the_rules_is_told_why_and_cut(frame, code, words):
    async with served() as (_, port, calls), Raw.to(port) as raw:
        raw.ask()
        await calls.begun.wait()
        raw.writer.write(frame.serialize() * (300 if words else 1))
        away = next(event for event in await raw.closed() if isinstance(event, ConnectionTerminated))
        assert (away.error_code, away.additional_data, away.last_stream_id) == (code, words, 1)
        await calls.cancelled.wait()


async def test_a_goodbye_comes_through_whatever_was_on_its_way_and_to_who_does_not_go_no_more_is_listened():
    """A socket that is closed over bytes unread takes back what it has written."""
    async with served(farewell_s=3600.0) as (_, port, _), Raw.to(port) as raw:
        await raw.read()
        raw.writer.write(frames.head(frames.DATA, 0, 1, 1 << 20) + bytes(500_000))
        assert (await raw.until(ConnectionTerminated)).error_code is ErrorCodes.FRAME_SIZE_ERROR
        assert not await raw.reader.read()
        with contextlib.suppress(ConnectionError):
            while not raw.writer.is_closing():
                raw.writer.write(bytes(100_000))
                await raw.writer.drain()
        with pytest.raises(ConnectionError):
            await raw.writer.drain()


async def test_a_goodbye_for_a_fault_names_no_stream_that_came_after_the_first_goodbye():
    async with served() as (server, port, calls), Raw.to(port) as raw:
        raw.ask()
        await calls.begun.wait()
        stopping = asyncio.get_running_loop().create_task(server.stop(10.0))
        await raw.hears(frames.ping(PING))
        raw.writer.write(PingFrame(0, PING, flags=["ACK"]).serialize())
        await raw.hears(frames.go_away(1, ErrorCodes.NO_ERROR))
        raw.ask()
        raw.writer.write(DataFrame(1, bytes(16_385)).serialize())
        assert (await raw.reader.read()).endswith(
            frames.go_away(1, ErrorCodes.FRAME_SIZE_ERROR, b"a frame of 16385 bytes; the limit is 16384")
        )
        raw.writer.close()
        await stopping


async def test_a_head_that_is_no_good_ends_its_call_and_no_other():
    async with served() as (_, port, calls), Raw.to(port) as raw:
        running = raw.ask()
        await calls.begun.wait()
        stream = raw.h2.get_next_available_stream_id()
        raw.h2.config.normalize_outbound_headers = False
        raw.h2.send_headers(stream, [*GOOD, ("connection", "close")], end_stream=True)
        raw.flush()
        told = await raw.over(stream)
        assert (told["grpc-status"], told["grpc-message"]) == (
            "13",
            "the request is malformed: b'connection' is not an allowed header name",
        )
        raw.say(running, b"one", end=True)
        assert (await raw.over(running))["grpc-status"] == "0"


@pytest.mark.parametrize("field", [("x-padded", " a "), ("host", "elsewhere")])
async def test_what_grpcs_own_clients_send_is_taken_though_http2_would_not_have_it(field):
    async with served() as (_, port, calls), calling(port) as channel:
        chat = channel.stream_stream("/a.B/Chat")()
        await chat.write(b"one")
        await chat.read()
        assert await channel.unary_unary("/a.B/Echo")(b"hello", metadata=(field,)) == b"hello"
        assert field in calls.seen[-1].invocation_metadata()
        await chat.done_writing()
        assert await chat.read() is grpc.aio.EOF
        assert await chat.code() is grpc.StatusCode.OK


async def test_a_flood_leaves_room_for_the_others():
    async with served() as (_, port, _), Raw.to(port) as raw, calling(port) as channel:
        stream = raw.ask()
        echo = channel.unary_unary("/a.B/Echo")
        await echo(b"warm")
        raw.writer.write(DataFrame(stream, b"\0\0\0\0\1x").serialize() * 3_000)
        for _ in range(3):
            assert await echo(b"me") == b"me"
        came = 0
        while came < 3_000:
            came += len((await raw.until(DataReceived)).data) // 6


async def test_a_refusal_that_is_held_back_is_sent_before_a_server_that_stops_closes():
    async with served(goodbye_answer_s=0.0) as (server, port, _), Raw.to(port) as raw:
        refused = asyncio.Event()

        async def refuse(_, context):
            context.add_done_callback(lambda _: refused.set())
            await context.abort(grpc.StatusCode.NOT_FOUND, "not here")

        methods = {"Refuse": grpc.stream_stream_rpc_method_handler(refuse)}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("a.C", methods),))
        fields = [(name, "/a.C/Refuse" if name == ":path" else value) for name, value in GOOD]
        raw.h2.send_headers(1, fields)
        raw.flush()
        await refused.wait()
        server.shut()
        await raw.hears(b"not here")
