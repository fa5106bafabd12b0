import struct
import tracemalloc

import pytest
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    PingAckReceived,
    RemoteSettingsChanged,
    RequestReceived,
    ResponseReceived,
    SettingsAcknowledged,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.exceptions import FlowControlError, ProtocolError
from h2.settings import SettingCodes
from hpack import Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from gateway.rpc import frames
from gateway.rpc.common_wire import fault
from gateway.rpc.frames import FrameError
from gateway.rpc.guards import AbuseError
from gateway.rpc.limits import Limits
from gateway.rpc.wire import TURN, Wire
from tests.gateway.rpc.wired import GOOD, Pair

HEAD = [(b":status", b"200")]


def test_a_request_goes_in_and_its_answer_comes_out():
    pair = Pair()
    stream = pair.ask()
    pair.client.send_data(stream, b"question", pad_length=5, end_stream=True)
    pair.carry()
    assert [type(event) for event in pair.told] == [RequestReceived, DataReceived, StreamEnded]
    assert pair.told[1].data == b"question"

    pair.wire.head(stream, HEAD)
    pair.carry()
    assert pair.wire.room(stream) == frames.MAX_FRAME_BYTES
    pair.seen += pair.client.receive_data(pair.wire.output() + pair.wire.data(stream, 6) + b"answer")
    pair.wire.head(stream, [(b"grpc-status", b"0")], end=True)
    pair.carry()
    assert pair.saw(DataReceived)[0].data == b"answer"
    assert [len(pair.saw(kind)) for kind in (ResponseReceived, TrailersReceived, StreamEnded)] == [1, 1, 1]
    assert not pair.wire.is_open(stream)
    assert pair.wire.room(99) == 0


def test_a_client_that_ends_its_requests_with_empty_frames_is_no_flood():
    """Most clients do, and a burst of 300 requests is more than the control frames that a second may have."""
    pair = Pair()
    for _ in range(300):
        stream = pair.client.get_next_available_stream_id()
        pair.client.send_headers(stream, GOOD)
        pair.client.end_stream(stream)
        pair.give(pair.client.data_to_send(), after_s=0.005)
        pair.wire.head(stream, [*HEAD, (b"grpc-status", b"0")], end=True)
    pair.carry()
    assert len(pair.heard(StreamEnded)) == 300


def test_what_a_client_may_do_is_told_at_once():
    pair = Pair(calls=7, window_bytes=1000, head_bytes=500, connection_bytes=100_000)
    told = {
        code: change.new_value for code, change in pair.saw(RemoteSettingsChanged)[0].changed_settings.items()
    }
    assert told[SettingCodes.MAX_CONCURRENT_STREAMS] == 7
    assert told[SettingCodes.INITIAL_WINDOW_SIZE] == 1000
    assert told[SettingCodes.MAX_HEADER_LIST_SIZE] == 500
    assert pair.client.outbound_flow_control_window == 100_000
    assert pair.wire.greeted
    assert pair.wire.settled
    assert pair.saw(SettingsAcknowledged)


def test_the_windows_are_the_clients_and_shrink_with_what_is_sent():
    pair = Pair()
    stream = pair.ask()
    pair.wire.head(stream, HEAD)
    pair.carry()
    for _ in range(4):
        size = min(pair.wire.room(stream), 16_383)
        pair.client.receive_data(pair.wire.data(stream, size) + bytes(size))
    assert pair.wire.room(stream) == 65_535 - 4 * 16_383
    pair.client.acknowledge_received_data(65_532, stream)
    pair.carry()
    assert pair.wire.room(stream) == frames.MAX_FRAME_BYTES
    pair.client.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 0})
    pair.carry()
    assert pair.wire.room(stream) <= 3


def test_what_is_read_is_given_back_and_what_is_not_is_not():
    pair = Pair(window_bytes=1000, connection_bytes=70_000)
    stream = pair.ask()
    pair.client.send_data(stream, bytes(1000))
    pair.carry()
    pair.wire.arrived(1000)
    assert pair.client.local_flow_control_window(stream) == 0
    pair.wire.consumed(stream, 200)
    pair.carry()
    assert pair.client.local_flow_control_window(stream) == 0  # a little is saved up
    pair.wire.consumed(stream, 50)
    pair.carry()
    assert pair.client.local_flow_control_window(stream) == 250
    assert pair.client.outbound_flow_control_window == 70_000 - 1000
    pair.wire.arrived(20_000)
    pair.carry()
    assert pair.client.outbound_flow_control_window == 70_000 + 20_000
    pair.wire.arrived(20_000)
    pair.carry()
    assert pair.client.outbound_flow_control_window == 70_000 + 40_000
    pair.client.end_stream(stream)
    pair.carry()
    pair.wire.consumed(77, 500)  # nobody needs it any more
    pair.wire.forget(stream)
    assert pair.wire.output() == b""


