import asyncio

from h2.events import DataReceived, StreamEnded, TrailersReceived

from gateway.rpc import lane as lanes
from gateway.rpc.lane import Lane
from tests.gateway.rpc.wired import Pair

HEAD = [(b":status", b"200")]
END = [(b"grpc-status", b"0")]


def never():
    raise AssertionError("it was gone at once, or is not gone at all")


class Road:
    def __init__(self):
        self.pair = Pair()
        self.jammed = False
        self.waiting = []
        self.pings = []
        self.over = []
        self.stream_id = self.pair.ask()

    def lane(self):
        lane = Lane(self.pair.wire, self, self.stream_id)
        lane.heard()
        lane.fields(HEAD)
        return lane

    def send(self, data):
        self.pair.seen += self.pair.client.receive_data(data)

    def wait(self, lane):
        self.waiting.append(lane)

    def echo(self, answered):
        self.pings.append(answered)

    def ended(self, stream_id):
        self.over.append(stream_id)

    @property
    def came(self):
        return b"".join(event.data for event in self.pair.saw(DataReceived))


async def test_a_message_goes_at_once_where_there_is_room():
    road = Road()
    lane = road.lane()
    assert lane.message(b"hello", never)
    assert road.came == b"\0\0\0\0\5hello"
    assert lane.clear
    lane.fields(END, end=True)
    assert road.pair.saw(TrailersReceived)
    assert road.over == [road.stream_id]


async def test_what_a_window_has_no_room_for_waits_for_it_in_frames():
    road = Road()
    lane = road.lane()
    gone = []
    assert not lane.message(bytes(100_000), lambda: gone.append(len(road.came)))
    assert len(road.came) == 65_535
    assert road.waiting == [lane]
    assert not lane.pump()
    road.pair.client.acknowledge_received_data(65_535, road.stream_id)
    road.pair.carry()
    while lane.pump():
        pass
    assert lane.clear
    lane.cleared()
    lane.cleared()
    assert gone == [100_005]


async def test_a_large_message_goes_in_frames_of_the_size_that_is_allowed():
    road = Road()
    assert road.lane().message(bytes(40_000), never)
    assert [len(event.data) for event in road.pair.saw(DataReceived)] == [16_384, 16_384, 7_237]


async def test_nothing_is_sent_while_the_road_is_jammed():
    road = Road()
    lane = road.lane()
    road.jammed = True
    assert not lane.message(b"hello", never)
    assert road.came == b""
    assert not lane.pump()
    road.jammed = False
    assert not lane.pump()
    assert road.came == b"\0\0\0\0\5hello"


async def test_what_waits_is_dropped_by_the_end_and_nobody_is_told_that_it_is_gone():
    road = Road()
    lane = road.lane()
    lane.message(bytes(100_000), never)
    lane.fields(END, end=True)
    assert lane.clear
    lane.cleared()
    assert road.pair.saw(TrailersReceived)


async def test_a_refusal_waits_for_the_clients_first_message_but_not_for_long(monkeypatch):
    road = Road()
    lane = Lane(road.pair.wire, road, road.stream_id)
    lane.refuse([*HEAD, *END])
    assert not road.over
    lane.heard()
    assert road.over

    monkeypatch.setattr(lanes, "_HOLD_S", 0.0)
    silent = Road()
    Lane(silent.pair.wire, silent, silent.stream_id).refuse([*HEAD, *END])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert silent.over

    spoken = Road()
    lane = Lane(spoken.pair.wire, spoken, spoken.stream_id)
    lane.heard()
    lane.refuse([*HEAD, *END])
    assert spoken.over


async def test_who_waits_for_an_answer_that_is_held_back_is_told_when_it_has_gone_or_is_dropped():
    told = []
    road = Road()
    road.lane().settle(lambda: told.append("at once"))
    for end in (Lane.heard, Lane.close):
        road = Road()
        lane = Lane(road.pair.wire, road, road.stream_id)
        lane.refuse([*HEAD, *END])
        lane.settle(lambda end=end, road=road: told.append((end, bool(road.pair.saw(StreamEnded)))))
        assert (end, True) not in told
        end(lane)
        end(lane)
    assert told == ["at once", (Lane.heard, True), (Lane.close, False)]
