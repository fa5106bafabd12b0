"""One connection to a vendor: a wire, the vendor's language on it, and the runs it carries.

Rules:
- A run is heard of until it ends or is cancelled, and not again.
- A cancelled run counts until the language says that the vendor owes nothing for it; past `cancel_s` it has spoiled the connection.
- A peer that has answered pings before and leaves one unanswered is gone, whatever the socket says. Time in which our own loop was held
  up, and read nothing, does not count.
- An exception in the language is a bug: it is told as one, and costs this connection.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from gateway.upstream.wire import GathersFrames, NamesTraces, Wire
from legato.domain.events import Failed, Lost, VendorEvent
from legato.domain.facts import BugFound
from legato.domain.text import Reading
from legato.domain.vendors import Incoming, VendorTraits
from legato.ports import Clock, LineRequest, Observer, Provider

_PONG_S = 1.0
_LOOKS = 4
"""So often one looks for a pong within that time, each time at most as late again as it should have been."""
_QUIET_S = 0.5


class Ear(Protocol):
    """A run's owner."""

    def told(self, event: VendorEvent, now: float) -> None:
        """One event of the run."""

    def settled(self, *, clean: bool) -> None:
        """The cancelled run owes nothing any more; or, not clean, the vendor has never confirmed it."""


@runtime_checkable
class Rationed(Protocol):
    """A vendor's language whose connection may say only so much in a window of time."""

    def is_spent(self, now: float) -> bool:
        """Too little of that is left for another run."""


class Home(Protocol):
    """Whoever keeps the connection."""

    def connection_ended(self, connection: "Connection", event: Failed | Lost | None) -> None:
        """It is over, before its runs are told; `None` where we have closed it ourselves."""