def test_a_stream_is_reset_once():
    pair = Pair()
    stream = pair.ask()
    pair.wire.reset(stream, ErrorCodes.REFUSED_STREAM)
    pair.wire.reset(stream, ErrorCodes.CANCEL)
    pair.carry()
    assert [event.error_code for event in pair.saw(StreamReset)] == [ErrorCodes.REFUSED_STREAM]
    pair.wire.head(stream, HEAD)
    assert pair.wire.output() == b""


def test_a_clients_goodbye_does_not_end_what_runs():
    pair = Pair()
    stream = pair.ask()
    pair.give(GoAwayFrame(0).serialize())
    pair.wire.head(stream, HEAD)
    pair.carry()
    assert pair.saw(ResponseReceived)
    assert pair.wire.last_stream_id == stream


def test_more_calls_than_were_allowed_are_told_for_they_may_have_been_on_their_way():
    pair = Pair(calls=2)
    encoder = Encoder()
    for stream in range(1, 11, 2):
        pair.give(HeadersFrame(stream, encoder.encode(GOOD), flags=["END_HEADERS"]).serialize())
    assert len(pair.heard(RequestReceived)) == 5


def test_a_turn_takes_so_much_and_the_next_the_rest():
    pair = Pair()
    stream = pair.ask()
    pair.told.clear()
    pair.give(DataFrame(stream, b"x").serialize() * (2 * TURN))
    assert len(pair.told) == TURN
    assert pair.wire.waiting
    assert list(pair.wire.events(pair.now)) == []
    pair.give(b"")
    pair.give(b"")
    assert len(pair.told) == 2 * TURN
    assert not pair.wire.waiting


@pytest.mark.parametrize(
    "frame",
    [
        WindowUpdateFrame(1, 2**31 - 1),
        WindowUpdateFrame(0, 2**31 - 1),
        PriorityFrame(1, depends_on=1),
        DataFrame(5, b"x"),
        HeadersFrame(2, Encoder().encode(GOOD), flags=["END_HEADERS"]),
        HeadersFrame(3, b"\xff\xff\xff\xff\xff", flags=["END_HEADERS"]),
        ContinuationFrame(1, b"", flags=["END_HEADERS"]),
        DataFrame(1, bytes(3000)),
    ],
)
def test_what_breaks_http2_breaks_the_connection_or_the_stream(frame):
    pair = Pair(window_bytes=2000)
    pair.ask()
    try:
        pair.give(frame.serialize())
    except ProtocolError as error:
        code, words = fault(error)
        pair.wire.part(code, words.encode())
        pair.carry()
        (away,) = pair.saw(ConnectionTerminated)
        assert (away.error_code, away.last_stream_id) == (code, 1)
        assert not pair.wire.is_open(1)
    else:
        assert pair.heard(StreamReset)


@pytest.mark.parametrize("stream", [0, 1], ids=["connection", "call"])
def test_a_window_may_be_as_wide_as_http2_allows_and_not_by_a_byte_wider(stream):
    pair = Pair()
    pair.ask()
    widest = WindowUpdateFrame(stream, 2**31 - 1 - 65_535).serialize()
    pair.give(widest)
    more = WindowUpdateFrame(stream, 1).serialize()
    if stream:
        pair.give(more)
        (reset,) = pair.heard(StreamReset)
        assert reset.error_code is ErrorCodes.FLOW_CONTROL_ERROR
    else:
        with pytest.raises(ProtocolError) as told:
            pair.give(more)
        assert fault(told.value)[0] is ErrorCodes.FLOW_CONTROL_ERROR


def test_a_short_head_that_unpacks_to_a_long_one_is_not_unpacked_to_its_end():
    """Each byte may stand for a field of thousands. What exceeds its bound a little ends the one call; this ends the connection."""
    pair, encoder = Pair(head_bytes=1_000), Encoder()
    long = ("x", "y" * 900)
    pair.give(HeadersFrame(1, encoder.encode([*GOOD, long]), flags=["END_HEADERS"]).serialize())
    head = encoder.encode([*GOOD, *[long] * 6])
    pair.give(HeadersFrame(3, head, flags=["END_HEADERS"]).serialize())
    assert [event.stream_id for event in pair.heard(RequestReceived)] == [1, 3]
    head = encoder.encode([*GOOD, *[long] * 9])
    assert len(head) < 100
    with pytest.raises(ProtocolError) as told:
        pair.give(HeadersFrame(5, head, flags=["END_HEADERS"]).serialize())
    assert fault(told.value)[0] in {ErrorCodes.COMPRESSION_ERROR, ErrorCodes.ENHANCE_YOUR_CALM}


