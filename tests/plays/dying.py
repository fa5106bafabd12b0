"""Voices that die again and again, at random moments, on a virtual clock. What they say is tone-coded, so that it can be counted how often
each word was heard whole.
"""

import random
from collections import Counter, deque
from dataclasses import dataclass, field

import numpy as np

from gateway.simulator.tones import TAIL_MS, decode, pitches_hz
from gateway.simulator.words import NUMBERS
from legato.core.word_weights import word_s
from legato.domain import events
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost, VendorEvent, WordTime
from legato.domain.text import Reading
from legato.ports import LineListener, LineRequest, OnReady
from tests.plays.world import RATE, FakeTicket, World

WORD_TIMES = ("ahead", "along", "behind", "at_the_end", "absent", "none")
"""When the times of a word come: before its audio, with its last sample, later, with the marker, never although promised, never."""
REFUSALS = {"lease": Reason.VENDOR_UNREACHABLE, "rejects": Reason.VENDOR_REJECTED}
_MS = RATE // 1000


@dataclass
class Mortal:
    """How a route speaks and how it dies. Times in seconds, `speed` in seconds of audio per second.

    Args:
        dies: how it dies in each lease: at ("ms", n) of its audio, at ("word", n), ("after", s) seconds from its first text, in place
            of its ("marker", n), as its segment ("begun", n) begins to sound, at its ("end", 0) in place of the finish, at once in
            ("begin", 0), by a refusal of the lease in ("lease", 0) or ("rejects", 0), or not at all for None.
        stretch: how many times longer than usual its words are.
        spread: random share of a word's length; 1 for lengths that have nothing to do with the letters.
    """

    dies: tuple[tuple[str, float] | None, ...] = ()
    first_s: float = 0.06
    speed: float = 4.0
    chunk_ms: int = 40
    times: str = "none"
    keeps_context: bool = True
    marks: bool = True
    joins: bool = False
    stretch: float = 1.0
    spread: float = 0.1
    pause_ms: int = 0
    detect_s: float = 0.0
    rate_hz: int = RATE
    acquire_s: float = 0.0


@dataclass
class MortalLine:
    """Implements `ports.Line`."""

    world: "Deathbed"
    route: Mortal
    listener: LineListener
    line_id: int
    death: tuple[str, float] | None
    chance: random.Random
    can_pause: bool
    reused: bool = True
    over: bool = False
    paused: bool = False
    busy: bool = False
    queue: deque[tuple[str, object]] = field(default_factory=deque)
    planned: int = 0
    given: int = 0
    words: int = 0
    said: int = 0
    marked: int = 0
    begun: bool = False
    late: list[WordTime] = field(default_factory=list)

    @property
    def sample_rate_hz(self) -> int:
        return RATE

    @property
    def keeps_context(self) -> bool:
        return self.route.keeps_context

    @property
    def word_times(self) -> bool:
        return self.route.times != "none"

    def say(self, segment: int, reading: Reading) -> None:
        assert not self.over, "said on a line that was given back"
        self.world.sent.append(reading.text)
        if self.said and not self.route.marks:
            self.queue.append(("event", events.Joined(segment)))
        elif self.route.joins and self.queue and isinstance(self.queue[-1][1], events.Marker):
            self.queue[-1] = ("event", events.Joined(segment))
        self.said += 1
        for word in reading.words:
            self._word(segment, word.start, word.end, reading.text)
        if self.route.pause_ms:
            self._sound(np.zeros(self.route.pause_ms * _MS, np.int16))
        if self.route.times == "at_the_end":
            self._tell_late()
        if self.route.marks:
            self.queue.append(("event", events.Marker(segment)))
        if not self.begun:
            self.begun = True
            self._foresee()
        self._start()

    def end_input(self) -> None:
        assert not self.over
        self._tell_late()
        self.queue.append(("event", events.Finished()))
        self._start()

    def _foresee(self) -> None:
        kind, value = self.death or ("", 0)
        now = self.world.clock.now
        if kind == "begin":
            self.world.clock.at(now, self._die)
        elif kind == "after":
            self.world.clock.at(now + value, self._die)

    def _word(self, segment: int, start: int, end: int, text: str) -> None:
        letters = text[start:end].rstrip(".,")
        even_ms = word_s(letters) * 1_000 * self.route.stretch
        by_chance_ms = self.chance.uniform(120, 350) * self.route.stretch
        length = round((1 - self.route.spread) * even_ms + self.route.spread * by_chance_ms)
        length = max(length, 120)
        before_ms = self.planned / _MS
        sound = self._spoken(letters, length * _MS)
        time = WordTime(segment, start, end, before_ms, before_ms + length)
        if self.route.times == "ahead":
            self.queue.append(("event", events.Words((time,))))
        self._sound(sound)
        if self.route.times == "along":
            self.queue.append(("event", events.Words((time,))))
        elif self.route.times == "behind":
            self._tell_late()
            self.late.append(time)
        elif self.route.times == "at_the_end":
            self.late.append(time)
        self.queue.append(("word", None))

    def _spoken(self, letters: str, samples: int) -> np.ndarray:
        return tone(NUMBERS[letters], samples)

    def _tell_late(self) -> None:
        if self.late:
            self.queue.append(("event", events.Words(tuple(self.late))))
            self.late = []

    def _sound(self, samples: np.ndarray) -> None:
        self.planned += len(samples)
        step = self.route.chunk_ms * _MS
        self.queue.extend(("audio", samples[at : at + step]) for at in range(0, len(samples), step))

    def _start(self) -> None:
        if not self.busy and not self.paused:
            self.busy = True
            delay_s = self.route.first_s if not self.given else 0.0
            self.world.clock.at(self.world.clock.now + delay_s, self._step)

    def _step(self) -> None:
        if self.over or self.paused or not self.queue:
            self.busy = False
            return
        kind, what = self.queue.popleft()
        wait_s = 0.0
        if kind == "audio":
            assert isinstance(what, np.ndarray)
            if self._dies("begun", self.marked + 1):
                self._die()
                return
            if self._dies("ms", (self.given + len(what)) / _MS):
                keep = max(int(self.death[1] * _MS) - self.given, 0) if self.death else 0
                if keep:
                    self.listener.heard(self, events.Audio(what[:keep].astype("<i2").tobytes()))
                self._die()
                return
            self.given += len(what)
            self.listener.heard(self, events.Audio(what.astype("<i2").tobytes()))
            wait_s = len(what) / RATE / self.route.speed if self.route.speed else 0.0
        elif kind == "word":
            self.words += 1
            if self._dies("word", self.words):
                self._die()
                return
        elif not self._tell(what):
            return
        self.world.clock.at(self.world.clock.now + wait_s, self._step)

    def _tell(self, event: object) -> bool:
        if isinstance(event, events.Marker):
            self.marked += 1
            if self._dies("marker", self.marked):
                self._die()
                return False
        if isinstance(event, events.Finished):
            if self._dies("end", 0):
                self._die()
                return False
            self.over = True
        self.listener.heard(self, event)  # type: ignore[arg-type]
        return True

    def _dies(self, kind: str, reached: float) -> bool:
        return self.death is not None and self.death[0] == kind and reached >= self.death[1]

    def _die(self) -> None:
        if self.over:
            return
        self.death = ("dead", 0)
        self.paused = True
        self.world.deaths += 1
        self.world.clock.at(self.world.clock.now + self.route.detect_s, self._found_dead)

    def _found_dead(self) -> None:
        if self.over:
            return
        reason = self.chance.choice(
            [Reason.VENDOR_TIMEOUT, Reason.VENDOR_QUOTA, Reason.VENDOR_UNREACHABLE, None]
        )
        told: VendorEvent = Lost("dead on cue") if reason is None else Failed(reason, "dead on cue")
        self.listener.heard(self, told)
        self.over = True

    def cancel(self) -> None:
        self.over = True

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        if self.death != ("dead", 0):
            self.paused = False
            self._start()

    def release(self, *, clean: bool) -> None:
        self.over = True
        self.world.leased -= 1


