import asyncio
import gc
import gzip
import weakref

import grpc
import pytest
from h2.events import DataReceived, ResponseReceived, TrailersReceived

from gateway.rpc.answer_lane import AnswerLane
from gateway.rpc.calls import Call
from gateway.rpc.guards import Turn
from gateway.rpc.heads import CallHead
from gateway.rpc.messages import prefix
from gateway.rpc.wire import TURN, TURN_S
from tests.gateway.rpc.roads import Road

MOST = 1 << 20


class Stage:
    def __init__(self, behaviour, timeout_s=None, encoding="identity"):
        self.road = Road()
        self.consumed = []
        self.turn = Turn(TURN, TURN_S)
        self.over = asyncio.Event()
        lane = AnswerLane(self.road.pair.wire, self.road, self.road.stream_id)
        head = CallHead("/a.B/C", (), timeout_s, encoding)
        handler = grpc.stream_stream_rpc_method_handler(behaviour)
        self.call = Call(head, handler, lane, "ipv4:127.0.0.1:5", MOST, self.consumed.append, self.turn)
        self.call.begin(self.over.set)

    def say(self, message):
        data = prefix(len(message)) + message
        self.call.receive(data, len(data))

    @property
    def status(self):
        (head,) = self.road.pair.saw(TrailersReceived) or self.road.pair.saw(ResponseReceived)
        return int(dict(head.headers)["grpc-status"])


async def echo(requests, context):
    async for request in requests:
        yield request


async def sleep(requests, context):
    await asyncio.Event().wait()


async def test_requests_go_in_and_answers_come_out():
    stage = Stage(echo)
    stage.say(b"one")
    stage.say(b"two")
    stage.call.half_close()
    await stage.over.wait()
    assert [event.data[5:] for event in stage.road.pair.saw(DataReceived)] == [b"one", b"two"]
    assert stage.status == 0
    assert stage.consumed == [16]


async def test_a_client_that_cancels_ends_the_handler():
    stage = Stage(sleep)
    await asyncio.sleep(0)
    stage.call.cancel()
    await stage.over.wait()
    assert not stage.road.pair.saw(ResponseReceived)
    stage.say(b"late")
    assert stage.consumed == [9]


async def test_a_deadline_ends_the_handler():
    left = []

    async def behaviour(requests, context):
        left.append(context.time_remaining())
        await asyncio.Event().wait()

    stage = Stage(behaviour, timeout_s=0.01)
    stage.say(b"one")
    await stage.over.wait()
    assert stage.status == grpc.StatusCode.DEADLINE_EXCEEDED.value[0]
    assert left[0] == pytest.approx(0.01, abs=0.01)


async def test_r23_a_deadline_that_is_met_is_forgotten():
    async def behaviour(requests, context):
        async for request in requests:
            yield request

    stage = Stage(behaviour, timeout_s=60)
    stage.call.half_close()
    await stage.over.wait()
    assert stage.status == 0
    kept = weakref.ref(behaviour)
    del stage, behaviour
    gc.collect()
    assert kept() is None


async def test_who_wants_to_know_is_told_when_the_handler_has_returned():
    told = []

    async def behaviour(requests, context):
        context.add_done_callback(told.append)
        told.append("returns")
        yield b"one"

    stage = Stage(behaviour)
    await stage.over.wait()
    assert [told[0], told[1].done()] == ["returns", True]


def hearing(heard):
    async def behaviour(requests, context):
        requests.listen(heard.append, lambda: heard.append("end"))
        await asyncio.Event().wait()

    return behaviour


async def test_many_messages_of_one_frame_are_read_in_turns_and_the_end_after_the_last():
    stage = Stage(hearing(heard := []))
    await asyncio.sleep(0)
    messages = [b"%d" % number for number in range(2 * TURN + 100)]
    data = b"".join(prefix(len(message)) + message for message in messages)
    stage.call.receive(data, len(data))
    stage.call.half_close()
    assert heard == messages[: TURN + 1]  # the first has been counted as its frame
    stage.turn.begin(TURN_S)
    assert len(heard) == 2 * TURN + 1
    stage.turn.begin(2 * TURN_S)
    assert heard == [*messages, "end"]


async def test_a_message_alone_in_its_frame_counts_no_more_than_that():
    stage = Stage(hearing(heard := []))
    await asyncio.sleep(0)
    for _ in range(2 * TURN):
        stage.say(b"one")
    assert len(heard) == 2 * TURN


