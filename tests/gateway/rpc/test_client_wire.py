"""The client's frames without a connection: what `test_client` cannot see."""

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RemoteSettingsChanged, WindowUpdated
from h2.settings import SettingCodes

from gateway.rpc import frames
from gateway.rpc.client_wire import ClientWire
from gateway.rpc.guards import AbuseError
from gateway.rpc.limits import Limits
from tests.gateway.rpc.served import ASKED, HEAD


class Ears:
    def __init__(self):
        self.told = []

    def headed(self, stream_id, fields, *, ended):
        self.told.append(("headed", stream_id, ended))

    def data(self, stream_id, data, size, *, ended):
        self.told.append((data, size, ended))

    def reset(self, stream_id, code, *, remote):
        self.told.append(("reset" if remote else "reset by us", stream_id, code))

    def leave(self, last_stream_id):
        self.told.append(("leave", last_stream_id))


class Pair:
    def __init__(self, **limits):
        self.ears, self.seen = Ears(), []
        self.wire = ClientWire(Limits(**limits))
        self.server = H2Connection(H2Configuration(client_side=False))
        self.server.initiate_connection()
        self.wire.begin()
        self.carry()

    def carry(self):
        while True:
            asked, answered = self.wire.output(), self.server.data_to_send()
            if not asked and not answered:
                return
            if asked:
                self.seen += self.server.receive_data(asked)
            self.wire.receive(answered, 0.0, self.ears)

    def saw(self, kind):
        return [event for event in self.seen if isinstance(event, kind)]


def begun(pair):
    stream = pair.wire.open(ASKED)
    pair.carry()
    pair.server.send_headers(stream, HEAD)
    pair.carry()
    pair.ears.told.clear()
    return stream


def test_a_connection_begins_with_our_bounds_and_without_push():
    pair = Pair(window_bytes=1_000, head_bytes=2_000, connection_bytes=100_000)
    (settings,) = pair.saw(RemoteSettingsChanged)
    told = {code: change.new_value for code, change in settings.changed_settings.items()}
    assert told[SettingCodes.ENABLE_PUSH] == 0
    assert told[SettingCodes.INITIAL_WINDOW_SIZE] == 1_000
    assert told[SettingCodes.MAX_HEADER_LIST_SIZE] == 2_000
    assert [event.delta for event in pair.saw(WindowUpdated)] == [100_000 - 65_535]
    assert pair.wire.settled


def test_padding_counts_against_the_window_and_is_not_told():
    pair = Pair()
    stream = begun(pair)
    pair.server.send_data(stream, b"abc", pad_length=9)
    pair.carry()
    assert pair.ears.told == [(b"abc", 3 + 1 + 9, False)]


def test_a_calls_window_reopens_in_quarters_as_its_bytes_are_read():
    pair = Pair(window_bytes=1_000)
    stream = begun(pair)
    pair.seen.clear()
    pair.server.send_data(stream, b"x" * 1_000)
    pair.carry()
    pair.wire.consumed(stream, 249)
    pair.carry()
    assert not pair.saw(WindowUpdated)
    pair.wire.consumed(stream, 1)
    pair.carry()
    assert [(event.stream_id, event.delta) for event in pair.saw(WindowUpdated)] == [(stream, 250)]
    pair.wire.forget(stream)
    pair.wire.consumed(stream, 750)
    pair.carry()
    assert len(pair.saw(WindowUpdated)) == 1


def test_data_of_a_forgotten_call_is_dropped_and_given_back_and_no_more():
    pair = Pair(connection_bytes=100_000)
    stream = begun(pair)
    pair.wire.forget(stream)
    for _ in range(20):
        pair.server.send_data(stream, b"x" * 3_000)
        pair.carry()
    assert pair.ears.told == []
    assert pair.server.outbound_flow_control_window >= 75_000
    given = [event.delta for event in pair.saw(WindowUpdated) if not event.stream_id]
    assert given == [100_000 - 65_535, 27_000, 27_000]


def test_nothing_is_kept_of_a_call_that_is_forgotten():
    pair = Pair()
    stream = begun(pair)
    pair.server.send_data(stream, b"x" * 100)
    pair.carry()
    pair.wire.consumed(stream, 100)
    pair.wire.forget(stream)
    assert pair.wire._lefts == pair.wire._credits == {}


def test_many_small_pieces_of_an_answer_are_no_flood():
    pair = Pair(window_bytes=100_000)
    stream = begun(pair)
    for _ in range(5_000):
        pair.server.send_data(stream, b"x")
    pair.carry()
    assert len(pair.ears.told) == 5_000


def test_what_says_nothing_may_come_at_a_rate():
    """A server of grpc may ping with every message that reaches it, for as long as the call lasts."""
    pair, ping = Pair(), frames.ping(b"x" * 8)
    for second in range(60):
        pair.wire.receive(ping * 200, float(second), pair.ears)
    pair.wire.receive(ping * 1_500, 60.0, pair.ears)
    with pytest.raises(AbuseError, match="too many control frames"):
        pair.wire.receive(ping * 1_000, 60.0, pair.ears)


def test_a_goaway_does_not_end_what_goes_on():
    pair = Pair()
    stream = begun(pair)
    pair.wire.receive(frames.go_away(stream, 0), 0.0, pair.ears)
    pair.server.send_data(stream, b"abc")
    pair.server.reset_stream(stream, 2)
    pair.carry()
    assert pair.ears.told == [("leave", stream), (b"abc", 3, False), ("reset", stream, 2)]


def test_a_call_whose_window_the_server_opens_too_far_is_reset_by_us():
    pair = Pair()
    stream = begun(pair)
    pair.wire.receive(frames.window_update(stream, 2**31 - 1), 0.0, pair.ears)
    assert pair.ears.told == [("reset by us", stream, 3)]


def test_our_side_ends_even_where_the_server_has_taken_its_window_back():
    pair = Pair()
    stream = begun(pair)
    pair.wire.data(stream, pair.wire.room(stream))
    pair.server.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 0})
    pair.wire.receive(pair.server.data_to_send(), 0.0, pair.ears)
    assert pair.wire.room(stream) < 0
    assert pair.wire.end(stream) == frames.head(frames.DATA, frames.END_STREAM, stream, 0)
    pair.wire.reset(stream, 8)
    assert pair.wire.end(stream) == b""


def test_no_stream_is_opened_beyond_the_last():
    pair = Pair()
    pair.wire._h2.highest_outbound_stream_id = frames.LAST_STREAM
    assert pair.wire.open(ASKED) is None


def test_after_close_nothing_is_told():
    pair = Pair()
    stream = begun(pair)
    pair.wire.close()
    pair.wire.receive(frames.go_away(stream, 0), 0.0, pair.ears)
    assert pair.ears.told == []
