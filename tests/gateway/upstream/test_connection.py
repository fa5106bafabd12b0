import asyncio
from functools import partial

import pytest

from gateway.upstream.connection import Connection
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Warned
from legato.domain.facts import BugFound
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import Transport, VendorLimits, VendorTraits
from legato.ports import LineRequest
from tests.gateway.upstream.stage import Notes
from tests.gateway.upstream.vendor import Language
from tests.virtual_time import on_virtual_time

REQUEST = LineRequest(Route("v", "voice"), "en", UtteranceOptions(), Principal(), "s", "u", 0.0)


class FakeWire:
    def __init__(self, survives_stop=False):
        self.sent, self.pings, self.paused, self.closed = [], 0, False, False
        self.survives_stop = survives_stop

    def send(self, frames):
        self.sent += frames

    def ping(self):
        self.pings += 1
        return True

    def stop(self):
        return self.survives_stop

    def pause(self):
        self.paused = True

    def resume(self):
        self.paused = False

    def close(self):
        self.closed = True


class FakeTimer:
    def cancel(self):
        pass


class FakeListener:
    def __init__(self):
        self.events, self.settlements, self.news = [], [], asyncio.Event()

    def told(self, event, now):
        self.events.append(event)

    def settled(self, *, clean):
        self.settlements.append(clean)
        self.news.set()


class Stage:
    """A connection with its language, wire and owner; it is its own clock and owner."""

    def __init__(self, *, cancels=True, cancel_s=0.02, survives_stop=False):
        self.now, self.notes, self.endings, self.news = 100.0, Notes(), [], asyncio.Event()
        traits = VendorTraits(Transport.WEBSOCKET, VendorLimits(cancel_s=cancel_s), cancels=cancels)
        self.wire = FakeWire(survives_stop)
        self.connection = Connection(7, Language(), traits, self, lambda: self.now, self.notes)
        self.connection.opened(self.wire)

    def connection_ended(self, connection, event):
        assert connection is self.connection
        self.endings.append(event)
        self.news.set()

    def run(self):
        listener = FakeListener()
        run = self.connection.attach(listener)
        self.connection.begin(run, REQUEST, self.now)
        return listener, run


class TracedWire(FakeWire):
    def belong(self, trace):
        self.sent.append(f"trace {trace}")


@pytest.mark.parametrize("takes", [True, False])
@pytest.mark.parametrize("make", [TracedWire, FakeWire])
def test_a_run_names_its_trace_where_vendor_and_wire_can(takes, make):
    stage = Stage()
    traits = VendorTraits(Transport.HTTP, VendorLimits(), takes_traceparent=takes)
    connection = Connection(
        7, Language(), traits, stage, lambda: 0.0, stage.notes, lambda *whose: "/".join(whose)
    )
    wire = make()
    connection.opened(wire)
    connection.begin(connection.attach(FakeListener()), REQUEST, 0.0)
    told = ["trace s/u"] if takes and make is TracedWire else []
    assert wire.sent == ["hello", *told, "begin 1"]


def test_a_run_from_its_first_frame_to_its_last():
    stage = Stage()
    listener, run = stage.run()
    stage.connection.begin(run, REQUEST, stage.now)
    stage.connection.say(run, 0, Reading("hi"), stage.now)
    stage.connection.end_input(run, stage.now)
    assert stage.wire.sent == ["hello", "begin 1", "say 1 0 hi", "end 1"]
    stage.connection.came(b"1|a!")
    stage.connection.came("done 1")
    assert listener.events == [Audio(b"a!"), Finished()]
    stage.connection.forget(run)
    stage.connection.came(b"1|late")
    assert len(listener.events) == 2
    assert stage.connection.owes_nothing


