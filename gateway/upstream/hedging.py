"""Lines that another route may overtake, within a budget; requests without rivals are passed on unchanged."""

from collections.abc import Callable
from typing import TypeVar

from gateway.upstream.race import Ground, HedgedLine, Schedule
from legato.core.hedging import FirstAudioTimes, HedgeBudget
from legato.domain.speech import Principal, Route
from legato.ports import Clock, LineListener, LineRequest, Lines, Observer, OnReady, Ticket

_MOST_ROUTES = 512


class HedgedLines:
    """Implements `ports.Lines` over others.

    Args:
        lines: where lines come from.
        line_ids: gives numbers that are unique in the process.
        clock: monotonic seconds.
        schedule: schedules a call for later.
        observer: told of every race.
    """

    def __init__(
        self,
        lines: Lines,
        line_ids: Callable[[], int],
        clock: Clock,
        schedule: Schedule,
        observer: Observer,
    ) -> None:
        self._ground = Ground(lines, line_ids, clock, schedule, observer, self._times_of, self._budget_of)
        self._times: dict[tuple[str, str], FirstAudioTimes] = {}
        self._budgets: dict[tuple[str, str, float], HedgeBudget] = {}

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> Ticket:
        """Lease a line for one run."""
        if not request.rivals or not request.hedge_share:
            return self._ground.lines.acquire(request, listener, on_ready)
        return HedgedLine(self._ground, request, listener).ask(on_ready)

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        """Have a line ready soon."""
        self._ground.lines.warm(route, language, principal)

    def _times_of(self, route: Route) -> FirstAudioTimes:
        return _kept(self._times, (route.provider, route.voice), FirstAudioTimes)

    def _budget_of(self, route: Route, share: float) -> HedgeBudget:
        return _kept(self._budgets, (route.provider, route.voice, share), lambda: HedgeBudget(share))


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _kept(table: dict[_Key, _Value], key: _Key, make: Callable[[], _Value]) -> _Value:
    found = table.pop(key, None)
    if found is None:
        if len(table) >= _MOST_ROUTES:
            table.pop(next(iter(table)))
        found = make()
    table[key] = found  # the last: that which was not used for longest goes first
    return found
