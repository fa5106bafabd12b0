"""DATA that the wire counts by itself: whatever comes, it does what h2 does with the same frames."""

import pytest
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived
from h2.exceptions import ProtocolError
from hyperframe.frame import DataFrame, RstStreamFrame
from hypothesis import example, given
from hypothesis import strategies as st

from tests.gateway.rpc.wired import GOOD, Pair

WINDOW = 65_536
SENT = st.one_of(
    st.builds(
        DataFrame,
        stream_id=st.sampled_from([1, 3, 5, 7]),
        data=st.sampled_from([b"", b"x", b"y" * 1000, b"z" * 16_000]),
        flags=st.sampled_from([[], [], [], ["END_STREAM"]]),
    ),
    st.builds(RstStreamFrame, stream_id=st.sampled_from([1, 3])),
    st.tuples(st.sampled_from(["read", "reset", "answer"]), st.sampled_from([1, 3])),
)


def pair(*, by_h2=False):
    """A connection with the open streams 1, which says how much it will send, 3 and 5."""
    pair = Pair(window_bytes=WINDOW, connection_bytes=WINDOW + 1000)
    if by_h2:
        pair.wire._h2.count = lambda stream_id, size: False
    pair.ask(fields=(*GOOD, ("content-length", "20000")))
    pair.ask()
    pair.ask()
    return pair


def played(pair, acts):
    """What comes of the acts: the events, the bytes that are sent, the windows that are left, and how it ended."""
    wire, end = pair.wire, None
    try:
        for act in acts:
            if isinstance(act, tuple):
                do(wire, *act)
            else:
                pair.give(act.serialize())
    except ProtocolError as error:
        end = type(error), error.error_code
    h2 = wire._h2
    windows = {number: stream.inbound_flow_control_window for number, stream in h2.streams.items()}
    return pair.told, wire.output(), windows, h2.inbound_flow_control_window, end


def do(wire, what, stream_id):
    if what == "read":
        wire.consumed(stream_id, WINDOW // 4)
        wire.arrived(WINDOW // 4)
    elif what == "reset":
        wire.reset(stream_id, ErrorCodes.CANCEL)
    elif wire.is_open(stream_id):
        wire.head(stream_id, ((":status", "200"),), end=True)


MUCH = DataFrame(3, bytes(16_000))
LAST = DataFrame(3, b"x", flags=["END_STREAM"])


@example([LAST, DataFrame(3, b"x")])
@example([DataFrame(1, bytes(16_000)), DataFrame(1, bytes(4_001))])
@example([*[MUCH] * 4, DataFrame(3, bytes(1_537))])
@example([*[MUCH] * 4, DataFrame(5, bytes(2_536)), DataFrame(5, b"x")])
@given(st.lists(SENT, max_size=14))
def test_data_does_to_a_connection_what_it_does_by_h2(acts):
    told, *rest = played(pair(), acts)
    by_h2, *expected = played(pair(by_h2=True), acts)
    assert rest == expected
    assert [said_by(event) for event in told] == [said_by(event) for event in by_h2]


def said_by(event):
    """What an event says; the end of a stream is also an event of its own."""
    if isinstance(event, DataReceived):
        return event.stream_id, event.data, event.flow_controlled_length, event.stream_ended is not None
    return type(event), event.stream_id


@pytest.mark.parametrize("answered", [False, True])
def test_an_ordinary_frame_never_reaches_h2(answered, monkeypatch):
    """There it costs several times as much."""
    ordinary = pair()
    if answered:
        do(ordinary.wire, "answer", 3)
    monkeypatch.setattr(H2Connection, "receive_data", lambda *_: pytest.fail("h2 has read it"))
    ordinary.give(DataFrame(3, b"abc").serialize())
    (event,) = ordinary.heard(DataReceived)
    assert (event.stream_id, event.data, event.flow_controlled_length) == (3, b"abc", 3)
