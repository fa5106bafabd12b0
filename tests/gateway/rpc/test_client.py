import asyncio
import gc
import weakref

import pytest
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, PingAckReceived, PingReceived, StreamEnded, StreamReset
from h2.settings import SettingCodes

from gateway.rpc import frames
from gateway.rpc.client import ClientConnection
from gateway.rpc.limits import Limits
from tests.gateway.rpc.served import ASKED, DONE, HEAD, Listener, Served, Transport, frame, sent


async def released(served):
    served.connection.release()
    await asyncio.sleep(0)


async def test_a_call_goes_out_in_one_piece_and_its_answer_comes_in_the_turn_that_reads_it():
    served = Served()
    before = served.transport.writes
    stream = served.ask(b"one", b"two", None)
    assert served.transport.writes == before + 1
    assert served.got(stream) == sent(b"one", b"two")
    assert served.saw(StreamEnded)
    assert served.requests()[0] | {"key": "k", ":path": "/a.B/Chat", "te": "trailers"} == served.requests()[0]
    served.answer(stream, b"<one>", b"<two>")
    served.end(stream)
    assert served.told == [b"<one>", b"<two>", ("OK", "")]


async def test_settings_are_awaited():
    served = Served(settled=False)
    assert served.listener.told == []
    served.server.initiate_connection()
    served.carry()
    assert served.listener.told == ["settled"]
    served.server.update_settings({SettingCodes.MAX_FRAME_SIZE: 20_000})
    served.carry()
    assert served.listener.told == ["settled"]


async def test_one_call_follows_another_and_a_server_that_ends_first_is_not_sent_the_rest():
    served = Served()
    for _ in range(3):
        stream = served.ask(b"one")
        served.answer(stream, b"<one>")
        served.end(stream)
        served.connection.say([b"too late"])
        assert served.transport.written == []
        assert served.got(stream) == sent(b"one")
        assert served.connection._wire._lefts == {}
    assert served.told == [b"<one>", ("OK", "")] * 3
    assert [event.error_code for event in served.saw(StreamReset)] == [ErrorCodes.NO_ERROR] * 3


async def test_a_call_that_both_sides_have_ended_is_not_reset():
    served = Served()
    stream = served.ask(b"one", None)
    served.answer(stream)
    served.end(stream)
    assert served.told == [("OK", "")]
    assert served.saw(StreamReset) == []


async def test_what_waits_of_a_cancelled_call_is_never_sent():
    served = Served()
    first = served.ask(b"x" * 100_000, b"y", None)
    got = served.got(first)
    served.server.increment_flow_control_window(1 << 20)
    served.server.increment_flow_control_window(1 << 20, first)
    served.connection.cancel()
    served.carry()
    second = served.ask(b"two")
    assert served.got(first) == got
    assert served.got(second) == sent(b"two")
    assert not served.saw(StreamEnded)


async def test_a_call_may_be_begun_where_the_one_before_is_told_to_be_over():
    served = Served()
    served.server.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: 1})
    served.carry()
    first = served.ask(b"one")

    def again():
        assert served.connection.begin(ASKED)
        served.connection.say([b"two"])
        served.listener.on_over = lambda: None

    served.listener.on_over = again
    served.server.send_headers(first, HEAD)
    served.end(first)
    second = served.server.highest_inbound_stream_id
    assert second > first
    assert served.got(second) == sent(b"two")


async def test_what_comes_of_a_cancelled_call_is_dropped_and_the_next_call_is_heard():
    served = Served()
    first = served.ask(b"one")
    served.answer(first, b"<one>")
    served.connection.cancel()
    served.server.send_data(first, sent(b"<late>"))
    served.server.send_headers(first, [*DONE, ("new", "in the table")], end_stream=True)
    served.carry()
    assert served.got(first) == sent(b"one")
    second = served.ask(b"two", None)
    served.answer(second, b"<two>")
    served.end(second)
    assert served.told == [b"<one>", b"<two>", ("OK", "")]


