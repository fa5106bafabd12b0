import asyncio

import grpc
import grpc.aio
import pytest
from h2.events import DataReceived, ResponseReceived, TrailersReceived

from gateway.rpc.answer_lane import AnswerLane
from gateway.rpc.context import Context
from gateway.rpc.inbox import Inbox
from tests.gateway.rpc.roads import Road


class Stage:
    def __init__(self, serialize=None):
        self.road = Road()
        self.inbox = Inbox(lambda size: None, None)
        lane = AnswerLane(self.road.pair.wire, self.road, self.road.stream_id)
        lane.heard()
        self.context = Context(lane, self.inbox, (("key", "k"),), "ipv4:127.0.0.1:5", serialize)

    def saw(self, kind):
        return [dict(event.headers) for event in self.road.pair.saw(kind)]


async def refused(writing):
    with pytest.raises(grpc.aio.UsageError):
        await writing


async def test_a_call_knows_where_it_comes_from():
    context = Stage().context
    assert context.invocation_metadata() == (("key", "k"),)
    assert context.peer() == "ipv4:127.0.0.1:5"
    assert context.time_remaining() is None
    context.set_deadline(lambda: 2.5)
    assert context.time_remaining() == 2.5


@pytest.mark.parametrize("end", [lambda context: context.finish(grpc.StatusCode.OK, ""), Context.drop])
async def test_a_ping_is_answered_while_the_call_goes_on_and_only_then(end):
    stage, told = Stage(), []
    stage.context.ping(lambda: told.append("first"))
    stage.context.ping(lambda: told.append("second"))
    first, second = stage.road.pings
    first()
    end(stage.context)
    second()
    stage.context.ping(lambda: told.append("third"))
    assert told == ["first"]
    assert len(stage.road.pings) == 2


async def test_a_write_where_there_is_room_does_not_wait():
    stage = Stage(str.encode)
    writing = stage.context.write("hello")
    with pytest.raises(StopIteration):
        writing.send(None)
    assert stage.road.came == b"\0\0\0\0\5hello"
    assert stage.saw(ResponseReceived)[0]["content-type"] == "application/grpc"


async def test_a_write_waits_for_room_and_the_next_for_it():
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        for message in (bytes(70_000), b"next"):
            tasks.create_task(stage.context.write(message))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(stage.road.came) == 65_535
        stage.road.pair.client.acknowledge_received_data(65_535, stage.road.stream_id)
        stage.road.pair.carry()
        stage.road.waiting[0].pump()
        stage.road.waiting[0].cleared()
    assert stage.road.came.endswith(b"\0\0\0\0\4next")


@pytest.mark.parametrize("end", [lambda context: context.drop(), lambda context: context.expire()])
async def test_who_waits_for_room_goes_on_when_the_call_is_over(end):
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stage.context.write(bytes(70_000)))
        behind = tasks.create_task(refused(stage.context.write(b"next")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not behind.done()
        end(stage.context)


async def test_who_must_not_wait_is_told_when_there_is_room():
    stage = Stage(str.encode)
    gone = []
    assert stage.context.send("hello", gone.append)
    assert stage.road.came == b"\0\0\0\0\5hello"
    assert not stage.context.send("x" * 70_000, lambda: gone.append(len(stage.road.came)))
    stage.road.pair.client.acknowledge_received_data(65_535, stage.road.stream_id)
    stage.road.pair.carry()
    stage.road.waiting[0].pump()
    stage.road.waiting[0].cleared()
    assert gone == [70_015]
    stage.context.finish(grpc.StatusCode.OK, "")
    assert not stage.context.send("late", gone.append)
    assert stage.saw(TrailersReceived)


async def test_requests_are_read_until_their_end():
    stage = Stage()
    stage.inbox.put(b"one")
    stage.inbox.end()
    assert await stage.context.read() == b"one"
    assert await stage.context.read() is grpc.aio.EOF


async def test_an_end_has_its_status_and_its_metadata():
    stage = Stage()
    await stage.context.send_initial_metadata((("a", "b"),))
    with pytest.raises(grpc.aio.UsageError):
        await stage.context.send_initial_metadata(())
    stage.context.set_trailing_metadata((("c", "d"),))
    stage.context.set_code(grpc.StatusCode.NOT_FOUND)
    stage.context.set_details("not there")
    assert stage.context.trailing_metadata() == (("c", "d"),)
    stage.context.finish(stage.context.code(), stage.context.details())
    stage.context.finish(grpc.StatusCode.INTERNAL, "again")
    assert stage.saw(ResponseReceived)[0]["a"] == "b"
    (told,) = stage.saw(TrailersReceived)
    assert told == {"grpc-status": "5", "grpc-message": "not there", "c": "d"}
    assert stage.context.done()
    with pytest.raises(grpc.aio.UsageError):
        await stage.context.write(b"late")
    with pytest.raises(grpc.aio.UsageError):
        await stage.context.abort(grpc.StatusCode.INTERNAL)


async def test_an_abort_is_an_end_in_one_frame():
    stage = Stage()
    with pytest.raises(grpc.aio.UsageError, match="OK"):
        await stage.context.abort(grpc.StatusCode.OK)
    with pytest.raises(grpc.aio.AbortError):
        await stage.context.abort(grpc.StatusCode.INTERNAL, "no", trailing_metadata=(("x-bin", b"\1"),))
    (told,) = stage.saw(ResponseReceived)
    assert (told["grpc-status"], told["grpc-message"], told["x-bin"]) == ("13", "no", "AQ")
    assert not stage.saw(TrailersReceived)
    assert not stage.context.cancelled()


async def test_metadata_that_cannot_be_sent_is_told_to_the_handler_whose_call_can_still_be_answered():
    stage, trailing = Stage(), (("schlüssel", "1"),)
    with pytest.raises(UnicodeEncodeError):
        stage.context.set_trailing_metadata(trailing)
    with pytest.raises(UnicodeEncodeError):
        await stage.context.abort(grpc.StatusCode.NOT_FOUND, "no", trailing)
    assert not stage.context.done()
    stage.context.finish(grpc.StatusCode.UNKNOWN, "")
    assert stage.saw(ResponseReceived)[0]["grpc-status"] == "2"


async def test_metadata_that_comes_after_the_end_is_refused():
    stage = Stage()
    stage.context.finish(grpc.StatusCode.OK, "")
    await refused(stage.context.send_initial_metadata((("a", "b"),)))
    assert len(stage.saw(ResponseReceived)) == 1


async def test_a_client_that_is_gone_is_told_nothing():
    stage = Stage()
    over = []
    stage.context.add_done_callback(over.append)
    stage.context.drop()
    stage.context.finish(grpc.StatusCode.OK, "")
    stage.context.handler_returned()
    assert stage.context.cancelled()
    assert over == [stage.context]
    assert not stage.saw(ResponseReceived)
    assert not stage.road.pair.saw(DataReceived)


async def test_a_call_that_is_late_ends():
    stage = Stage()
    stage.context.expire()
    assert stage.saw(ResponseReceived)[0]["grpc-status"] == "4"
    assert stage.context.cancelled()