async def test_a_run_whose_vendor_owes_nothing_more_ends_without_being_asked():
    stage = Stage()
    listener, run = stage.run()
    language = stage.connection.language
    language.end_input = lambda run, now: ()
    language.hear = lambda frame, now: ((run, Finished()),) if frame == b"" else ()
    stage.connection.end_input(run, stage.now)
    assert listener.events == [], "not before the call has returned"
    await asyncio.sleep(0)
    assert listener.events == [Finished()]
    stage.connection.end_input(run, stage.now)
    stage.connection.close()
    await asyncio.sleep(0)
    assert listener.events == [Finished()]


def test_what_concerns_no_run_and_ends_nothing_is_passed_over():
    stage = Stage()
    stage.connection.language.hear = lambda frame, now: ((0, Warned("slow")), (99, Audio(b"x")))
    stage.connection.came("anything")
    assert not stage.connection.is_over


def test_a_bug_in_the_language_is_told_and_costs_this_connection():
    stage = Stage()
    listener, _ = stage.run()
    stage.connection.came("bug")
    [bug] = stage.notes.of(BugFound)
    assert (bug.where.split()[0], bug.kind) == ("Language", "ValueError")
    assert isinstance(listener.events[0], Lost)
    assert stage.wire.closed


@pytest.mark.parametrize("how", ["bye", "closed"])
def test_the_end_is_told_to_its_home_first_and_to_every_run_once(how):
    stage = Stage()
    (one, _), (two, _) = stage.run(), stage.run()
    idle = FakeListener()
    stage.connection.attach(idle)
    for _ in range(2):
        if how == "bye":
            stage.connection.came("bye")
        else:
            stage.connection.ended(1006, "")
    assert len(stage.endings) == 1
    for listener in (one, two, idle):
        assert len(listener.events) == 1
        assert isinstance(listener.events[0], Failed | Lost)


def test_a_close_that_says_why_is_read_by_the_language():
    stage = Stage()
    listener, _ = stage.run()
    stage.connection.ended(4029, "no credit")
    assert listener.events == [Failed(Reason.VENDOR_QUOTA, "no credit")]


async def test_r9_a_cancelled_run_counts_until_the_vendor_confirms_it():
    stage = Stage(cancel_s=60.0)
    listener, run = stage.run()
    other, _ = stage.run()
    assert stage.connection.cancel(run, stage.now)
    stage.connection.came(b"1|late")
    stage.connection.came(b"2|on time")
    assert listener.events == []
    assert len(other.events) == 1
    assert listener.settlements == []
    assert not stage.connection.owes_nothing
    stage.connection.came("cancelled 1")
    assert listener.settlements == [True]
    stage.connection.close()


async def test_one_that_is_never_confirmed_is_told():
    stage = Stage(cancel_s=0.01)
    listener, run = stage.run()
    stage.connection.cancel(run, stage.now)
    async with asyncio.timeout(5):
        await listener.news.wait()
    assert listener.settlements == [False]


def test_a_cancel_that_is_true_at_once_owes_nothing():
    stage = Stage()
    _, run = stage.run()
    stage.connection.language.cancel = lambda run, now: stage.connection.language.open.discard(run) or ()
    assert not stage.connection.cancel(run, stage.now)
    assert not stage.connection.cancel(run, stage.now)


def test_cancelling_what_was_never_begun_says_nothing_to_the_vendor():
    stage = Stage()
    run = stage.connection.attach(FakeListener())
    assert not stage.connection.cancel(run, stage.now)
    assert stage.wire.sent == ["hello"]


@pytest.mark.parametrize("survives", [True, False])
def test_where_there_is_no_message_to_cancel_the_transport_does_it(survives):
    stage = Stage(cancels=False, survives_stop=survives)
    listener, run = stage.run()
    assert not stage.connection.cancel(run, stage.now)
    assert stage.connection.is_over is not survives
    assert stage.endings == ([] if survives else [None])
    assert listener.events == []


def test_pausing_is_the_wires():
    stage = Stage()
    stage.connection.pause()
    assert stage.wire.paused
    stage.connection.resume()
    assert not stage.wire.paused