@pytest.mark.parametrize("listens", [True, False])
async def test_a_message_that_swells_counts_as_many_frames(listens):
    heard = []
    stage = Stage(hearing(heard) if listens else sleep, encoding="gzip")
    read = heard if listens else stage.call._inbox._messages
    await asyncio.sleep(0)
    bomb = gzip.compress(bytes(MOST))
    data = (b"\1" + prefix(len(bomb))[1:] + bomb) * 2
    stage.call.receive(data, len(data))
    assert stage.turn.over
    assert len(read) == 1
    for number in range(1, 4):
        stage.turn.begin(number * TURN_S)
    assert len(read) == 2


async def test_a_message_that_swells_beyond_the_bound_counts_too():
    stage = Stage(hearing([]), encoding="gzip")
    await asyncio.sleep(0)
    bomb = gzip.compress(bytes(2 * MOST))
    stage.call.receive(b"\1" + prefix(len(bomb))[1:] + bomb, len(bomb))
    assert stage.status == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
    assert stage.turn.over


async def test_what_waits_for_its_turn_is_dropped_when_the_call_is_over():
    stage = Stage(hearing(heard := []))
    await asyncio.sleep(0)
    data = (prefix(1) + b"x") * (2 * TURN)
    stage.call.receive(data, len(data))
    stage.call.half_close()
    stage.call.cancel()
    stage.turn.begin(TURN_S)
    assert len(heard) == TURN + 1
    await stage.over.wait()


async def test_a_message_that_is_too_long_ends_its_call():
    stage = Stage(sleep)
    stage.say(bytes(MOST + 1))
    await stage.over.wait()
    assert stage.status == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]


async def test_a_last_message_that_is_not_whole_is_an_error():
    stage = Stage(sleep)
    stage.call.receive(prefix(5) + b"abc", 8)
    stage.call.half_close()
    await stage.over.wait()
    assert stage.status == grpc.StatusCode.INTERNAL.value[0]


async def test_a_client_that_says_nothing_and_ends_its_side_is_answered_at_once(monkeypatch):
    async def refuse(requests, context):
        await context.abort(grpc.StatusCode.NOT_FOUND, "no")

    monkeypatch.setattr("gateway.rpc.answer_lane._HOLD_S", 60)
    stage = Stage(refuse)
    await stage.call.ended()
    assert not stage.road.pair.saw(ResponseReceived)  # held back for a first message
    stage.call.half_close()
    assert stage.status == grpc.StatusCode.NOT_FOUND.value[0]
    await stage.over.wait()


@pytest.mark.parametrize("said", [False, True])
@pytest.mark.parametrize("begun", [False, True])
async def test_a_server_that_stops_says_so_at_once(begun, said):
    stage = Stage(sleep)
    if said:
        stage.say(b"one")
    if begun:
        await asyncio.sleep(0)
    stage.call.give_up()
    await stage.call.ended()
    assert stage.status == grpc.StatusCode.UNAVAILABLE.value[0]


async def test_a_server_that_stops_waits_until_the_handler_has_tidied_up():
    tidy = []

    async def behaviour(requests, context):
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidy.append(True)

    stage = Stage(behaviour)
    await asyncio.sleep(0)
    stage.call.give_up()
    await stage.call.ended()
    assert tidy


def listens(heard, ended):
    async def behaviour(requests, context):
        requests.listen(heard, ended)
        await asyncio.Event().wait()

    return behaviour


async def test_who_listens_hears_a_request_in_the_turn_that_brings_it():
    heard = []
    stage = Stage(listens(heard.append, lambda: heard.append("end")))
    await asyncio.sleep(0)
    stage.say(b"one")
    assert heard == [b"one"]
    stage.call.half_close()
    assert heard == [b"one", "end"]
    stage.call.cancel()
    stage.say(b"late")
    await stage.over.wait()
    assert heard == [b"one", "end"]


async def test_who_listens_is_not_told_of_an_end_that_is_none():
    heard = []
    stage = Stage(listens(heard.append, lambda: heard.append("end")))
    await asyncio.sleep(0)
    stage.call.receive(prefix(5) + b"abc", 8)
    stage.call.half_close()
    await stage.over.wait()
    assert heard == []
    assert stage.status == grpc.StatusCode.INTERNAL.value[0]


@pytest.mark.parametrize("say", [lambda stage: stage.say(b"one"), lambda stage: stage.call.half_close()])
async def test_who_breaks_by_what_it_hears_ends_its_own_call(say, caplog):
    def broken(*_):
        raise ValueError("oh")

    stage = Stage(listens(broken, broken))
    await asyncio.sleep(0)
    say(stage)
    await stage.over.wait()
    assert stage.status == grpc.StatusCode.UNKNOWN.value[0]
    assert [record.exc_info[0] for record in caplog.records] == [ValueError]