class Deathbed(World):
    """A world of mortal voices.

    Args:
        routes: routes by name.
        seed: seed for the lengths of words.
        line: class of the lines.
    """

    def __init__(
        self, routes: dict[str, Mortal], seed: int = 0, line: type[MortalLine] = MortalLine, **made: object
    ) -> None:
        super().__init__(scripts=dict.fromkeys(routes), **made)  # type: ignore[arg-type]
        self.routes = routes
        self.chance = random.Random(seed)
        self.fates = {name: iter(route.dies) for name, route in routes.items()}
        self.mortals: list[MortalLine] = []
        self.line = line

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> FakeTicket:
        route = self.routes[request.route.provider]
        fate = next(self.fates[request.route.provider], None)
        ticket = FakeTicket()

        def answer() -> None:
            if ticket.withdrawn:
                return
            if fate is not None and fate[0] in REFUSALS:
                self.deaths += 1
                on_ready(Failed(REFUSALS[fate[0]], "dead on cue"))
                return
            self.leased += 1
            line = self.line(
                self,
                route,
                listener,
                len(self.mortals) + 1,
                fate,
                random.Random(self.chance.random()),
                can_pause=self.chance.random() < 0.5,
            )
            self.mortals.append(line)
            on_ready(line)

        if route.acquire_s:
            self.clock.at(self.clock.now + route.acquire_s, answer)
        else:
            answer()
        return ticket

    def numbers(self, utterance_id: str) -> list[int]:
        """Return the words that were heard whole, in order."""
        return decode(self.audio(utterance_id), RATE)


def tone(number: int, length: int) -> np.ndarray:
    """Return the tones of a word, this many samples long."""
    head_hz, tail_hz = pitches_hz(number)
    steps_hz = np.where(np.arange(length) < length - TAIL_MS * _MS, head_hz, tail_hz)
    return (np.sin(2 * np.pi * np.cumsum(steps_hz) / RATE) * 11_000).astype(np.int16)


@dataclass(frozen=True)
class Account:
    """What became of an utterance's words: how many were lost or repeated, and whether any were out of order."""

    lost: int
    repeated: int
    disordered: bool


def account(wanted: list[int], heard: list[int]) -> Account:
    """Compare the words that were wanted with those that were heard."""
    counts = Counter(heard)
    places = {number: place for place, number in enumerate(wanted)}
    order = [places.get(number, -1) for number in dict.fromkeys(heard)]
    return Account(
        sum(1 for number in wanted if not counts[number]),
        sum(max(count - 1, 0) for count in counts.values()),
        order != sorted(order) or -1 in order,
    )
