"""One connection to a vendor: a wire, the vendor's language on it, and the runs it carries.

Rules:
- A run's events are reported until it ends or is cancelled, and none after that.
- A cancelled run counts until the language says that the vendor owes nothing for it; past `cancel_s` it has spoiled the connection.
- A peer that has answered pings before and leaves one unanswered is gone, whatever the socket says; so is one that does not acknowledge
  a request, where there are no pings. Time during which our own loop was held up, and read nothing, does not count.
- An exception in the language is a bug: it is reported as one, and costs this connection.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from gateway.upstream.wire import GathersFrames, MayBeAskedToLeave, NamesTraces, SeesAcknowledgements, Wire
from legato.domain.events import Failed, Lost, VendorEvent
from legato.domain.facts import BugFound
from legato.domain.text import Reading
from legato.domain.traces import NO_TRACE, Trace
from legato.domain.vendors import Incoming, VendorTraits
from legato.ports import Clock, LineRequest, Observer, Provider

_PONG_S = 1.0  # within which a vendor that is asked for a sign of life must give one
_LOOKS = 4
"""How many times to look for one within that time. A look that comes after twice its delay does not count: the loop was held up."""
_QUIET_S = 0.5
"""A vendor from which nothing has come for this long is asked for a sign of life when it is sent more."""


class RunListener(Protocol):
    """Takes the events of one run."""

    def told(self, event: VendorEvent, now: float) -> None:
        """One event of the run."""

    def settled(self, *, clean: bool) -> None:
        """The vendor owes nothing more for the cancelled run; or, if not clean, has not confirmed the cancel in time."""


@runtime_checkable
class Rationed(Protocol):
    """A vendor's language in which a connection may send only so much in a window of time."""

    def is_spent(self, now: float) -> bool:
        """Whether too little of that is left for another run."""


class ConnectionOwner(Protocol):
    """Whoever has dialled a connection."""

    def connection_ended(self, connection: "Connection", event: Failed | Lost | None) -> None:
        """The connection is over; its runs are told after this. `event` is `None` if it was closed from our side."""


