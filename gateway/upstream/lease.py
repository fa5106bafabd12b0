"""One request for a line, from asking to giving back: the ticket, and what the line needs of its pool and route.

Some vendors close the connection with a run's last frame, or right behind it: they have refused the run, restart, or serve one run on each
connection. So where others wait for a line, this one is given back only after everything that came with that frame has been read. Otherwise
the next one would be handed a line that is already over.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from gateway.upstream.connection import Connection
from gateway.upstream.keeper import MovableLine
from gateway.upstream.line import LeasedLine
from gateway.upstream.place_pool import PlacePool
from gateway.upstream.route_desk import RouteDesk
from legato.core.pool_refusals import was_held_back
from legato.domain.errors import Reason
from legato.domain.events import Failed, Finished, Lost
from legato.domain.facts import RunWait
from legato.domain.vendors import VendorTraits
from legato.ports import Clock, LineListener, LineRequest, OnReady

_GATEWAYS_OWN = frozenset({Reason.OVERLOADED, Reason.SHUTTING_DOWN})
"""Refusals for which the route is not to blame."""

_TURNS = 5
"""How many turns of the loop that takes: in one the remaining frames are read, in the next the end behind them, and some loops report that end
one turn later. With TLS, asyncio's own loop takes two more: it closes what is below first."""


class Terms(Protocol):
    """What a provider's leases have in common."""

    @property
    def traits(self) -> VendorTraits:
        """What the vendor can do."""

    @property
    def clock(self) -> Clock:
        """Monotonic seconds."""

    def next_line_id(self) -> int:
        """A number that no other line of the process has."""