async def test_a_call_that_is_cancelled_from_within_its_message_tells_nothing_more():
    served = Served()
    stream = served.ask(b"one")
    served.listener.on_message = served.connection.cancel
    served.server.send_headers(stream, HEAD)
    served.server.send_data(stream, sent(b"<one>", b"<two>"))
    served.server.send_headers(stream, DONE, end_stream=True)
    served.carry()
    assert served.told == [b"<one>"]


async def test_a_server_that_allows_no_call_is_not_called():
    served = Served()
    served.server.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: 0})
    served.carry()
    assert not served.connection.begin(ASKED)
    served.server.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: 1})
    served.carry()
    assert served.connection.begin(ASKED)


async def test_what_the_servers_window_has_no_room_for_waits_in_order():
    served = Served()
    served.server.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 10})
    served.carry()
    stream = served.ask(b"x" * 20, b"next", None)
    assert len(served.got(stream)) == 10
    assert not served.saw(StreamEnded)
    while not served.saw(StreamEnded):
        served.server.increment_flow_control_window(7, stream)
        served.carry()
    assert served.got(stream) == sent(b"x" * 20, b"next")


@pytest.mark.parametrize("first", [0, 100])
async def test_a_window_that_is_taken_back_in_a_call_is_kept_to_until_it_is_given_again(first):
    served = Served()
    stream = served.ask(b"x" * 1000)
    served.server.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: first})
    served.carry()
    served.connection.say([b"y" * 1000, b"z"])
    served.carry()
    assert served.got(stream) == sent(b"x" * 1000)
    served.server.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 65_535})
    served.carry()
    assert served.got(stream) == sent(b"x" * 1000, b"y" * 1000, b"z")


async def test_what_the_kernel_does_not_take_waits():
    served = Served()
    stream = served.ask(b"one")
    served.connection.pause_writing()
    served.connection.say([b"two"])
    served.carry()
    assert served.got(stream) == sent(b"one")
    served.connection.resume_writing()
    served.carry()
    assert served.got(stream) == sent(b"one", b"two")


async def test_a_server_that_is_asked_to_leave_still_serves_the_call_under_way():
    served = Served()
    stream = served.ask(b"one")
    served.give(frames.go_away(frames.LAST_STREAM, ErrorCodes.NO_ERROR))
    assert served.told == ["leaving"]
    assert served.connection.is_leaving
    served.give(frames.go_away(stream, ErrorCodes.NO_ERROR))
    served.answer(stream, b"<one>")
    served.end(stream)
    assert served.told == ["leaving", "leaving", b"<one>", ("OK", "")]
    assert not served.connection.begin(ASKED)


async def test_a_call_that_a_leaving_server_has_not_seen_ends_with_the_connection():
    served = Served()
    stream = served.ask(b"one")
    served.give(frames.go_away(stream - 2 if stream > 2 else 0, ErrorCodes.NO_ERROR))
    assert served.told == [("ended", "")]
    assert served.transport.closed


async def test_a_connection_that_breaks_ends_its_call_without_a_word():
    served = Served()
    stream = served.ask(b"one")
    served.answer(stream, b"<one>")
    served.connection.connection_lost(ConnectionResetError())
    assert served.told == [b"<one>", ("ended", "")]
    served.connection.say([b"nobody"])
    served.connection.release()
    served.connection.cancel()
    assert not served.connection.begin(ASKED)


async def test_after_close_nothing_is_told():
    served = Served()
    stream = served.ask(b"one")
    served.connection.close()
    assert served.transport.closed == "closed"
    served.connection.data_received(frame(frames.DATA, 0, stream, sent(b"late")))
    served.connection.connection_lost(None)
    assert served.told == []


async def test_a_listener_that_holds_stops_the_server_and_what_is_kept_is_bounded():
    served = Served(window_bytes=10_000)
    stream = served.ask(b"one")
    served.connection.hold()
    served.server.send_headers(stream, HEAD)
    message = b"x" * 995
    while served.server.local_flow_control_window(stream) >= 1000:
        served.say(stream, message)
    assert served.told == []
    assert served.server.local_flow_control_window(stream) == 0
    assert served.server.outbound_flow_control_window > 0  # the others of the connection go on
    await released(served)
    served.carry()
    assert served.told == [message] * 10
    assert served.server.local_flow_control_window(stream) == 10_000