class Connection:
    """Implements `wire.WireListener`.

    Args:
        number: its line's number in the pool.
        language: the vendor's language, for this connection.
        traits: what the vendor can do.
        owner: told of its end.
        clock: monotonic seconds.
        observer: told of bugs.
        trace: returns the span of a run, from its stream and utterance.
    """

    def __init__(
        self,
        number: int,
        language: Provider,
        traits: VendorTraits,
        owner: ConnectionOwner,
        clock: Clock,
        observer: Observer,
        trace: Callable[[str, str], Trace] = lambda *_: NO_TRACE,
    ) -> None:
        self.number = number
        self.language = language
        self._traits = traits
        self._rationed = language if isinstance(language, Rationed) else None  # checked once: it is slow
        self._owner = owner
        self._clock = clock
        self._observer = observer
        self._trace = trace
        self._traced: NamesTraces | None = None
        self._wire: Wire | None = None
        self._gatherer: GathersFrames | None = None
        self._acknowledging: SeesAcknowledgements | None = None
        self._leaving: MayBeAskedToLeave | None = None
        self._listeners: dict[int, RunListener] = {}
        self._begun: set[int] = set()  # the vendor was told of them; neither ended nor cancelled
        self._owing: list[tuple[RunListener, asyncio.TimerHandle]] = []
        """Cancelled runs that the vendor has not confirmed yet, each with the timer that gives up on that."""
        self._last_run = 0
        self._heard_at = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._asked_at = 0.0
        self._answers_pings = False
        self._paused = False
        self.is_over = False
        self.ending: Failed | Lost | None = None
        """Why it is over; `None` if it was closed from our side."""
        self.went_silently = False
        """Whether it was found to be gone without any notice."""

    # --- its life -------------------------------------------------------------------------------------------------------

    def opened(self, wire: Wire) -> None:
        """The wire is connected."""
        self._wire = wire
        if self._traits.raw_audio and isinstance(wire, GathersFrames):
            self._gatherer = wire
        if isinstance(wire, SeesAcknowledgements):
            self._acknowledging = wire
        if isinstance(wire, MayBeAskedToLeave):
            self._leaving = wire
        if self._traits.takes_traceparent and isinstance(wire, NamesTraces):
            self._traced = wire
        now = self._heard_at = self._clock()
        wire.send(self.language.greet(now))

    def keep_alive(self, now: float) -> bool:
        """Check that the vendor is there. Returns whether it was sent something that counts as a sign of life."""
        assert self._wire is not None, "only what is connected is kept alive"
        frames = self.language.keep_alive(now)
        self._wire.send(frames)
        self._ask_for_life(now, sends=bool(frames))
        return bool(frames)

    def close(self) -> None:
        """Close it without telling anybody."""
        self.is_over = True
        self._listeners.clear()
        self._begun.clear()
        for _, timer in self._owing:
            timer.cancel()
        self._owing.clear()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self._wire is not None:
            self._wire.close()

    @property
    def owes_nothing(self) -> bool:
        """Whether the vendor counts only runs that are still being reported."""
        return not self.is_over and self.language.open_runs <= len(self._begun)

    def is_silent(self, since: float) -> bool:
        """Whether no run is on it and nothing has come from the vendor since then."""
        return not (self.is_over or self._listeners or self._owing) and self._heard_at < since

    @property
    def refusal(self) -> str:
        """What the vendor said if it accepted the connection, and then refused it before any run; else empty. It quotes no text."""
        return self.ending.message if isinstance(self.ending, Failed) and not self._last_run else ""

    @property
    def is_mute(self) -> bool:
        """Whether it was pinged, or sent something, and has not shown any sign of life yet."""
        return self._watch is not None and not self._lives()

    @property
    def is_spent(self) -> bool:
        """Whether the vendor wants no other run on this connection, or another would exceed what it allows on one."""
        if self._leaving is not None and self._leaving.is_leaving:
            return True
        return self._rationed is not None and self._rationed.is_spent(self._clock())

    # --- runs -----------------------------------------------------------------------------------------------------------

    def attach(self, listener: RunListener) -> int:
        """Reserve a run, of which the vendor is not told yet. Returns its number."""
        self._last_run += 1
        self._listeners[self._last_run] = listener
        return self._last_run

    def begin(self, run: int, request: LineRequest, now: float) -> None:
        """Open the run at the vendor."""
        assert self._wire is not None, "only what is connected is leased"
        if run in self._begun or self.is_over:
            return
        self.gather(run, 0)
        self._begun.add(run)
        if now - self._heard_at > _QUIET_S:
            self._ask_for_life(now, sends=True)
        if self._traced is not None:
            self._traced.belong(self._trace(request.stream_id, request.utterance_id))
        if frames := self.language.begin(run, request, now):
            self._wire.send(frames)

    def say(self, run: int, segment: int, reading: Reading, now: float) -> None:
        """Speak one more segment of the run."""
        assert self._wire is not None, "only what is connected is leased"
        # No ping here: a vendor that is at work on the text before may be too busy to answer it. Its kernel is not.
        if self._acknowledging is not None and now - self._heard_at > _QUIET_S:
            self._ask_for_life(now, sends=True)
        self._wire.send(self.language.say(run, segment, reading, now))

    def end_input(self, run: int, now: float) -> None:
        """No more segments of the run."""
        assert self._wire is not None, "only what is connected is leased"
        if frames := self.language.end_input(run, now):
            self._wire.send(frames)
        else:
            # The vendor is not asked for an end. If it owes nothing more, the language reports the end now, but not in this call.
            asyncio.get_running_loop().call_soon(self._nothing_came)

    def gather(self, run: int, size: int) -> None:
        """Allow this many bytes of the run's audio to be gathered, if no other run's can be among them; 0 for none."""
        if self._gatherer is not None and not self.is_over:
            alone = len(self._begun) == 1 and run in self._begun
            self._gatherer.gather(size if alone else 0)

    def forget(self, run: int) -> None:
        """The run has ended."""
        self._listeners.pop(run, None)
        self._begun.discard(run)

    def cancel(self, run: int, now: float) -> bool:
        """Stop the run: none of its events is reported any more. Returns whether the vendor still owes its end; if so, `settled` follows."""
        listener = self._listeners.pop(run, None)
        if listener is None or run not in self._begun or self._wire is None or self.is_over:
            return False
        self.gather(run, 0)
        if run not in self._begun:  # what was gathered included the connection's end
            return False
        self._begun.remove(run)
        self._wire.send(self.language.cancel(run, now))
        if not self._traits.cancels:
            if not self._wire.stop():
                self.close()
                self._owner.connection_ended(self, None)
            return False
        if self.language.open_runs <= len(self._begun) + len(self._owing):
            return False
        timer = asyncio.get_running_loop().call_later(
            self._traits.limits.cancel_s, self._unconfirmed, listener
        )
        self._owing.append((listener, timer))
        return True

    def pause(self) -> None:
        """Stop reading."""
        self._paused = True
        if self._wire is not None:
            self._wire.pause()

    def resume(self) -> None:
        """Read again."""
        if self._paused and self._wire is not None:
            self._wire.resume()
        self._paused = False

    def give_up(self) -> None:
        """Give the connection up: nothing comes any more, and a ping was not answered, or what was sent not acknowledged."""
        self.went_silently = True
        what = "answer a ping" if self._acknowledging is None else "acknowledge a request"
        self.end(Lost(f"the vendor did not {what}"))

    # --- from the wire --------------------------------------------------------------------------------------------------

    def came(self, frame: Incoming) -> None:
        """A frame from the vendor."""
        now = self._heard_at = self._clock()
        try:
            events = self.language.hear(frame, now)
        except Exception as error:  # noqa: BLE001 - a seam: what the vendor sent must not take down more than its connection
            self._observer.note(BugFound.of(type(self.language).__name__, error))
            self.end(Lost("a fault in the gateway while reading what the vendor sent"))
            return
        for run, event in events:
            if run:
                listener = self._listeners.get(run)
                if listener is not None:
                    listener.told(event, now)
            elif isinstance(event, Failed | Lost):
                self.end(event)
                return
        if self._owing:
            self._settle()

    def alive(self) -> None:
        """The vendor has answered a ping."""
        self._heard_at = self._clock()
        self._answers_pings = True

    def ended(self, code: int, words: str) -> None:
        """The connection is over."""
        self.end(self.language.broke(code, words))

    def end(self, event: Failed | Lost) -> None:
        """The connection is over, or is to be ended: its runs are told, once."""
        if self.is_over:
            return
        now = self._clock()
        self.ending = event
        listeners = tuple(self._listeners.values())
        self.close()
        self._owner.connection_ended(self, event)
        for listener in listeners:
            listener.told(event, now)

    # --------------------------------------------------------------------------------------------------------------------

    def _nothing_came(self) -> None:
        if not self.is_over:
            heard_at = self._heard_at
            self.came(b"")
            self._heard_at = heard_at  # nothing came: this is no sign of life

    def _settle(self) -> None:
        owed = self.language.open_runs - len(self._begun)
        while len(self._owing) > max(owed, 0):
            listener, timer = self._owing.pop(0)
            timer.cancel()
            listener.settled(clean=True)

    def _unconfirmed(self, listener: RunListener) -> None:
        self._owing = [(other, timer) for other, timer in self._owing if other is not listener]
        listener.settled(clean=False)

    def _ask_for_life(self, now: float, *, sends: bool) -> None:
        assert self._wire is not None, "only what is connected is asked"
        pinged = self._wire.ping() and self._answers_pings
        if (pinged or (sends and self._acknowledging is not None)) and self._watch is None:
            self._asked_at = now
            self._look_later(now, _LOOKS)

    def _lives(self) -> bool:
        """Whether it has shown a sign of life since it was asked for one."""
        return self._heard_at >= self._asked_at or (
            self._acknowledging is not None and self._acknowledging.is_acknowledged()
        )

    def _look_later(self, now: float, looks: int) -> None:
        self._watch = asyncio.get_running_loop().call_later(_PONG_S / _LOOKS, self._check_life, now, looks)

    def _check_life(self, since: float, looks: int) -> None:
        self._watch = None
        if self._paused or self._lives():
            return
        now = self._clock()
        if now - since < 2 * _PONG_S / _LOOKS:
            looks -= 1
        if looks:
            self._look_later(now, looks)
        else:
            self.give_up()
