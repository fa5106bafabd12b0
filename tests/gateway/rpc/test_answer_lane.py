import asyncio

from h2.events import StreamEnded, TrailersReceived

from gateway.rpc import answer_lane
from gateway.rpc.answer_lane import AnswerLane
from tests.gateway.rpc.roads import END, HEAD, Road, never


async def test_a_message_goes_between_its_head_and_its_trailers():
    road = Road()
    lane = AnswerLane(road.pair.wire, road, road.stream_id)
    lane.fields(HEAD)
    assert lane.message(b"hello", never)
    assert road.came == b"\0\0\0\0\5hello"
    assert not road.over
    lane.fields(END, end=True)
    assert road.pair.saw(TrailersReceived)
    assert road.over == [road.stream_id]


async def test_trailers_end_a_message_that_waits_and_nobody_is_told_that_it_is_gone():
    road = Road()
    lane = road.begun(AnswerLane)
    lane.message(bytes(100_000), never)
    lane.fields(END, end=True)
    assert lane.clear
    lane.cleared()
    assert road.pair.saw(TrailersReceived)


async def test_a_ping_takes_the_road():
    road = Road()
    road.begun(AnswerLane).ping(never)
    assert road.pings == [never]


async def test_a_refusal_waits_for_the_clients_first_message_but_not_for_long(monkeypatch):
    road = Road()
    lane = AnswerLane(road.pair.wire, road, road.stream_id)
    lane.refuse([*HEAD, *END])
    assert not road.over
    lane.heard()
    assert road.over

    monkeypatch.setattr(answer_lane, "_HOLD_S", 0.0)
    silent = Road()
    AnswerLane(silent.pair.wire, silent, silent.stream_id).refuse([*HEAD, *END])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert silent.over

    spoken = Road()
    lane = AnswerLane(spoken.pair.wire, spoken, spoken.stream_id)
    lane.heard()
    lane.refuse([*HEAD, *END])
    assert spoken.over


async def test_who_waits_for_an_answer_that_is_held_back_is_told_when_it_has_gone_or_is_dropped():
    told = []
    road = Road()
    road.begun(AnswerLane).settle(lambda: told.append("at once"))
    for end in (AnswerLane.heard, AnswerLane.close):
        road = Road()
        lane = AnswerLane(road.pair.wire, road, road.stream_id)
        lane.refuse([*HEAD, *END])
        lane.settle(lambda end=end, road=road: told.append((end, bool(road.pair.saw(StreamEnded)))))
        assert (end, True) not in told
        end(lane)
        end(lane)
    assert told == ["at once", (AnswerLane.heard, True), (AnswerLane.close, False)]
