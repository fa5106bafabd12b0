"""Two routes that are down two per cent of the time each, independently of one another: nearly every utterance is whole all the same.
Promises R3, R5 and R8.

`LEGATO_OUTAGE_HOURS` sets how long that goes on, in hours of the virtual clock.
"""

import os
import random
from collections.abc import Callable, Sequence

import pytest

from gateway.simulator.words import NUMBERS, WORDS
from legato.core.breaker import Breaker
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, VendorEvent
from legato.domain.speech import Route, Voice
from legato.ports import Line, LineListener, LineRequest, OnReady
from tests.plays.dying import Deathbed, Mortal, MortalLine, account
from tests.plays.world import FakeTicket

HOURS = float(os.environ.get("LEGATO_OUTAGE_HOURS", "0.08"))
DOWN_SHARE = 0.02
_NOTICED_S = 0.3
_WELL_S = 30.0
_PATIENCE_S = 20.0


class Witnessed:
    """Implements `LineListener`: tells a route's breaker when a line has sounded."""

    def __init__(self, listener: LineListener, sounded: Callable[[], None]) -> None:
        self._listener = listener
        self._sounded = sounded
        self._silent = True

    def heard(self, line: Line, event: VendorEvent) -> None:
        if self._silent and isinstance(event, Audio):
            self._silent = False
            self._sounded()
        self._listener.heard(line, event)


class Falling(Deathbed):
    """A world whose routes are down at times, each behind a breaker.

    Args:
        routes: by name.
        seed: of everything that goes by chance.
        lasting_s: how long the routes fall.
        outage_s: how long an outage lasts on average.
    """

    def __init__(self, routes: dict[str, Mortal], seed: int, lasting_s: float, outage_s: float) -> None:
        voices = {"joe": Voice("joe", ("en",), tuple(Route(name, "v") for name in routes))}
        super().__init__(routes, seed, voices=voices)
        chance = random.Random(seed)
        self.breakers = {name: Breaker(self.clock.now, chance.random) for name in routes}
        self.down_since: dict[str, float] = {}
        self.down_s = dict.fromkeys(routes, 0.0)
        self._speaking: dict[str, list[MortalLine]] = {name: [] for name in routes}
        for name in routes:
            self._foretell(name, random.Random(f"{seed} {name}"), lasting_s, outage_s)

    def _foretell(self, name: str, chance: random.Random, lasting_s: float, outage_s: float) -> None:
        """Outages of lengths by chance at places by chance, that come to the share of the time."""
        down_s = lasting_s * DOWN_SHARE
        lengths = [chance.uniform(0.2, 1.8) for _ in range(round(down_s / outage_s))]
        lengths = [length * down_s / sum(lengths) for length in lengths]
        places = sorted(chance.uniform(0, lasting_s - down_s) for _ in lengths)
        passed = self.clock.now
        for place, length in zip(places, lengths, strict=True):
            self.clock.at(passed + place, lambda: self._fall(name))
            self.clock.at(passed + place + length, lambda: self._rise(name))
            passed += length

    def _fall(self, name: str) -> None:
        self.down_since[name] = self.clock.now
        for line in self._speaking[name]:
            if not line.over:
                self.breakers[name].failed(Reason.VENDOR_LOST, self.clock.now)
                line._die()

    def _rise(self, name: str) -> None:
        self.down_s[name] += self.clock.now - self.down_since.pop(name)

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> FakeTicket:
        name, now = request.route.provider, self.clock.now
        breaker = self.breakers[name]
        since = breaker.admitting_since(now)
        if request.returning and (since is None or now - since < _WELL_S):
            on_ready(Failed(Reason.VENDOR_UNREACHABLE, "not healthy for long enough"))
            return FakeTicket()
        if not breaker.admits(now):
            if not request.last_resort:
                on_ready(Failed(Reason.VENDOR_UNREACHABLE, "shut", breaker.retry_after_s(now)))
                return FakeTicket()
        else:
            breaker.admitted(now)
        if name in self.down_since:
            breaker.failed(Reason.VENDOR_UNREACHABLE, now)
            on_ready(Failed(Reason.VENDOR_UNREACHABLE, "down"))
            return FakeTicket()
        heard = Witnessed(listener, lambda: self._sounded(name))
        ticket = super().acquire(request, heard, on_ready)
        self._speaking[name] = [line for line in (*self._speaking[name], *self.mortals[-1:]) if not line.over]
        return ticket

    def _sounded(self, name: str) -> None:
        self.breakers[name].succeeded(self.clock.now)

    def forget(self) -> None:
        """What was heard and noted so far."""
        for heap in (self.log, self.facts, self.sent, self.mortals):
            heap.clear()


def outages(
    routes: Sequence[str], lasting_s: float, outage_s: float, times: str
) -> tuple[Falling, list[str], int]:
    """Utterance after utterance, for so long: what is told of those that are not whole, and how many there were."""
    route = Mortal(times=times, detect_s=_NOTICED_S)
    world = Falling(dict.fromkeys(routes, route), 1, lasting_s, outage_s)
    world.open(max_lead_ms=-1)
    dice = random.Random(1)
    over, told, bad = world.clock.now + lasting_s, 0, []
    while world.clock.now < over:
        told += 1
        bad += _one(world, f"u{told}", dice)
        world.forget()
        world.run(dice.uniform(0, 1))
    return world, bad, told


def _one(world: Falling, name: str, dice: random.Random) -> list[str]:
    """Why this utterance is not whole; nothing where it is."""
    words = dice.sample(WORDS, 8)
    world.speak(name, f"{' '.join(words[:4])}. {' '.join(words[4:])}.")
    late = world.clock.now + _PATIENCE_S
    while not world.terminals() and world.clock.now < late:
        world.run(0.1)
    if world.terminals() != {name: ["UtteranceFinished"]}:
        return [f"{name}: {world.terminals()}"]
    found = account([NUMBERS[word] for word in words], world.numbers(name))
    return [f"{name}: {found}"] if found.lost or found.disordered else []


@pytest.mark.volume
@pytest.mark.parametrize(("times", "outage_s"), [("along", 6.0), ("none", 0.5)])
def test_r3_r5_r8_two_routes_down_two_per_cent_of_the_time_999_of_1000_utterances_are_whole(times, outage_s):
    lasting_s = 3_600 * HOURS
    world, bad, told = outages(("one", "two"), lasting_s, outage_s, times)
    assert list(world.down_s.values()) == pytest.approx([DOWN_SHARE * lasting_s] * 2)
    assert world.deaths >= 1
    assert told > 0.4 * lasting_s
    assert len(bad) <= 0.001 * told, bad


@pytest.mark.volume
def test_one_such_route_alone_does_not_reach_that():
    """It is the second one that makes the difference."""
    _, bad, told = outages(("one",), 300, 6.0, "along")
    assert len(bad) > 0.001 * told
