"""One route at one place: whether it is worth asking, and how it has done."""

import enum
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Protocol

from gateway.upstream.view import FailureView, RouteView
from legato.core.breaker import Breaker, BreakerSettings, BreakerState
from legato.core.patience import Patience
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost
from legato.domain.facts import BreakerMoved, RunTimedOut, RunWait
from legato.ports import Observer

RETURN_S = 30.0
"""A stream that has left a route returns once the route has been admitting for this long (rule 13 of the stream).

A shut route counts from the end of its wait: where no new streams come, nobody else would be its probe.
"""
_SAMPLES = 256
_WEIGHT = 0.05
_DRAINED_S = 5.0


class Control(enum.StrEnum):
    """What an operator has set."""

    NONE = ""
    DRAINED = "drained"
    """Nothing new goes there; runs under way are finished there."""
    PINNED = "pinned"
    """It is used whatever its breaker says."""
    EJECTED = "ejected"
    """Nothing new goes there; runs under way are cut, and their utterances go on elsewhere."""


_SETTINGS = BreakerSettings()
_NONE, _ADMITTING = Control.NONE, BreakerState.ADMITTING  # looking up enum members is slow


class Running(Protocol):
    """A run that is under way."""

    def cut(self, words: str) -> None:
        """The run is over here; its utterance goes on elsewhere."""


class RouteDesk:
    """The route's breaker and its figures.

    Args:
        route: "provider/voice".
        now: monotonic seconds.
        chance: uniform in [0, 1).
        observer: told what the breaker does, and what was awaited in vain.
        settings: when the breaker shuts.
    """

    def __init__(
        self,
        route: str,
        now: float,
        chance: Callable[[], float],
        observer: Observer,
        settings: BreakerSettings = _SETTINGS,
    ) -> None:
        self.route = route
        self.control = Control.NONE
        self._breaker = Breaker(now, chance, settings)
        self._observer = observer
        self.patience = Patience()
        self._ttfb_s: deque[float] = deque(maxlen=_SAMPLES)
        """First bytes of runs that sounded, for operators. `patience` also counts waits in vain, and a race waits for audible sound."""
        self._errors: Counter[str] = Counter()
        self._last_failure: tuple[float, Reason, str] | None = None
        self._quality = 1.0
        self._leases = 0
        self._running: set[Running] = set()
        self._reused = 0

    def refusal(self, now: float, *, returning: bool, last_resort: bool = False) -> Failed | None:
        """Why a request may not go there now; `None` if it may.

        Args:
            now: monotonic seconds.
            returning: the stream that asks has left the route after a failure.
            last_resort: it has no other route: better one that has failed than none.
        """
        if self.control is not _NONE:
            if self.control is Control.PINNED:
                return None
            return _no(f"the route {self.route} was {self.control.value} by its operator", _DRAINED_S)
        if not last_resort and not self._breaker.admits(now):
            return _no(
                f"the route {self.route} has failed too often to be used now",
                self._breaker.retry_after_s(now),
            )
        if returning:
            since = self._breaker.admitting_since(now)
            if since is None or now - since < RETURN_S:
                return _no(f"the route {self.route} has not been healthy for long enough", RETURN_S)
        return None

    def admitted(self, now: float) -> bool:
        """A request goes there. Returns whether it is the probe of a shut breaker."""
        # An admitting breaker needs no probe; one that does not admit was overruled, by an operator or as a last resort.
        if self._breaker.state is _ADMITTING or not self._breaker.admits(now):
            return False
        self._note(self._breaker.admitted(now))
        return self._breaker.state is BreakerState.PROBING

    def leased(self, line: Running, *, reused: bool) -> None:
        """A run was given a line."""
        self._running.add(line)
        self._leases += 1
        self._reused += reused

    def released(self, line: Running) -> None:
        """A run's line was given back."""
        self._running.discard(line)

    @property
    def running(self) -> int:
        """Runs that have a line."""
        return len(self._running)

    def cut(self) -> None:
        """Cut every run there now."""
        for line in tuple(self._running):
            line.cut(f"the route {self.route} was ejected by its operator")

    def sounded(self, waited_s: float, now: float) -> None:
        """First audio has come."""
        self._ttfb_s.append(waited_s)
        self.patience.waited(waited_s)
        if self._breaker.state is BreakerState.PROBING:
            self._note(self._breaker.succeeded(now))

    def succeeded(self, now: float) -> None:
        """A run has ended well."""
        self._quality += (1.0 - self._quality) * _WEIGHT
        self._note(self._breaker.succeeded(now))

    def failed(self, failed: Failed | Lost, awaited: RunWait, now: float, *, probe: bool) -> None:
        """A run has failed, or a line for it could not be had.

        Args:
            failed: why; its message is shown to operators.
            awaited: what was awaited in vain; empty for nothing.
            now: monotonic seconds.
            probe: it was the probe of a shut breaker.
        """
        reason = failed.reason if isinstance(failed, Failed) else Reason.VENDOR_LOST
        self._last_failure = now, reason, failed.message
        self._errors[reason.value] += 1
        self._quality -= self._quality * _WEIGHT
        if awaited:
            self._observer.note(RunTimedOut(self.route, awaited))
        if probe or self._breaker.state is not BreakerState.PROBING:
            self._note(self._breaker.failed(reason, now), failed.message)

    def called_off(self, *, probe: bool) -> None:
        """A request was never sent, or was cancelled before it showed whether the route works."""
        if probe:
            self._breaker.called_off()

    def view(self, now: float) -> RouteView:
        """The route as it is now."""
        times = sorted(self._ttfb_s)
        return RouteView(
            route=self.route,
            control=self.control.value,
            breaker=self._breaker.state.value,
            retry_after_s=self._breaker.retry_after_s(now),
            quality=round(self._quality, 4),
            leases=self._leases,
            reused_share=self._reused / self._leases if self._leases else None,
            ttfb_p50_s=_share(times, 0.5),
            ttfb_p95_s=_share(times, 0.95),
            errors=dict(self._errors),
            last_failure=self._failure(now),
        )

    def _failure(self, now: float) -> FailureView | None:
        if self._last_failure is None:
            return None
        at, reason, message = self._last_failure
        return FailureView(reason.value, message, round(now - at, 1))

    def _note(self, moves: Sequence[BreakerState], why: str = "") -> None:
        for state in moves:
            self._observer.note(BreakerMoved(self.route, state.value, why))


def _no(said: str, retry_after_s: float) -> Failed:
    return Failed(Reason.VENDOR_UNREACHABLE, said, retry_after_s)


def _share(times: Sequence[float], share: float) -> float | None:
    return times[min(int(share * len(times)), len(times) - 1)] if times else None