class Lease:
    """Implements `ports.Ticket`, `keeper.Keeper` and `place_pool.Asker`.

    Args:
        terms: what the provider's leases have in common.
        pool: the place's pool.
        desk: the route's desk.
        request: what the line is wanted for.
        listener: takes the run's events.
        on_ready: takes the answer, once.
        probe: this request is the probe of a shut breaker.
    """

    __slots__ = (
        "_desk",
        "_on_ready",
        "_pool",
        "_probe",
        "_request",
        "_terms",
        "_ticket",
        "clock",
        "listener",
        "traits",
    )

    def __init__(
        self,
        terms: Terms,
        pool: PlacePool,
        desk: RouteDesk,
        request: LineRequest,
        listener: LineListener,
        on_ready: OnReady,
        probe: bool,  # noqa: FBT001 - passed by name
    ) -> None:
        self._terms = terms
        self._pool = pool
        self._desk = desk
        self._request = request
        self.listener = listener
        self._on_ready: OnReady | None = on_ready
        self._probe = probe
        self._ticket = 0
        self.clock: Clock = terms.clock
        self.traits: VendorTraits = terms.traits

    # --- asking ---------------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Join the queue; the answer may come before this returns."""
        request = self._request
        ticket = self._pool.ask(self, request.principal, request.deadline, elsewhere=request.elsewhere)
        self._ticket = ticket if self._on_ready is not None else 0

    def withdraw(self) -> None:
        """No longer wanted."""
        if self._on_ready is not None:
            self._on_ready = None
            self.called_off()
            if self._ticket:
                self._pool.withdraw(self._ticket)

    def granted(self, connection: Connection, ticket: int, *, reused: bool) -> None:
        """Take the connection that was asked for."""
        on_ready, self._on_ready = self._on_ready, None
        if on_ready is None:
            self._pool.give_back(connection, ticket, clean=True)
            return
        line = LeasedLine(
            self._terms.next_line_id(), connection, ticket, reused, self, self._request, self.listener
        )
        self._desk.leased(line, reused=reused)
        on_ready(line)

    def refused(self, failed: Failed) -> None:
        """There is no connection."""
        on_ready, self._on_ready = self._on_ready, None
        if on_ready is None:
            return
        if failed.reason in _GATEWAYS_OWN or was_held_back(failed):
            self.called_off()
        else:
            self.over(failed, "")
        on_ready(failed)

    # --- the line's keeper ----------------------------------------------------------------------------------------------

    @property
    def sample_rate_hz(self) -> int:
        """Sample rate of the place's audio."""
        return self._pool.place.sample_rate_hz

    @property
    def first_audio_s(self) -> float:
        """How long to wait for first audio on this route; 0 for no limit."""
        return self._desk.patience.limit_s(self.traits.limits)

    @property
    def sends_markers(self) -> bool:
        """Whether the vendor is known to send markers."""
        return self._pool.sends_markers

    def marked(self) -> None:
        """The vendor has sent a marker."""
        self._pool.sends_markers = True

    def sounded(self, waited_s: float) -> None:
        """First audio has come, this long after the first text was sent."""
        self._desk.sounded(waited_s, self.clock())

    def over(self, ending: Finished | Failed | Lost, awaited: RunWait) -> None:
        """The run has ended."""
        if isinstance(ending, Finished):
            self._desk.succeeded(self.clock())
        else:
            if awaited == "first_audio":
                self._desk.patience.waited(self.first_audio_s)
            self._desk.failed(ending, awaited, self.clock(), probe=self._probe)

    def called_off(self) -> None:
        """The run was stopped before it showed whether the route works."""
        self._desk.called_off(probe=self._probe)

    def too_many(self, failed: Failed) -> None:
        """The vendor has refused the run for being one too many."""
        self._pool.refused(failed)

    def released(self, line: MovableLine) -> None:
        """The session has released the line."""
        self._desk.released(line)

    def give_back(self, connection: Connection, ticket: int, *, clean: bool) -> None:
        """The lease has ended."""
        if clean and self._pool.waiting:
            self._pool.clean_up(connection, ticket)  # nobody gets it yet
            self.cleaned_up(connection, clean=True)
        else:
            self._pool.give_back(connection, ticket, clean=clean)

    def clean_up(self, connection: Connection, ticket: int) -> None:
        """The lease has ended; the vendor has yet to confirm its cancel."""
        self._pool.clean_up(connection, ticket)

    def cleaned_up(self, connection: Connection, *, clean: bool) -> None:
        """The vendor has confirmed the cancel; or, if not clean, never will."""
        if clean and self._pool.waiting:
            _once_read(lambda: self._pool.cleaned_up(connection, clean=True))
        else:
            self._pool.cleaned_up(connection, clean=clean)

    def replacement(self, line: MovableLine) -> "_Replacement":
        """Another connection for a line whose own is gone, yet to be asked for."""
        dial_s = self.traits.limits.dial_s
        deadline = self.clock() + min(dial_s, self.first_audio_s or dial_s)
        return _Replacement(line, self._pool, self._request, deadline)


def _once_read(act: Callable[[], None], turns: int = _TURNS) -> None:
    """Act once everything that came with the frame that is being handled now has been read and handled too."""
    loop = asyncio.get_running_loop()
    if turns:
        loop.call_soon(_once_read, act, turns - 1)
    else:
        act()


class _Replacement:
    """Implements `keeper.Replacement` and `place_pool.Asker`."""

    __slots__ = ("_deadline", "_line", "_pool", "_request", "_ticket")

    def __init__(self, line: MovableLine, pool: PlacePool, request: LineRequest, deadline: float) -> None:
        self._line: MovableLine | None = line
        self._pool = pool
        self._request = request
        self._deadline = deadline
        self._ticket = 0

    def ask(self, *, in_doubt: bool) -> None:
        if in_doubt:
            self._pool.doubt()
        request = self._request
        self._ticket = self._pool.ask(self, request.principal, self._deadline, elsewhere=request.elsewhere)
        if self._line is None:  # answered, or withdrawn before there was a ticket
            self.withdraw()

    def withdraw(self) -> None:
        self._line = None
        self._pool.withdraw(self._ticket)

    def granted(self, connection: Connection, ticket: int, *, reused: bool) -> None:
        line, self._line = self._line, None
        if line is None:
            self._pool.give_back(connection, ticket, clean=True)
        else:
            line.moved(connection, ticket, reused=reused)

    def refused(self, failed: Failed) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.stranded(failed)
