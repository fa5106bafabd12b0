from h2.events import DataReceived

from gateway.rpc.lane import Lane
from tests.gateway.rpc.roads import Road, never


async def test_a_message_goes_at_once_where_there_is_room():
    road = Road()
    lane = road.begun(Lane)
    assert lane.message(b"hello", never)
    assert road.came == b"\0\0\0\0\5hello"
    assert lane.clear


async def test_what_a_window_has_no_room_for_waits_for_it_in_frames():
    road = Road()
    lane = road.begun(Lane)
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
    assert road.begun(Lane).message(bytes(40_000), never)
    assert [len(event.data) for event in road.pair.saw(DataReceived)] == [16_384, 16_384, 7_237]


async def test_nothing_is_sent_while_the_road_is_jammed():
    road = Road()
    lane = road.begun(Lane)
    road.jammed = True
    assert not lane.message(b"hello", never)
    assert road.came == b""
    assert not lane.pump()
    road.jammed = False
    assert not lane.pump()
    assert road.came == b"\0\0\0\0\5hello"


async def test_what_waits_is_dropped_by_the_end_and_nobody_is_told_that_it_is_gone():
    lane = Road().begun(Lane)
    lane.message(bytes(100_000), never)
    lane.close()
    assert lane.clear
    lane.cleared()