class Connection:
    """Implements `wire.WireListener`.

    Args:
        number: its line's number in the pool.
        language: the vendor's, for this connection.
        traits: of the vendor.
        home: is told of its end.
        clock: monotonic seconds.
        observer: told of bugs.
        traceparent: of the span that a run belongs to, by stream and utterance; empty for none.
    """

    def __init__(
        self,
        number: int,
        language: Provider,
        traits: VendorTraits,
        home: Home,
        clock: Clock,
        observer: Observer,
        traceparent: Callable[[str, str], str] = lambda *_: "",
    ) -> None:
        self.number = number
        self.language = language
        self._traits = traits
        self._rationed = language if isinstance(language, Rationed) else None  # asked once: it is dear
        self._home = home
        self._clock = clock
        self._observer = observer
        self._traceparent = traceparent
        self._traced: NamesTraces | None = None
        self._wire: Wire | None = None
        self._gatherer: GathersFrames | None = None
        self._ears: dict[int, Ear] = {}
        self._begun: set[int] = set()
        self._owing: list[tuple[Ear, asyncio.TimerHandle]] = []
        self._last_run = 0
        self._heard_at = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._asked_at = 0.0
        self._answers_pings = False
        self._paused = False
        self.is_over = False
        self.went_silently = False
        """It was found to be gone; nothing had told so."""

    # --- its life -------------------------------------------------------------------------------------------------------

    def opened(self, wire: Wire) -> None:
        """The wire is connected."""
        self._wire = wire
        if self._traits.raw_audio and isinstance(wire, GathersFrames):
            self._gatherer = wire
        if self._traits.takes_traceparent and isinstance(wire, NamesTraces):
            self._traced = wire
        now = self._heard_at = self._clock()
        wire.send(self.language.greet(now))

    def keep_alive(self, now: float) -> bool:
        """See whether the vendor is there. Returns whether it was sent something that it counts as a sign of life."""
        assert self._wire is not None, "only what is connected is kept alive"
        frames = self.language.keep_alive(now)
        self._wire.send(frames)
        self._ask_for_life(now)
        return bool(frames)

    def close(self) -> None:
        """Close it; nothing is told to anybody."""
        self.is_over = True
        self._ears.clear()
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
        """The vendor counts no run but those that are heard."""
        return not self.is_over and self.language.open_runs <= len(self._begun)

    def is_silent(self, since: float) -> bool:
        """No run is on it, and nothing was heard of it since then."""
        return not (self.is_over or self._ears or self._owing) and self._heard_at < since

    @property
    def is_mute(self) -> bool:
        """It was asked for a sign of life, and has not given any yet."""
        return self._watch is not None and self._heard_at < self._asked_at

    @property
    def is_spent(self) -> bool:
        """Another run would overstep what the vendor allows on one connection."""
        return self._rationed is not None and self._rationed.is_spent(self._clock())

    # --- runs -----------------------------------------------------------------------------------------------------------

    def attach(self, ear: Ear) -> int:
        """Reserve a run, of which the vendor hears nothing yet. Returns its number."""
        self._last_run += 1
        self._ears[self._last_run] = ear
        return self._last_run

    def begin(self, run: int, request: LineRequest, now: float) -> None:
        """Open the run at the vendor."""
        assert self._wire is not None, "only what is connected is leased"
        if run in self._begun or self.is_over:
            return
        self.gather(run, 0)
        self._begun.add(run)
        if now - self._heard_at > _QUIET_S:
            self._ask_for_life(now)
        if self._traced is not None:
            self._traced.belong(self._traceparent(request.stream_id, request.utterance_id))
        if frames := self.language.begin(run, request, now):
            self._wire.send(frames)

    def say(self, run: int, segment: int, reading: Reading, now: float) -> None:
        """Speak one more segment of the run."""
        assert self._wire is not None, "only what is connected is leased"
        self._wire.send(self.language.say(run, segment, reading, now))

    def end_input(self, run: int, now: float) -> None:
        """No more segments of the run."""
        assert self._wire is not None, "only what is connected is leased"
        if frames := self.language.end_input(run, now):
            self._wire.send(frames)
        else:
            # The vendor is not asked for an end: where it owes nothing more, the language tells the end now, though not in here.
            asyncio.get_running_loop().call_soon(self._nothing_came)

    def gather(self, run: int, size: int) -> None:
        """So many bytes of the run's audio may come in one, where no other run's could be among them; 0 for none."""
        if self._gatherer is not None and not self.is_over:
            alone = len(self._begun) == 1 and run in self._begun
            self._gatherer.gather(size if alone else 0)

    def forget(self, run: int) -> None:
        """The run has ended."""
        self._ears.pop(run, None)
        self._begun.discard(run)

    def cancel(self, run: int, now: float) -> bool:
        """Stop the run: its owner hears no event of it. Returns whether the vendor still owes its end: then `Ear.settled` follows."""
        ear = self._ears.pop(run, None)
        if ear is None or run not in self._begun or self._wire is None or self.is_over:
            return False
        self.gather(run, 0)
        if run not in self._begun:  # what came was the connection's end
            return False
        self._begun.remove(run)
        self._wire.send(self.language.cancel(run, now))
        if not self._traits.cancels:
            if not self._wire.stop():
                self.close()
                self._home.connection_ended(self, None)
            return False
        if self.language.open_runs <= len(self._begun) + len(self._owing):
            return False
        timer = asyncio.get_running_loop().call_later(self._traits.limits.cancel_s, self._unconfirmed, ear)
        self._owing.append((ear, timer))
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
        """Nothing comes any more, and a ping was not answered."""
        self.went_silently = True
        self.end(Lost("the vendor left a ping unanswered"))

    # --- from the wire --------------------------------------------------------------------------------------------------

    def came(self, frame: Incoming) -> None:
        """A frame of the vendor."""
        now = self._heard_at = self._clock()
        try:
            events = self.language.hear(frame, now)
        except Exception as error:  # noqa: BLE001 - a seam: what the vendor sent must not take more down than its connection
            self._observer.note(BugFound(type(self.language).__name__, type(error).__name__))
            self.end(Lost("a fault in the reading of what the vendor sent"))
            return
        for run, event in events:
            if run:
                ear = self._ears.get(run)
                if ear is not None:
                    ear.told(event, now)
            elif isinstance(event, Failed | Lost):
                self.end(event)
                return
        if self._owing:
            self._settle()

    def alive(self) -> None:
        """The other end is there."""
        self._heard_at = self._clock()
        self._answers_pings = True

    def ended(self, code: int, words: str) -> None:
        """The connection is over."""
        self.end(self.language.broke(code, words))

    def end(self, event: Failed | Lost) -> None:
        """The connection is over, or is to be: its runs are told, once."""
        if self.is_over:
            return
        now = self._clock()
        ears = tuple(self._ears.values())
        self.close()
        self._home.connection_ended(self, event)
        for ear in ears:
            ear.told(event, now)

    # --------------------------------------------------------------------------------------------------------------------

    def _nothing_came(self) -> None:
        if not self.is_over:
            heard_at = self._heard_at
            self.came(b"")
            self._heard_at = heard_at  # nothing came: that is no sign of life

    def _settle(self) -> None:
        owed = self.language.open_runs - len(self._begun)
        while len(self._owing) > max(owed, 0):
            ear, timer = self._owing.pop(0)
            timer.cancel()
            ear.settled(clean=True)

    def _unconfirmed(self, ear: Ear) -> None:
        self._owing = [(other, timer) for other, timer in self._owing if other is not ear]
        ear.settled(clean=False)

    def _ask_for_life(self, now: float) -> None:
        assert self._wire is not None, "only what is connected is asked"
        if self._wire.ping() and self._answers_pings and self._watch is None:
            self._asked_at = now
            self._look_later(now, _LOOKS)

    def _look_later(self, now: float, looks: int) -> None:
        self._watch = asyncio.get_running_loop().call_later(_PONG_S / _LOOKS, self._check_life, now, looks)

    def _check_life(self, since: float, looks: int) -> None:
        self._watch = None
        if self._heard_at >= self._asked_at or self._paused:
            return
        now = self._clock()
        if now - since < 2 * _PONG_S / _LOOKS:
            looks -= 1
        if looks:
            self._look_later(now, looks)
        else:
            self.give_up()
