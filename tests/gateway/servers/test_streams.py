import asyncio
import time

import pytest

from gateway.servers.streams import ServedStream, Streams
from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import BugFound, MessageRefused
from legato.domain.speech import Principal
from tests.gateway.servers.stage import FactList


class Echo:
    """A face whose frames are the events themselves."""

    def parse(self, frame):
        return [frame]

    def render(self, reply):
        return [reply]


class BrokenFace(Echo):
    def parse(self, frame):
        raise ValueError("parse")

    def render(self, reply):
        if isinstance(reply, replies.Pong):
            raise TypeError("render")
        return [reply]


class Paper:
    """An outlet that keeps what is written."""

    paused = False

    def __init__(self):
        self.written, self.closed_with = [], []
        self.stream = None

    def write(self, reply):
        self.written.extend(self.stream.render(reply))

    def close(self, error):
        self.closed_with.append(error)


class Session:
    """Does what it is told by the event itself."""

    def __init__(self, outlet, alarm):
        self.outlet, self.alarm = outlet, alarm
        self.fed, self.calls = [], []
        self.rang = asyncio.Event()

    def feed(self, event):
        self.fed.append(event)
        if callable(event):
            event(self)

    def drained(self):
        self.calls.append("drained")
        if "drained" in self.fed:
            raise RuntimeError("drained")

    def tick(self):
        self.rang.set()
        if "tick" in self.fed:
            raise RuntimeError("tick")


class Reception:
    def __init__(self):
        self.session = None

    def open(self, principal, face, outlet, alarm):
        self.session = Session(outlet, alarm)
        return self.session


@pytest.fixture
async def stage():
    return Streams(Reception(), FactList(), time.monotonic)


def opened(streams, face=None, events=()):
    paper = Paper()
    paper.stream = ServedStream(streams, face or Echo(), paper)
    paper.stream.begin(Principal(), "test", events)
    return paper, paper.stream, streams.reception.session


async def test_frames_become_events_and_closed_comes_once_and_last(stage):
    _paper, stream, session = opened(stage, events=(events.Ping("head"),))
    stream.receive(events.Ping("body"))
    stream.drained()
    stream.close()
    stream.close()
    stream.receive(events.Ping("late"))
    stream.feed(events.Ping("late"))
    stream.drained()
    assert session.fed == [events.Ping("head"), events.Ping("body"), events.Closed()]
    assert session.calls == ["drained"]
    assert stream.ended
    assert len(stage) == 0


async def test_without_a_session_nothing_is_fed(stage):
    paper = Paper()
    stream = ServedStream(stage, Echo(), paper)
    stream.receive(events.Ping(""))
    stream.drained()
    stream.close()
    assert stream.ended


def fault(session):
    raise KeyError("planted")


async def test_a_fault_in_the_session_is_noted_told_and_ends_the_stream(stage):
    paper, stream, session = opened(stage)
    stream.feed(fault)
    (fact,) = stage.observer.facts
    assert fact == BugFound(fact.where, "KeyError")
    assert (
        fact.where.startswith("session.feed tests.gateway.servers.test_streams:")
        or "test_streams:" in fact.where
    )
    assert paper.written[0].error.reason is Reason.INTERNAL
    assert paper.closed_with[0].reason is Reason.INTERNAL
    assert session.fed[-1] == events.Closed(Reason.INTERNAL)
    assert len(stage) == 0


async def test_a_fault_while_it_closes_is_noted_too(stage):
    _paper, stream, session = opened(stage)
    session.feed = fault
    stream.close()
    assert [fact.kind for fact in stage.observer.facts] == ["KeyError"]


@pytest.mark.parametrize("call", ["drained", "tick"])
async def test_a_fault_in_any_call_is_caught(stage, call):
    _paper, stream, session = opened(stage)
    stream.feed(call)
    if call == "drained":
        stream.drained()
    else:
        session.alarm.set(time.monotonic())
        await session.rang.wait()
    assert stage.observer.facts[0].where.startswith(f"session.{call}")
    assert stream.ended


async def test_a_fault_in_a_face_is_caught(stage):
    _paper, stream, _session = opened(stage, BrokenFace())
    stream.receive("x")
    assert stage.observer.facts[0].where.startswith("face.parse")


async def test_a_fault_in_rendering_ends_the_stream_when_the_session_is_done(stage):
    paper, stream, _session = opened(stage, BrokenFace())
    ended = []

    def speak(session):
        session.outlet.write(replies.Pong(""))
        ended.append(stream.ended)

    stream.feed(speak)
    assert ended == [False]
    await asyncio.sleep(0)
    assert stream.ended
    assert stage.observer.facts[0].kind == "TypeError"
    assert isinstance(paper.written[-1], replies.StreamError)


async def test_the_alarm_ticks_the_session_until_it_has_ended(stage):
    _, stream, session = opened(stage)
    session.alarm.set(time.monotonic())
    await session.rang.wait()
    stream._tick()
    stream.close()
    session.rang.clear()
    stream._tick()
    assert not session.rang.is_set()


async def test_a_drain_reaches_streams_that_are_open_and_those_that_still_come(stage):
    _, _, first = opened(stage)
    stage.drain(7.0)
    _, _, second = opened(stage)
    assert first.fed == second.fed == [events.Drain(7.0)]


async def test_r30_a_drain_is_over_when_the_last_stream_has_ended(stage):
    assert not stage.draining
    async with asyncio.timeout(1):
        await stage.empty()
    (_, first, _), (_, last, _) = opened(stage), opened(stage)
    stage.drain(7.0)
    assert stage.draining
    async with asyncio.timeout(1), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(stage.empty())
        await asyncio.sleep(0)
        first.close()
        await asyncio.sleep(0)
        assert not waiting.done()
        last.close()


async def test_what_is_left_is_abandoned_with_a_reason(stage):
    paper, _stream, session = opened(stage)
    stage.abandon()
    assert (paper.closed_with[0].reason, paper.closed_with[0].retry_after_s) == (Reason.SHUTTING_DOWN, 1.0)
    assert session.fed == [events.Closed(Reason.SHUTTING_DOWN)]
    await stage.empty()


async def test_a_stream_that_gets_no_session_is_not_kept(stage):
    def full(*_):
        raise SpeechError(Reason.OVERLOADED, "full")

    stage.reception.open = full
    with pytest.raises(SpeechError, match="full"):
        opened(stage)
    assert len(stage) == 0
    assert stage.observer.facts == [MessageRefused("", Reason.OVERLOADED, "test")]