async def test_a_hold_lasts_from_call_to_call_and_an_end_waits_behind_what_is_kept():
    served = Served()
    served.connection.hold()
    stream = served.ask(b"one", None)
    served.answer(stream, b"<one>")
    served.end(stream)
    assert served.told == []
    served.listener.on_message = served.connection.hold
    await released(served)
    assert served.told == [b"<one>"]
    for _ in range(2):
        await released(served)
        assert served.told == [b"<one>", ("OK", "")]


async def test_what_comes_between_a_release_and_its_turn_comes_behind_what_is_kept():
    served = Served()
    served.connection.hold()
    stream = served.ask(b"one")
    served.answer(stream, b"<one>")
    served.connection.release()
    served.say(stream, b"<two>")
    await asyncio.sleep(0)
    assert served.told == [b"<one>", b"<two>"]


async def test_a_call_that_has_ended_is_heard_although_the_server_says_that_it_has_not_seen_it():
    served = Served()
    served.connection.hold()
    stream = served.ask(b"one", None)
    served.answer(stream, b"<one>")
    served.end(stream)
    served.give(frames.go_away(0, ErrorCodes.NO_ERROR))
    await released(served)
    assert served.told == ["leaving", b"<one>", ("OK", "")]


async def test_a_hold_that_follows_at_once_holds():
    served = Served()
    served.connection.hold()
    served.answer(served.ask(b"one"), b"<one>")
    served.connection.release()
    served.connection.hold()
    await asyncio.sleep(0)
    assert served.told == []


async def test_an_end_that_is_held_is_told_although_the_connection_breaks_behind_it():
    served = Served()
    served.connection.hold()
    served.server.send_headers(served.ask(b"one", None), [*HEAD, *DONE], end_stream=True)
    served.carry()
    served.connection.connection_lost(None)
    assert served.told == []
    await released(served)
    assert served.told == [("OK", ""), ("ended", "")]


@pytest.mark.parametrize("ends", [True, False])
async def test_a_connection_that_breaks_while_it_is_held_is_over_behind_what_has_come(ends):
    served = Served()
    served.connection.hold()
    stream = served.ask(b"one", None)
    served.answer(stream, b"<one>", b"<two>")
    if ends:
        served.end(stream)
    served.connection.connection_lost(None)
    assert served.told == []
    assert not served.connection.begin(ASKED)
    served.listener.on_message = served.connection.hold
    await released(served)
    assert served.told == [b"<one>"]
    served.connection.say([b"late"])
    served.listener.on_message = lambda: None
    await released(served)
    assert served.told == [b"<one>", b"<two>", *([("OK", "")] if ends else []), ("ended", "")]
    await released(served)
    assert served.told[-2:] != [("ended", "")] * 2


async def test_a_connection_that_breaks_while_nothing_is_kept_is_over_at_once():
    served = Served()
    served.connection.hold()
    served.ask(b"one")
    served.connection.connection_lost(None)
    assert served.told == [("ended", "")]


async def test_a_call_that_is_cancelled_on_a_broken_connection_is_not_heard():
    served = Served()
    served.connection.hold()
    served.answer(served.ask(b"one"), b"<one>")
    served.connection.connection_lost(None)
    served.connection.cancel()
    assert served.connection.is_leaving
    await released(served)
    assert served.told == []
    served.connection.close()
    assert served.told == []


async def test_a_bug_where_what_was_kept_is_passed_on_ends_the_connection():
    served, found = Served(), []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: found.append(context))

    def fail():
        raise RuntimeError("a bug")

    served.listener.on_message = fail
    served.connection.hold()
    served.answer(served.ask(b"one"), b"<one>", b"<two>")
    await released(served)
    assert served.transport.closed == "aborted"
    assert [repr(context["exception"]) for context in found] == ["RuntimeError('a bug')"]
    served.connection.connection_lost(None)
    assert served.told == [b"<one>", ("ended", "")]