def test_a_fault_is_told_by_its_code_and_in_no_words_but_ours():
    pair = Pair()
    with pytest.raises(ProtocolError) as told:
        pair.give(HeadersFrame(1, b"\xff" * 6, flags=["END_HEADERS"]).serialize())
    assert fault(told.value) == (ErrorCodes.COMPRESSION_ERROR, "")
    assert fault(FlowControlError("at 0x7f5")) == (ErrorCodes.FLOW_CONTROL_ERROR, "")
    assert fault(FrameError("how", ErrorCodes.FRAME_SIZE_ERROR)) == (ErrorCodes.FRAME_SIZE_ERROR, "how")


def test_a_field_that_may_not_be_is_told_for_the_one_call_and_its_connection_goes_on():
    pair = Pair()
    bad = Encoder().encode([("Upper", "case")])
    pair.give(HeadersFrame(1, bad, flags=["END_HEADERS"]).serialize())
    assert pair.heard(RequestReceived)[0].headers == [(b"Upper", b"case")]
    assert pair.wire.is_open(1)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (RstStreamFrame(3, 8), ErrorCodes.PROTOCOL_ERROR),
        (GoAwayFrame(0), None),
        (frames.head(frames.GOAWAY, 0, 1, 8) + bytes(8), ErrorCodes.PROTOCOL_ERROR),
        (frames.head(frames.GOAWAY, 0, 0, 7) + bytes(7), ErrorCodes.FRAME_SIZE_ERROR),
        (frames.head(frames.SETTINGS, frames.ACK, 0, 6) + bytes(6), ErrorCodes.FRAME_SIZE_ERROR),
    ],
)
def test_what_h2_lets_pass_is_looked_at(frame, code):
    pair = Pair()
    pair.ask()
    raw = frame if isinstance(frame, bytes) else frame.serialize()
    if code is None:
        pair.give(raw)
        return
    with pytest.raises(FrameError) as told:
        pair.give(raw)
    assert fault(told.value)[0] is code


def test_a_window_update_of_nothing_is_an_error():
    pair = Pair()
    with pytest.raises(ProtocolError):
        pair.give(frames.head(frames.WINDOW_UPDATE, 0, 0, 4) + bytes(4))


@pytest.mark.parametrize(
    "frame", [PingFrame(0, b"12345678"), SettingsFrame(0, flags=["ACK"]), WindowUpdateFrame(0, 5)]
)
def test_the_first_frame_is_the_settings(frame):
    wire = Wire(Limits())
    wire.begin()
    wire.receive(frames.PREFACE + frame.serialize())
    with pytest.raises(ProtocolError):
        list(wire.events(0.0))
    assert not wire.settled


def test_pings_are_answered():
    pair = Pair()
    pair.client.ping(b"12345678")
    pair.carry()
    assert pair.saw(PingAckReceived)[0].ping_data == b"12345678"


# --- who attacks ------------------------------------------------------------------------------------------------------


def flood(pair, raw, most=5_000, after_s=0.0001):
    """So often until it is too much."""
    for count in range(most):
        try:
            pair.give(raw, after_s)
        except AbuseError as error:
            return count, str(error)
    raise AssertionError("nobody minded")


@pytest.mark.parametrize(
    ("frame", "most"),
    [
        (SettingsFrame(0), 201),
        (SettingsFrame(0, flags=["ACK"]), 201),
        (PriorityFrame(7, depends_on=0), 201),
        (PingFrame(0, b"12345678", flags=["ACK"]), 201),
        (DataFrame(1, b""), 201),
        (DataFrame(1, b"", pad_length=10, flags=["PADDED"]), 201),
        (PingFrame(0, b"12345678"), 3),
    ],
)
def test_frames_that_say_nothing_are_bounded(frame, most):
    pair = Pair()
    pair.ask()
    count, words = flood(pair, frame.serialize())
    assert count <= most + 5
    assert words in {"too many control frames", "too_many_pings"}


@pytest.mark.parametrize("sends", ["head", "data"])
def test_pings_beside_what_is_sent_are_no_flood(sends):
    """grpc's own clients ping for whatever they receive, to learn how wide the path is."""
    pair = Pair()
    for _ in range(10):
        stream = pair.ask()
        if sends == "head":
            pair.wire.head(stream, HEAD)
        else:
            pair.wire.data(stream, 10)
        pair.give(PingFrame(0, b"12345678").serialize(), 0.001)


def test_answers_that_were_asked_for_are_no_flood():
    pair, answer = Pair(), PingFrame(0, b"12345678", flags=["ACK"]).serialize()
    for _ in range(500):
        pair.wire.ping(b"12345678")
        pair.give(answer, 0.0001)
    assert flood(pair, answer)[0] <= 206


