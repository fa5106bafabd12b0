"""Utterances that others are put before (`POSITION_NEXT`): their lines and their time to fail. Promises R8 and R22."""

from collections import deque

import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.speech import Position
from tests.plays.world import FakeTicket, Script, World


def test_r8_who_is_put_back_while_its_routes_fail_is_tried_again_when_its_turn_comes():
    """Its time ran out meanwhile, and it failed while nobody tried."""
    world = World(scripts={"one": Script(speed=1.0)}).open(max_lead_ms=-1).speak("a", "x" * 99 + ".").run(0.1)
    world.scripts["one"] = Script(speed=1.0, refuse=Reason.VENDOR_UNREACHABLE)
    world.speak("b", "hello there.").run(0.5)
    world.tell(events.Begin("c", position=Position.NEXT)).text("c", "and this.").run(0.5)
    world.scripts["one"] = Script(speed=1.0)
    world.run(5).tell(events.End("c")).run(20)
    assert world.terminals() == {name: ["UtteranceFinished"] for name in "acb"}
    assert world.said("b") == "hello there."


def test_r8_who_is_put_back_has_its_time_to_fail_when_its_turn_comes():
    world = World(scripts={"one": Script(speed=1.0)}).open(max_lead_ms=-1).speak("a", "x" * 99 + ".").run(0.1)
    world.scripts["one"] = Script(refuse=Reason.VENDOR_UNREACHABLE)
    world.speak("b", "hello there.").run(0.5).tell(events.Begin("c", position=Position.NEXT)).run(9)
    assert world.terminals() == {"a": ["UtteranceFinished"]}
    began = world.clock.now
    world.tell(events.End("c")).run(10)
    assert world.terminals()["b"] == ["UtteranceFailed"]
    [failed] = [at for at, reply in world.log if isinstance(reply, replies.UtteranceFailed)]
    assert 2.9 < failed - began < 3.6


@pytest.mark.parametrize("paused", [False, True], ids=["read slowly", "paused"])
def test_r6_a_vendor_that_dies_while_its_listener_has_enough_is_followed_by_the_next(paused):
    """Nobody was asked as long as the lead was full, and so long counted as the time in which every route had failed."""
    one = Script(speed=0.0, word_times=True, die_after_chars=90, deaths=1)
    world = World(scripts={"one": one, "two": Script(word_times=True)}).open(max_lead_ms=3000)
    text = "alpha beta gamma " * 12
    world.speak("a", text).run(0.3)
    world.paused = not paused
    if paused:
        world.tell(events.Pause())
    world.run(8)
    world.paused = False
    world.session.drained()
    world.tell(events.Resume()).run(30)
    assert world.terminals() == {"a": ["UtteranceFinished"]}
    assert world.of(replies.UtteranceFinished)[0].receipt.audio_samples > len(text.strip()) * 390
    assert len(world.of(replies.Seam)) == 1


class OneSeat(World):
    """One run at a time, in the order of asking; who waits until its deadline is refused."""

    def __init__(self, **made):
        super().__init__(**made)
        self.asking = deque()

    def acquire(self, request, listener, on_ready):
        ticket = FakeTicket()
        self.asking.append((request, listener, on_ready, ticket))
        self.clock.at(request.deadline, lambda: self._refuse(on_ready, ticket))
        self.clock.at(self.clock.now, self._serve)
        return ticket

    def _refuse(self, on_ready, ticket):
        if not ticket.withdrawn:
            ticket.withdrawn = True
            on_ready(Failed(Reason.OVERLOADED, "no seat"))

    def _serve(self):
        while self.asking and not self.leased:
            request, listener, on_ready, ticket = self.asking.popleft()
            if not ticket.withdrawn:
                ticket.withdrawn = True
                super().acquire(request, listener, on_ready)

    @property
    def leased(self):
        return self._leased

    @leased.setter
    def leased(self, count):
        self._leased = count
        self.clock.at(self.clock.now, self._serve)


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize("speed", [20.0, 2.0])
def test_r8_r22_who_is_put_back_leaves_its_line_to_those_before_it(speed, more):
    """It kept the only one that there was and said nothing, so that they failed for want of it, and it went on behind them."""
    world = OneSeat(scripts={"one": Script(speed=speed)}).open(max_lead_ms=-1).tell(events.Pause())
    world.speak("a", "short.").run(1).text("b", "hello there. ").run(2)
    world.tell(events.Begin("c", position=Position.NEXT)).speak("c", "first of all.").text("b", "and ")
    world.run(1).text("b", "more. " if more else "").run(1).tell(events.Resume()).run(3)
    assert world.terminals() == {name: ["UtteranceFinished"] for name in "ac"}
    world.tell(events.End("b")).run(5)
    assert world.said("c") == "first of all."
    assert world.said("b").startswith("hello there.")
    assert world.said("b").endswith("more." if more else "and")
    assert len(world.sent) == 4 + more, "nothing is said twice"
    assert world.leased == 0