@on_virtual_time
async def test_r1_a_vendor_that_has_answered_pings_and_does_not_any_more_is_gone():
    stage = Stage()
    stage.connection.keep_alive(stage.now)
    stage.connection.alive()
    stage.now += 5
    assert stage.connection.keep_alive(stage.now)
    assert stage.wire.sent == ["hello", "keep", "keep"]
    async with asyncio.timeout(5):
        await stage.news.wait()
    assert "ping" in stage.endings[0].message


async def test_r1_a_vendor_is_not_gone_because_our_own_loop_was_held_up():
    """A process that is stopped for a while reads no pong, however soon it came."""
    loop = asyncio.get_running_loop()
    stage = Stage()
    stage.connection.alive()
    stage.now += 5
    looks = []
    loop.call_later = lambda delay_s, look, *told: (
        looks.append((delay_s, partial(look, *told))) or FakeTimer()
    )
    try:
        stage.connection.keep_alive(stage.now)
        for late_s in (0.0, 30.0, 0.0, 1.0, 0.0):
            delay_s, look = looks.pop()
            stage.now += delay_s + late_s
            look()
            assert stage.endings == []
        delay_s, look = looks.pop()
        stage.now += delay_s
        look()
    finally:
        del loop.call_later
    assert "ping" in stage.endings[0].message, (
        "four looks in time, and no pong: a whole second of a loop that read"
    )
    assert looks == []


class KernelWire(FakeWire):
    """It has no pings; the kernel tells whether what was sent has been received."""

    def __init__(self):
        super().__init__()
        self.received = False

    def ping(self):
        return False

    def is_acknowledged(self):
        return self.received


def without_pings():
    stage = Stage()
    stage.wire = KernelWire()
    stage.connection.opened(stage.wire)
    stage.now += 5
    return stage


@on_virtual_time
async def test_r1_where_there_are_no_pings_a_vendor_that_acknowledges_no_request_is_gone():
    """It was waited for as long as for first audio, and that was taken for the vendor's slowness."""
    stage = without_pings()
    listener, run = stage.run()
    stage.connection.say(run, 0, Reading("hi"), stage.now)
    assert stage.connection.is_mute
    async with asyncio.timeout(1.1):
        await stage.news.wait()
    assert stage.connection.went_silently
    assert "acknowledge a request" in listener.events[0].message


@on_virtual_time
async def test_what_has_been_received_is_waited_for_as_long_as_the_vendor_needs():
    stage = without_pings()
    _, run = stage.run()
    stage.connection.say(run, 0, Reading("hi"), stage.now)
    await asyncio.sleep(0.6)
    stage.wire.received = True
    assert not stage.connection.is_mute
    await asyncio.sleep(60)
    assert stage.endings == []


@on_virtual_time
async def test_r1_more_text_for_a_vendor_that_has_vanished_meanwhile_is_not_acknowledged_either():
    stage = without_pings()
    stage.wire.received = True
    _, run = stage.run()
    stage.connection.say(run, 0, Reading("hi"), stage.now)
    await asyncio.sleep(2)
    stage.wire.received = False
    stage.now += 2
    stage.connection.say(run, 1, Reading("there"), stage.now)
    async with asyncio.timeout(1.1):
        await stage.news.wait()


@on_virtual_time
async def test_an_idle_connection_without_pings_is_left_to_the_kernel():
    stage = without_pings()
    stage.connection.language.keep_alive = lambda now: ()
    assert not stage.connection.keep_alive(stage.now)
    await asyncio.sleep(60)
    assert stage.endings == []


@on_virtual_time
async def test_a_vendor_that_never_answers_pings_is_not_held_to_it():
    stage = Stage()
    stage.connection.keep_alive(stage.now + 5)
    await asyncio.sleep(60)
    assert stage.endings == []