def test_frames_that_nobody_knows_are_bounded():
    assert flood(Pair(), frames.head(0xFA, 0, 0, 3) + b"abc")[0] <= 206


def rapid(pair, reset):
    """Two thousand a second."""
    encoder = Encoder()
    for stream in range(1, 6_000, 2):
        asked = HeadersFrame(stream, encoder.encode(GOOD), flags=["END_HEADERS"]).serialize()
        try:
            pair.give(asked + reset(stream).serialize(), 0.0005)
        except AbuseError as error:
            return str(error)
    raise AssertionError("nobody minded")


def test_rapid_resets_are_bounded():
    assert "reset" in rapid(Pair(), lambda stream: RstStreamFrame(stream, 8))


def test_resets_that_a_client_provokes_count_as_its_own():
    assert "reset" in rapid(Pair(), lambda stream: WindowUpdateFrame(stream, 2**31 - 1))


def test_a_long_head_costs_more_of_a_turn_than_a_short_one():
    """Its bits are unpacked one by one."""
    pair, encoder = Pair(), Encoder()
    encoder.header_table_size = 0
    block = encoder.encode([*GOOD, ("x-long", "y" * 12_000)])
    heads = (HeadersFrame(stream, block, flags=["END_HEADERS"]).serialize() for stream in range(1, 21, 2))
    pair.give(b"".join(heads))
    assert 0 < len(pair.heard(RequestReceived)) < 4
    assert pair.wire.waiting
    pair.carry()
    assert len(pair.heard(RequestReceived)) == 10


def test_settings_of_every_number_take_no_room_and_a_turn_each():
    """Of 65,536 numbers eight mean something."""
    pair = Pair()
    sent = b""
    for first in range(2048, 65_536, 2048):
        payload = b"".join(struct.pack(">HI", number, 1) for number in range(first, first + 2048))
        sent += frames.head(frames.SETTINGS, 0, 0, len(payload)) + payload
    tracemalloc.start()
    pair.give(sent)
    assert len(pair.wire.output()) == 2 * frames.HEAD_BYTES
    pair.carry()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < len(sent)


def test_the_words_of_an_answer_are_not_huffman_coded():
    """hpack takes the square of a text's length for those codes, and a status quotes what clients send."""
    pair = Pair()
    stream = pair.ask(end=True)
    pair.wire.head(stream, [(b":status", b"200"), (b"grpc-message", b"no voice " * 500)], end=True)
    assert b"no voice " * 500 in pair.wire.output()


def test_a_client_does_not_say_how_much_of_its_answers_is_remembered():
    pair = Pair()
    pair.client.update_settings({SettingCodes.HEADER_TABLE_SIZE: 2**32 - 1})
    pair.carry()
    for number in range(100):
        stream = pair.ask(end=True)
        pair.wire.head(stream, [(b":status", b"200"), (b"x-%d" % number, b"y" * 100)], end=True)
        pair.carry()
    answers = pair.saw(ResponseReceived)
    assert [(f"x-{number}", "y" * 100) for number in range(100)] == [answer.headers[-1] for answer in answers]
    assert pair.client.decoder.header_table_size == 4096


@pytest.mark.parametrize("size", [0, 1, 4_000])
def test_a_head_without_end_is_bounded(size):
    pair = Pair()
    pair.give(HeadersFrame(1, b"\x82").serialize())
    assert pair.wire.in_head
    try:
        count, _ = flood(pair, ContinuationFrame(1, bytes(size)).serialize(), after_s=0.02)
    except ProtocolError:
        assert size <= 1
    else:
        assert count * size <= 8 * 16 * 1024


@pytest.mark.parametrize("kind", [GoAwayFrame(0), PingFrame(0, b"12345678"), WindowUpdateFrame(0, 5)])
def test_nothing_comes_between_the_parts_of_a_head(kind):
    pair = Pair()
    pair.give(HeadersFrame(1, b"\x82").serialize())
    with pytest.raises(ProtocolError):
        pair.give(kind.serialize())


def test_a_head_that_swells_is_not_unpacked():
    pair, encoder = Pair(), Encoder()
    pair.give(HeadersFrame(1, encoder.encode((*GOOD, ("x", "y" * 4_000))), flags=["END_HEADERS"]).serialize())
    bomb = encoder.encode((*GOOD, *[("x", "y" * 4_000)] * 1_000))
    assert len(bomb) < 5_000
    with pytest.raises(ProtocolError):
        pair.give(HeadersFrame(3, bomb, flags=["END_HEADERS"]).serialize())


def test_a_client_promises_nothing():
    pair = Pair()
    with pytest.raises(AbuseError) as told:
        pair.give(frames.head(frames.PUSH_PROMISE, 4, 1, 4) + bytes(4))
    assert told.value.code is ErrorCodes.PROTOCOL_ERROR
