"""Both sides of a connection, each with the other's frames: what holds for one holds for the other."""

import pytest
from h2.errors import ErrorCodes
from h2.settings import SettingCodes

from gateway.rpc import frames
from gateway.rpc.client_wire import ClientWire
from gateway.rpc.limits import Limits
from gateway.rpc.wire import Wire
from tests.gateway.rpc.served import ASKED, HEAD
from tests.gateway.rpc.test_client_wire import Ears


class Ends:
    """Our client and our server, and one call between them."""

    def __init__(self):
        self.ears = Ears()
        self.client, self.server = ClientWire(Limits()), Wire(Limits())
        self.client.begin()
        self.server.begin()
        self.stream = 1
        self.carry()
        assert self.client.open(ASKED) == self.stream
        self.carry()
        self.server.head(self.stream, [(name.encode(), value.encode()) for name, value in HEAD])
        self.carry()

    def carry(self):
        for _ in range(3):
            self.server.receive(self.client.output())
            list(self.server.events(0.0))
            self.client.receive(self.server.output(), 0.0, self.ears)

    def give(self, side, raw):
        if side is self.client:
            self.client.receive(raw, 0.0, self.ears)
        else:
            self.server.receive(raw)
            list(self.server.events(0.0))


SIDES = pytest.mark.parametrize("side", ["client", "server"])


@SIDES
def test_both_are_settled_once_they_have_the_others_settings(side):
    ends = Ends()
    assert getattr(ends, side).settled
    assert ends.ears.told == [("headed", 1, False)]


@SIDES
def test_room_is_what_was_allowed_less_what_was_sent(side):
    ends = Ends()
    wire = getattr(ends, side)
    assert wire.room(1) == frames.MAX_FRAME_BYTES
    for _ in range(4):
        wire.data(1, min(wire.room(1), 16_384))
    assert wire.room(1) == 0
    ends.give(wire, frames.window_update(1, 100))
    assert wire.room(1) == 100
    assert wire.room(99) == 0


@SIDES
def test_settings_are_acknowledged_before_they_are_used(side):
    """A peer may count the window that it has widened only from there on (RFC 9113, section 6.5.3)."""
    ends = Ends()
    wire = getattr(ends, side)
    ends.give(wire, frames.head(frames.SETTINGS, 0, 0, 6) + b"\0\4\0\2\0\0")
    acknowledged, head = frames.head(frames.SETTINGS, frames.ACK, 0, 0), frames.head(frames.DATA, 0, 1, 100)
    assert wire.data(1, 100) == acknowledged + head
    assert wire.data(1, 100) == head
    assert wire.output() == b""


@SIDES
def test_a_reset_ends_a_stream_once(side):
    ends = Ends()
    wire = getattr(ends, side)
    assert wire.is_open(1)
    wire.reset(1, ErrorCodes.CANCEL)
    assert wire.output() == frames.head(frames.RST_STREAM, 0, 1, 4) + b"\0\0\0\x08"
    assert not wire.is_open(1)
    wire.reset(1, ErrorCodes.CANCEL)
    wire.head(1, [(b"a", b"b")], end=True)
    assert wire.output() == b""


@SIDES
def test_a_connection_that_parts_has_no_open_stream(side):
    ends = Ends()
    wire = getattr(ends, side)
    wire.part(ErrorCodes.ENHANCE_YOUR_CALM, b"why", 0)
    assert wire.output() == frames.go_away(0, ErrorCodes.ENHANCE_YOUR_CALM, b"why")
    assert not wire.is_open(1)


@pytest.mark.parametrize("sizes", [(0,), (100,), (0, 4096), (8192, 100), (100, 8192), (100, 200, 0), (0, 0)])
def test_a_table_of_any_size_is_kept_to(sizes):
    """An HPACK decoder whose table shrinks must be told so with the next fields (RFC 7541, section 4.2)."""
    ends = Ends()
    for size in sizes:
        for wire in (ends.client, ends.server):
            wire._h2.update_settings({SettingCodes.HEADER_TABLE_SIZE: size})
        ends.carry()
    for _ in range(2):
        ends.give(ends.server, frames.head(frames.SETTINGS, 0, 0, 0))
        stream = ends.client.open(ASKED)
        ends.carry()
        ends.server.head(stream, [(name.encode(), value.encode()) for name, value in HEAD])
        ends.carry()
        assert ends.ears.told[-1] == ("headed", stream, False)
    for wire in (ends.client, ends.server):
        assert wire._h2.encoder.header_table_size == min(sizes[-1], 4096)


@SIDES
def test_a_large_table_for_what_is_sent_is_declined(side):
    ends = Ends()
    wire = getattr(ends, side)
    ends.give(wire, frames.head(frames.SETTINGS, 0, 0, 6) + b"\0\1\0\xff\0\0")
    assert wire._h2.encoder.header_table_size == 4096