async def test_a_message_longer_than_the_window_comes_whole():
    served = Served(window_bytes=10_000)
    stream = served.ask(b"one")
    served.server.send_headers(stream, HEAD)
    raw = sent(b"y" * 100_000)
    while raw:
        room = min(served.server.local_flow_control_window(stream), 16_384, len(raw))
        assert room > 0
        served.server.send_data(stream, raw[:room])
        raw = raw[room:]
        served.carry()
    assert served.told == [b"y" * 100_000]


async def test_a_connection_carries_more_than_its_windows():
    served = Served()
    stream = served.ask(b"one")
    served.server.send_headers(stream, HEAD)
    for _ in range(300):
        served.say(stream, b"z" * 10_000)
    assert served.told == [b"z" * 10_000] * 300
    for _ in range(50):
        served.connection.cancel()
        stream = served.ask(b"one")
        served.answer(stream, *[b"z" * 10_000] * 6)
    assert len(served.told) == 600


async def test_pings_are_answered_and_none_is_sent():
    served = Served()
    stream = served.ask(b"one")
    served.server.ping(b"12345678")
    served.answer(stream, b"<one>")
    served.end(stream)
    assert len(served.saw(PingAckReceived)) == 1
    assert not served.saw(PingReceived)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "a frame of"),
        (frame(frames.PING, 0, 0, b"x" * 8), "the first frame must be SETTINGS"),
    ],
)
async def test_a_server_that_does_not_speak_http2_is_left(raw, words):
    served = Served(settled=False)
    served.give(raw)
    assert len(served.told) == 1
    assert served.told[0][1].startswith(words)
    assert served.transport.closed


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (frame(frames.PUSH_PROMISE, 4, 1, b"\0\0\0\2"), "push is disabled"),
        (frame(frames.HEADERS, 4, 2, b"\x88"), "HEADERS for a stream that was never opened"),
        (frame(frames.HEADERS, 4, 99, b"\x88"), "HEADERS for a stream that was never opened"),
        (frame(frames.DATA, 0, 99, b"x"), "DATA for a stream that was never opened"),
        (frame(frames.DATA, 0, 0, b"x"), "DATA for a stream that was never opened"),
        (frame(frames.RST_STREAM, 0, 99, b"\0\0\0\0"), "RST_STREAM for a stream that was never opened"),
        (frame(frames.HEADERS, 4, 1, b"\xff\xff\xff\xff\xff\xff"), "the server violates HTTP/2"),
        (frame(frames.DATA, frames.PADDED, 1, b"\x05x"), "the padding is longer than its frame"),
        (frame(frames.DATA, frames.PADDED, 1, b"\x02x"), "the padding is longer than its frame"),
        (frame(frames.SETTINGS, frames.ACK, 0, b"\0" * 6), "a SETTINGS acknowledgement must be empty"),
        (frame(frames.DATA, frames.PADDED, 1), "the padding is longer than its frame"),
        (frame(frames.GOAWAY, 0, 0, b"x"), "a GOAWAY frame is too short"),
        (frame(frames.WINDOW_UPDATE, 0, 0, b"\0\0\0\0"), "the server violates HTTP/2"),
        (frame(frames.SETTINGS, 0, 0, b"\0\4\xff\xff\xff\xff"), "the server violates HTTP/2"),
        (frame(frames.HEADERS, 0, 1, b"\x88") + frame(frames.PING, 0, 0, b"x" * 8), "the server violates"),
        (frame(frames.HEADERS, 0, 1, b"\x88") + frame(frames.DATA, 0, 1, b"x"), "the server violates HTTP/2"),
        (frame(frames.DATA, 0, 1, b"x" * 16_385), "a frame of 16385 bytes"),
        (frame(frames.CONTINUATION, 4, 1, b"\x88"), "the server violates HTTP/2"),
    ],
)
async def test_a_server_that_violates_http2_is_told_so_and_left(raw, words):
    served = Served()
    assert served.ask(b"one") == 1
    served.give(raw)
    assert len(served.told) == 1
    assert served.told[0][1].startswith(words)
    assert served.transport.closed == "closed"
    served.seen.clear()
    served.seen += served.server.receive_data(b"".join(served.transport.written))
    (left,) = served.saw(ConnectionTerminated)
    assert left.error_code != ErrorCodes.NO_ERROR


