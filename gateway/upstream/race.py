"""A race between two lines for one run: the first to sound wins, the other is stopped, and the session hears only the winner.

    session <-> HedgedLine <-> the line that was asked for
                           <-> a rival's, from the moment that the first one is slow

Rules:
- The race begins when the route's first audio is later than usual (`core.hedging`) and the budget has room, at most once per run. Text
  said while both sides run is sent twice as well; if the budget has no room for it, the rival is stopped. What the budget has given for a
  rival that is sent nothing in the end goes back to it.
- What the sides give before one of them is audible is kept; the winner's is passed on, the loser's is not.
- A side that gives silence for longer than any pause loses to the other in the same way; without another it is passed on as it is.
- A side that fails during the race loses it to the other, if that one has its line; otherwise the run has failed, and the utterance
  deals with that as usual.
- While the run is paused no race begins, since the route is not slow, and a rival that gets its line is paused as well.
- A rival that joins segments differently from the line it would replace does not run.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from gateway.upstream.race_side import Side
from legato.core.hedging import FirstAudioTimes, HedgeBudget
from legato.domain.events import Audio, Failed, Finished, Lost, Marker, Overtaken, SaidAgain, VendorEvent
from legato.domain.facts import Hedged
from legato.domain.speech import Route
from legato.domain.text import Reading
from legato.ports import Clock, Line, LineListener, LineRequest, Lines, Observer, OnReady, Ticket


class Timer(Protocol):
    """A scheduled call."""

    def cancel(self) -> None:
        """Cancel the call."""


Schedule = Callable[[float, Callable[[], None]], Timer]
"""Schedules a call after this many seconds."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every race needs.

    Args:
        lines: where lines come from.
        line_ids: gives numbers that are unique in the process.
        clock: monotonic seconds.
        schedule: schedules a call for later.
        observer: told of every race.
        times: what is known about a route's first audio.
        budget: how much may be sent twice to overtake a route, given the share of characters.
    """

    lines: Lines
    line_ids: Callable[[], int]
    clock: Clock
    schedule: Schedule
    observer: Observer
    times: Callable[[Route], FirstAudioTimes]
    budget: Callable[[Route, float], HedgeBudget]


class HedgedLine:
    """Implements `ports.Line`.

    Args:
        ground: what every race needs.
        request: what was asked for.
        listener: takes the winner's events.
    """

    def __init__(self, ground: Ground, request: LineRequest, listener: LineListener) -> None:
        self.line_id = ground.line_ids()
        self._ground = ground
        self._request = request
        self._listener = listener
        self._budget = ground.budget(request.route, request.hedge_share)
        self._first = Side(self, request.route)
        self._rival: Side | None = None
        self._winner: Side | None = None
        self._said: list[tuple[int, Reading]] = []
        self._ended = self._over = self._failed = False
        self._said_at = 0.0
        self._paused_at: float | None = None
        self._said_chars = self._twice = self._set_aside = 0
        self._timer: Timer | None = None

    # --- leasing

    def ask(self, on_ready: OnReady) -> Ticket:
        """Lease the line that was asked for."""

        def came(found: Line | Failed) -> None:
            if isinstance(found, Failed):
                on_ready(found)
                return
            self._first.line = found
            on_ready(self)

        return self._first.ask(self._ground.lines, self._request, came)

    # --- ports.Line

    @property
    def sample_rate_hz(self) -> int:
        """Sample rate of the audio that is passed on."""
        return self._speaking.sample_rate_hz

    @property
    def reused(self) -> bool:
        """Whether the connection existed before this lease."""
        return self._speaking.reused

    @property
    def keeps_context(self) -> bool:
        """Whether segments flow into each other at the vendor."""
        return self._speaking.keeps_context

    @property
    def word_times(self) -> bool:
        """Whether true word times will come."""
        return self._speaking.word_times

    @property
    def can_pause(self) -> bool:
        """Whether `pause` stops the audio."""
        return self._speaking.can_pause

    def say(self, segment: int, reading: Reading) -> None:
        """Speak one more segment of the run."""
        if self._failed:
            return
        chars = len(reading.text)
        self._budget.sent(chars)
        rival = self._rival
        if not self._said:
            self._begin_race()
        elif rival is not None and not (rival.out or self._first.out) and not self._set_chars_aside(chars):
            self._let_go(rival, clean=True)
        self._said_chars += chars
        self._said.append((segment, reading))
        running = self._running()  # a rival that waits for its line is given all text once it has it
        if len(running) > 1:
            self._set_aside = 0
        for line in running:
            line.say(segment, reading)
        if len(running) > 1:
            self._repeat(chars)

    def end_input(self) -> None:
        """No more segments."""
        self._ended = True
        for line in self._running():
            line.end_input()

    def cancel(self) -> None:
        """Stop the run."""
        self._over = True
        self._stop_timer()
        for line in self._running():
            line.cancel()

    def pause(self) -> None:
        """Stop giving audio."""
        if self._paused_at is None:
            self._paused_at = self._ground.clock()
        self._stop_timer()
        for line in self._running():
            line.pause()

    def resume(self) -> None:
        """Give audio again."""
        paused_at, self._paused_at = self._paused_at, None
        for line in self._running():
            line.resume()
        if paused_at is None or not self._said or self._winner is not None or self._over:
            return
        if self._rival is None:
            self._begin_race()
        else:
            self._said_at += self._ground.clock() - paused_at

    def release(self, *, clean: bool) -> None:
        """Give the lease back."""
        self._note_race(overtaken=False)
        self._over = True
        self._stop_timer()
        keeper = self._winner or self._first
        for side in (self._first, self._rival):
            if side is not None and side is not keeper:
                self._let_go(side, clean=True)
        line, keeper.line, keeper.out = keeper.line, None, True
        if line is not None:
            line.release(clean=clean)

    # --- the race

    def side_heard(self, side: Side, event: VendorEvent) -> None:
        """An event of one of the two lines."""
        if self._over or side.out:
            return
        if side is self._winner or isinstance(event, SaidAgain):
            self._listener.heard(self, event)
            return
        failed = isinstance(event, Failed | Lost)
        if failed:
            side.forget()  # none of it was audible
        has_room = side.keep(event)
        if isinstance(event, Audio):
            if side.sounds(event.data):
                self._won(side)
            elif not has_room:
                self._lost(side, failed=False)
        elif failed or isinstance(event, Marker | Finished):
            self._lost(side, failed=failed)

    def _begin_race(self) -> None:
        self._said_at = self._ground.clock()
        patience_s = self._ground.times(self._request.route).patience_s()
        if patience_s is not None and self._paused_at is None:
            self._timer = self._ground.schedule(patience_s, self._start_rival)

    def _start_rival(self) -> None:
        self._timer = None
        if self._over or self._winner is not None or not self._set_chars_aside(self._said_chars):
            return
        rival = self._rival = Side(self, self._request.rivals[0])
        request = replace(self._request, route=rival.route, rivals=(), hedge_share=0.0, returning=False)
        rival.ask(self._ground.lines, request, partial(self._rival_came, rival))

    def _rival_came(self, rival: Side, found: Line | Failed) -> None:
        if isinstance(found, Failed):
            self._let_go(rival, clean=True)
            return
        rival.line = found
        if rival.out or self._over or found.keeps_context is not self.keeps_context:
            self._let_go(rival, clean=True)
            return
        self._set_aside = 0  # it is spent from here
        if self._paused_at is not None:
            found.pause()
        for segment, reading in self._said:
            found.say(segment, reading)
        if self._ended:
            found.end_input()
        self._repeat(self._said_chars)

    def _won(self, side: Side) -> None:
        self._stop_timer()
        # If it was overtaken, how slow it was counts among its times.
        self._ground.times(self._first.route).note(self._ground.clock() - self._said_at)
        loser = self._rival if side is self._first else self._first
        self._winner = side
        self._note_race(overtaken=side is self._rival)
        if loser is not None:
            self._let_go(loser, clean=True)
        self._hand_over(side)

    def _lost(self, side: Side, *, failed: bool) -> None:
        """The side failed, or gave no sound for a whole segment or for too long: it does not win while the other one may."""
        other = self._rival if side is self._first else self._first
        if other is not None and other.line is not None:
            self._let_go(side, clean=False)
            return
        if other is not None:
            self._let_go(other, clean=True)  # it may wait long for its line, or in vain
        self._stop_timer()
        self._winner, self._failed = side, failed
        self._hand_over(side)

    def _hand_over(self, side: Side) -> None:
        if side is self._rival:
            self._listener.heard(self, Overtaken(side.route, self.word_times, self.can_pause))
        for event in side.forget():
            if self._over:
                return
            self._listener.heard(self, event)

    def _set_chars_aside(self, chars: int) -> bool:
        """Whether the budget has room for these, for the rival."""
        if not self._budget.spend(chars):
            return False
        self._set_aside += chars
        return True

    def _let_go(self, side: Side, *, clean: bool) -> None:
        side.let_go(clean=clean)
        if side is self._rival:
            self._budget.give_back(self._set_aside)
            self._set_aside = 0

    def _repeat(self, chars: int) -> None:
        self._twice += chars
        self._listener.heard(self, SaidAgain(chars))

    def _note_race(self, *, overtaken: bool) -> None:
        # Once: when one side has won, else when both are given back. A rival that was given no text was none.
        request, rival, twice = self._request, self._rival, self._twice
        self._twice = 0
        if rival is None or not twice:
            return
        took_s = self._ground.clock() - self._said_at
        ids, routes = (request.stream_id, request.utterance_id), (request.route.name, rival.route.name)
        self._ground.observer.note(Hedged(*ids, *routes, overtaken, twice, took_s))

    @property
    def _speaking(self) -> Line:
        line = (self._winner or self._first).line
        assert line is not None, "the lease was answered"
        return line

    def _running(self) -> list[Line]:
        sides = (self._first, self._rival)  # one that has lost has no line
        return [side.line for side in sides if side is not None and side.line is not None]

    def _stop_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