@pytest.mark.parametrize("sign", ["pong", "frame", "paused"])
@on_virtual_time
async def test_any_sign_of_life_will_do_and_nothing_is_expected_of_what_is_not_read(sign):
    stage = Stage()
    stage.connection.alive()
    stage.now += 5
    if sign == "paused":
        stage.connection.pause()
    stage.connection.keep_alive(stage.now)
    stage.now += 0.001
    if sign == "pong":
        stage.connection.alive()
    elif sign == "frame":
        stage.connection.came("cancelled 9")
    await asyncio.sleep(60)
    assert stage.endings == []
    stage.connection.close()


def test_r1_a_lease_on_a_quiet_connection_asks_for_life_at_once():
    stage = Stage()
    stage.run()
    assert stage.wire.pings == 0
    stage.now += 5
    stage.run()
    assert stage.wire.pings == 1


@on_virtual_time
async def test_closing_ends_timers_and_tells_nobody():
    stage = Stage(cancel_s=0.01)
    listener, run = stage.run()
    stage.connection.cancel(run, stage.now)
    stage.connection.alive()
    stage.connection.keep_alive(stage.now + 5)
    stage.connection.close()
    await asyncio.sleep(60)
    assert (stage.endings, listener.settlements, listener.events) == ([], [], [])
    assert stage.wire.closed
    stage.connection.begin(run, REQUEST, stage.now)
    assert stage.wire.sent.count("begin 1") == 1


class GatheringWire(FakeWire):
    """It has put audio together, and gives it when it is asked to gather no more."""

    def __init__(self):
        super().__init__()
        self.leaves, self.waiting, self.connection = [], b"", None

    def gather(self, size):
        self.leaves.append(size)
        if not size and self.waiting:
            waiting, self.waiting = self.waiting, b""
            self.connection.came(waiting)


class GatheringStage(Stage):
    def __init__(self, *, raw_audio=True):
        self.now, self.notes, self.endings, self.news = 100.0, Notes(), [], asyncio.Event()
        traits = VendorTraits(Transport.WEBSOCKET, VendorLimits(), cancels=True, raw_audio=raw_audio)
        self.wire = GatheringWire()
        self.connection = self.wire.connection = Connection(
            7, Language(), traits, self, lambda: self.now, self.notes
        )
        self.connection.opened(self.wire)


def test_one_runs_audio_may_be_put_together():
    stage = GatheringStage()
    listener, run = stage.run()
    stage.wire.leaves.clear()
    stage.connection.gather(run, 960)
    stage.wire.waiting = b"1|ab"
    stage.connection.gather(run, 0)
    assert stage.wire.leaves == [960, 0]
    assert listener.events == [Audio(b"ab")]


def test_the_audio_of_several_runs_is_not():
    stage = GatheringStage()
    listener, run = stage.run()
    stage.connection.gather(run, 960)
    stage.wire.waiting = b"1|ab"
    _, other = stage.run()
    assert listener.events == [Audio(b"ab")], "what was there is told before the next run begins"
    stage.wire.leaves.clear()
    stage.connection.gather(run, 960)
    stage.connection.gather(other, 960)
    assert stage.wire.leaves == [0, 0]


async def test_a_cancelled_runs_audio_is_not_heard_though_it_was_put_together():
    stage = GatheringStage()
    listener, run = stage.run()
    stage.connection.gather(run, 960)
    stage.wire.waiting = b"1|ab"
    stage.connection.cancel(run, stage.now)
    assert listener.events == []
    assert stage.wire.leaves[-1] == 0
    stage.connection.close()
    stage.connection.gather(run, 960)
    assert stage.wire.leaves[-1] == 0


def test_frames_that_are_more_than_samples_are_heard_one_by_one():
    stage = GatheringStage(raw_audio=False)
    _, run = stage.run()
    stage.connection.gather(run, 960)
    assert stage.wire.leaves == []