async def test_a_server_that_violates_http2_between_calls_is_told_so():
    served = Served()
    served.give(frame(frames.PUSH_PROMISE, 4, 1, b"\0\0\0\2"))
    assert served.told == [("ended", "push is disabled")]
    (raw,) = served.transport.written
    assert raw == frames.go_away(0, ErrorCodes.PROTOCOL_ERROR, b"push is disabled")


async def test_more_data_than_the_calls_window_is_a_violation():
    served = Served(window_bytes=20_000)
    served.ask(b"one")
    served.connection.hold()
    served.give(frame(frames.HEADERS, 4, 1, b"\x88\x5f\x10application/grpc"))
    served.give(frame(frames.DATA, 0, 1, sent(b"x" * 16_000)) * 2)
    assert served.told == [("ended", "more data than the call's window")]


@pytest.mark.parametrize(
    "raw",
    [
        frame(frames.PING, 0, 0, b"x" * 8),
        frame(frames.SETTINGS),
        frame(frames.PRIORITY, 0, 1, b"\0\0\0\0\1"),
        frame(frames.DATA, 0, 1),
        frame(frames.RST_STREAM, 0, 1, b"\0\0\0\0"),
        frame(frames.GOAWAY, 0, 0, b"\x7f\xff\xff\xff" + b"\0" * 4),
        frame(frames.HEADERS, 4, 1, b"\x08\x03103"),
        frame(11),
    ],
    ids=["PING", "SETTINGS", "PRIORITY", "empty DATA", "RST_STREAM", "GOAWAY", "hints", "unknown"],
)
async def test_a_flood_of_what_says_nothing_ends_the_connection(raw):
    served = Served()
    served.ask(b"one")
    if raw[3] != frames.HEADERS:
        served.give(frame(frames.HEADERS, 4, 1, b"\x88\x5f\x10application/grpc"))
    for _ in range(50):
        served.give(raw * 100)
    assert served.told[-1] == ("ended", "too many control frames")
    assert served.transport.closed


async def test_a_head_without_end_ends_the_connection():
    served = Served()
    served.ask(b"one")
    served.give(frame(frames.HEADERS, 0, 1, b"\x88"))
    for _ in range(50):
        served.give(frame(frames.CONTINUATION, 0, 1, b"\0" * 16_000))
    assert served.told == [("ended", "the headers of a message are too long")]


async def test_a_server_that_asks_and_does_not_read_is_disconnected():
    served = Served()
    served.connection.pause_writing()
    served.transport.stuck_bytes = 2 << 20
    served.give(frame(frames.PING, 0, 0, b"x" * 8))
    assert served.transport.closed == "aborted"
    served.connection.connection_lost(None)
    assert served.told == [("ended", "the server does not read")]


async def test_a_server_that_asks_and_reads_slowly_is_not():
    served = Served()
    served.connection.pause_writing()
    served.transport.stuck_bytes = 1 << 20
    served.give(frame(frames.PING, 0, 0, b"x" * 8))
    assert not served.transport.closed


async def test_tls_without_http2_is_no_connection():
    class Old:
        def selected_alpn_protocol(self):
            return None

    served = Served(tls=Old(), settled=False)
    assert served.transport.closed == "aborted"
    served.connection.connection_lost(None)
    assert served.told == [("ended", "the server does not speak HTTP/2")]


async def test_a_connection_that_was_given_up_before_it_was_made_is_ended():
    connection, transport = ClientConnection(Limits(), Listener()), Transport()
    connection.close()
    connection.connection_made(transport)
    assert transport.closed == "aborted"


async def test_a_connection_that_is_over_leaves_nothing_to_the_collector():
    served = Served()
    stream = served.ask(b"one")
    served.answer(stream, b"<one>")
    served.end(stream)
    served.ask(b"two")
    parts = [
        weakref.ref(served.connection),
        weakref.ref(served.connection._wire),
        weakref.ref(served.connection._wire._h2),
        weakref.ref(served.connection._call),
    ]
    served.connection.close()
    served.connection.connection_lost(None)
    await asyncio.sleep(0)
    gc.disable()
    try:
        del served.connection
        assert [part() for part in parts] == [None] * 4
    finally:
        gc.enable()
