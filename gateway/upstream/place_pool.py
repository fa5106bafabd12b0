"""The lines of one place: carries out what the pool's policy decides. Owns every connection, dial and timer of the place."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from gateway.upstream.connection import Connection
from gateway.upstream.dialler import dial
from gateway.upstream.surroundings import Surroundings
from gateway.upstream.view import PlaceView, label
from gateway.upstream.wire import DialError, DialTarget
from legato.core.concurrency import Concurrency
from legato.core.fair_queue import Rank
from legato.core.pool import Pool
from legato.core.pool_lines import LineState
from legato.core.pool_refusals import UNANSWERED
from legato.core.pool_terms import (
    Dial,
    Drop,
    Grant,
    KeepAlive,
    PoolEffect,
    PoolSettings,
    PoolView,
    Refuse,
)
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost
from legato.domain.facts import BugFound, LineDialled, LineLost
from legato.domain.speech import Principal
from legato.domain.vendors import Place
from legato.ports import VendorDialect

_JUST_NOW_S = 1.0
_DROPPED = Failed(Reason.VENDOR_LOST, "the vendor accepted the connection and dropped it at once")
_LEAVING = Failed(Reason.SHUTTING_DOWN, "the gateway is shutting down")


class Asker(Protocol):
    """One who asks for a connection."""

    def granted(self, connection: Connection, ticket: int, *, reused: bool) -> None:
        """Take the connection that was asked for."""

    def refused(self, failed: Failed) -> None:
        """There is no connection."""


class PlacePool:
    """The pool of one place. Implements `connection.ConnectionOwner`.

    Args:
        provider: the configured name, for facts.
        place: where its connections go.
        dialect: the vendor's language.
        secret: fetches the key, anew for every dial; raises `ValueError` if there is none.
        settings: the pool's bounds.
        concurrency: the seats that all places of the credential share.
        world: clock, telemetry, tasks.
    """

    def __init__(
        self,
        provider: str,
        place: Place,
        dialect: VendorDialect,
        secret: Callable[[], str],
        settings: PoolSettings,
        concurrency: Concurrency,
        world: Surroundings,
    ) -> None:
        self.place = place
        self.sends_markers = dialect.traits.marks
        self.tried = asyncio.Event()
        """Set once a dial has succeeded, failed or been given up."""
        self.trouble = ""
        """As in `PlaceView`."""
        self._provider = provider
        self._dialect = dialect
        self._secret = secret
        self._dial_s = settings.dial_s
        self._world = world
        self._now = world.clock
        self._concurrency = concurrency
        self._policy = Pool(settings, world.chance, concurrency)
        self._connections: dict[int, Connection] = {}
        self._dials: dict[int, asyncio.Task[None]] = {}
        self._askers: dict[int, Asker] = {}
        self._tickets = 0
        self._timer: asyncio.TimerHandle | None = None
        self._wake_at = 0.0
        self._closed = False
        self.freed: Callable[[], None] = _nothing
        """Called after a seat has become free, for which another place may be waiting."""
        self.held_back: Callable[[], None] = _nothing
        """Called after the vendor has asked for a pause, which holds for the other places too."""
        self.moved: Callable[[PlacePool, Failed | None], None] = _ignore
        """Called after a line was connected or lost (`None`), or could not be."""

    # --- leasing --------------------------------------------------------------------------------------------------------

    def ask(self, asker: Asker, principal: Principal, deadline: float, *, elsewhere: bool = False) -> int:
        """Ask for a connection; the answer may come before this returns. Returns the ticket; `elsewhere` as in `LineRequest`."""
        self._tickets += 1
        ticket = self._tickets
        if self._closed:
            asker.refused(_LEAVING)
            return ticket
        self._askers[ticket] = asker
        self._perform(self._policy.ask(ticket, principal, deadline, self._now(), elsewhere=elsewhere))
        return ticket

    def withdraw(self, ticket: int) -> None:
        """A connection is no longer wanted."""
        if self._askers.pop(ticket, None) is not None:
            self._perform(self._policy.withdraw(ticket, self._now()))

    def give_back(self, connection: Connection, ticket: int, *, clean: bool) -> None:
        """A lease has ended. A connection that is spent is replaced: another one has a budget of its own."""
        clean = clean and not connection.is_over and not connection.is_spent
        self._perform(self._policy.released(connection.number, ticket, self._now(), clean=clean))
        self.freed()

    def clean_up(self, connection: Connection, ticket: int) -> None:
        """A lease has ended; the vendor has yet to confirm its cancel."""
        self._perform(self._policy.cleaning(connection.number, ticket, self._now()))

    def cleaned_up(self, connection: Connection, *, clean: bool) -> None:
        """The vendor has confirmed the cancel; or, if not clean, never will."""
        clean = clean and not connection.is_spent
        self._perform(self._policy.settled(connection.number, self._now(), clean=clean))
        self.freed()

    def doubt(self) -> None:
        """Connections that seemed well were in fact gone: also drop those without a run from which nothing came just now."""
        since = self._now() - _JUST_NOW_S
        for connection in tuple(self._connections.values()):
            if connection.is_silent(since):
                connection.end(Lost("the vendor has dropped idle connections"))

    def refused(self, failed: Failed) -> None:
        """The vendor has refused a run for being one too many."""
        self._perform(self._policy.refused(failed.retry_after_s, self._now()))
        self.held_back()

    # --- its life -------------------------------------------------------------------------------------------------------

    def keep(self, floor: int) -> None:
        """From now on this many lines are kept while nobody speaks."""
        self._perform(self._policy.keep(floor, self._now()))

    def expect(self) -> None:
        """A request is expected soon."""
        self._perform(self._policy.expect(self._now()))

    def tick(self) -> None:
        """Look again: time has passed, or a seat has become free elsewhere."""
        self._perform(self._policy.tick(self._now()))

    def head(self, now: float) -> Rank | None:
        """The rank of the next request here; `None` if there is none."""
        return self._policy.head(now)

    def view(self, now: float) -> PoolView:
        """The pool as it is now."""
        return self._policy.snapshot(now)

    def place_view(self, now: float) -> PlaceView:
        """The pool as operators see it."""
        seen = self.view(now)
        counts = {state.value: count for state, count in seen.lines.items()}
        return PlaceView(self._label, counts, seen.waiting, seen.wanted, seen.ceiling, self.trouble)

    @cached_property
    def _label(self) -> str:
        return label(self.place)

    def states(self) -> Mapping[LineState, int]:
        """How many lines are in each state."""
        return self._policy.lines.counts()

    @property
    def waiting(self) -> int:
        """How many requests wait for a line."""
        return len(self._askers)

    @property
    def is_usable(self) -> bool:
        """Whether a line is connected and takes runs, now or when one ends."""
        return self._policy.lines.usable > 0

    @property
    def is_deserted(self) -> bool:
        """Whether there is no line, no dial and no request that waits."""
        return not (self._connections or self._dials or self._askers)

    def renew(self) -> None:
        """Replace every connection; the runs on them are finished there."""
        self._perform(self._policy.renew(self._now()))

    def close(self) -> None:
        """End everything: dials, connections, timers. Requests that wait are told."""
        self._closed = True
        self._policy.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for task in self._dials.values():
            task.cancel()
        self._dials.clear()
        for asker in tuple(self._askers.values()):
            asker.refused(_LEAVING)
        self._askers.clear()
        for connection in tuple(self._connections.values()):
            connection.end(_LEAVING)
        self._connections.clear()

    def connection_ended(self, connection: Connection, event: Failed | Lost | None) -> None:
        """A connection is over."""
        if self._connections.pop(connection.number, None) is None:
            return
        if event is not None and not self._closed:
            reason = event.reason if isinstance(event, Failed) else Reason.VENDOR_LOST
            self._world.observer.note(LineLost(self._provider, reason))
            self.trouble = connection.refusal or self.trouble
        self._perform(self._policy.lost(connection.number, self._now()))
        self.moved(self, None)
        self.freed()

    # --- carrying out ---------------------------------------------------------------------------------------------------

    def _perform(self, effects: Sequence[PoolEffect]) -> None:
        if self._closed:
            return
        for effect in effects:
            match effect:
                case Grant(ticket, line, reused):
                    self._grant(ticket, line, reused=reused)
                case Refuse(ticket, failed):
                    asker = self._askers.pop(ticket, None)
                    if asker is not None:
                        asker.refused(failed)
                case Dial(line):
                    self._dials[line] = self._world.task(self._dial(line), f"dial-{self._provider}")
                case Drop(line):
                    self._drop(line)
                case KeepAlive(line):
                    self._keep_alive(line)
        self._arm()

    def _grant(self, ticket: int, line: int, *, reused: bool) -> None:
        asker = self._askers.pop(ticket, None)
        connection = self._connections.get(line)
        if asker is None or connection is None:
            # Withdrawn or lost while the other effects of the same decision were being carried out.
            self._perform(self._policy.released(line, ticket, self._now(), clean=True))
            if asker is not None:
                asker.refused(Failed(Reason.VENDOR_LOST, "the connection was lost as it was leased"))
            return
        asker.granted(connection, ticket, reused=reused)

    def _drop(self, line: int) -> None:
        task = self._dials.pop(line, None)
        if task is not None:  # only unanswered dials are dropped
            task.cancel()
            self._tell_trouble(UNANSWERED)
            self.moved(self, UNANSWERED)
        connection = self._connections.pop(line, None)
        if connection is not None:
            connection.close()

    def _keep_alive(self, line: int) -> None:
        connection = self._connections.get(line)
        if connection is not None and connection.keep_alive(self._now()):
            self._policy.kept(line, self._now())

    async def _dial(self, line: int) -> None:
        world = self._world
        language = self._dialect.connect(self.place)
        traits = self._dialect.traits
        connection = Connection(line, language, traits, self, world.clock, world.observer, world.trace)
        began = world.clock()
        try:
            headers = (*self.place.headers, *self._dialect.credentials(self._secret()).items())
            target = DialTarget(
                self.place, headers, self._dial_s, world.tls, world.task, self._concurrency.may_double
            )
            wire = await dial(traits.transport, target, connection)
        except DialError as error:
            told = Failed(Reason.VENDOR_UNREACHABLE, error.message)
            self._dial_failed(line, told if error.head is None else language.refused(error.head, error.body))
        except ValueError as error:
            self._dial_failed(line, Failed(Reason.VENDOR_REJECTED, f"no credential: {error}"))
        except Exception as error:  # noqa: BLE001 - a seam: a bug in one dial must not end the others
            world.observer.note(BugFound.of("dial", error))
            self._dial_failed(
                line, Failed(Reason.VENDOR_UNREACHABLE, "a fault in the gateway ended the dial")
            )
        else:
            if connection.is_over:  # it did not have its wire yet, and could not close it
                wire.close()
                why = connection.ending
                self._dial_failed(line, why if isinstance(why, Failed) else _DROPPED)
                return
            if self._dials.pop(line, None) is None:
                wire.close()
                return
            world.observer.note(LineDialled(self._provider, world.clock() - began))
            self.trouble = ""
            self.tried.set()
            self._connections[line] = connection
            connection.opened(wire)
            self._perform(self._policy.dialled(line, world.clock()))
            self.moved(self, None)
            self.freed()

    def _dial_failed(self, line: int, failed: Failed) -> None:
        if self._dials.pop(line, None) is not None:
            self._tell_trouble(failed)
            self._perform(self._policy.dial_failed(line, failed, self._now()))
            self.moved(self, failed)

    def _tell_trouble(self, failed: Failed) -> None:
        self.trouble = failed.message
        self.tried.set()
        self._world.observer.note(LineLost(self._provider, failed.reason))

    def _arm(self) -> None:
        deadline = self._policy.deadline()
        if deadline is None or (self._timer is not None and self._wake_at <= deadline):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._wake_at = deadline
        delay_s = max(deadline - self._now(), 0.0)
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self.tick()
        self.freed()


def _nothing() -> None:
    """No other place waits."""


def _ignore(pool: PlacePool, failed: Failed | None) -> None:
    """Nobody counts this place's lines."""
