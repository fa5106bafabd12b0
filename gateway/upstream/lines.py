"""The lines of one provider: a pool for each place, a breaker for each route. Implements `ports.Lines`.

Rules:
- A request made while an idle line exists is answered inside the call.
- A route that is shut, drained or ejected is refused at once, with the time to come back. So is a request for which there is another
  route, if the vendor has asked for a pause of more than a moment, also one that waits already.
- Runs at once are counted over all places, as they share one credential.
- Places that were asked to be warm keep their floor, as `floors` paces it; others keep lines only while they are used.
- A vendor that may be a gateway itself is told through which gateways a text has come. Connections are dialled before there is a text
  for them, so text that came through gateways has lines of its own, a place for each chain of gateways; all other text shares lines.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from gateway.upstream.floors import Floors
from gateway.upstream.lease import Lease
from gateway.upstream.place_pool import PlacePool
from gateway.upstream.route_desk import Control, RouteDesk
from gateway.upstream.seats import Seats
from gateway.upstream.surroundings import Surroundings
from gateway.upstream.view import STEP, Steps, VendorView, finished
from legato.core.pool_lines import LineState
from legato.core.pool_refusals import held_back, is_long
from legato.core.pool_terms import PoolSettings
from legato.domain import hops
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Failed
from legato.domain.speech import NOTHING_ASKED, Principal, Route, UtteranceOptions
from legato.domain.vendors import Place, VendorTraits
from legato.ports import ANSWERED, Clock, LineListener, LineRequest, OnReady, Ticket, VendorDialect

_MOST_PLACES = 64
_MOST_ROUTES = 512  # besides those that were asked to be warm
_MOST_SERVED = 100
_MOST_KNOWN = 512


class VendorLines:
    """Lines of one provider.

    Args:
        name: the provider's configured name.
        dialect: the vendor's language.
        secret: fetches the key, anew for every dial; raises `ValueError` if there is none.
        settings: bounds of each place's pool.
        world: clock, telemetry, tasks.
    """

    def __init__(
        self,
        name: str,
        dialect: VendorDialect,
        secret: Callable[[], str],
        settings: PoolSettings,
        world: Surroundings,
    ) -> None:
        self.name = name
        self.traits: VendorTraits = dialect.traits
        self.clock: Clock = world.clock
        self._dialect = dialect
        self._secret = secret
        self._settings = settings
        self._cold = replace(settings, floor=0)
        self._world = world
        self._seats = Seats(
            name, settings.concurrency, world.lender, world.clock, self._seat_came, self._held_back
        )
        self._concurrency = self._seats.concurrency
        self._own_name = world.name
        self._places: dict[tuple[int, str, UtteranceOptions, tuple[str, ...]], tuple[Route, Place]] = {}
        self._pools: dict[Place, PlacePool] = {}
        self._desks: dict[tuple[Place, str], RouteDesk] = {}
        self._passing: dict[tuple[Place, str], None] = {}
        self._controls: dict[str, Control] = {}
        self._warm: set[Place] = set()
        self._floors = Floors(settings, world)
        self._closed = False

    # --- ports.Lines ----------------------------------------------------------------------------------------------------

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> Ticket:
        """Lease a line for one run."""
        now = self.clock()
        try:
            place = self._place(request.route, request.language, request.options, request.principal.via)
        except SpeechError as error:
            on_ready(Failed(error.reason, error.message, error.retry_after_s))
            return ANSWERED
        if self._closed:
            on_ready(Failed(Reason.SHUTTING_DOWN, "the gateway is shutting down"))
            return ANSWERED
        desk = self._desk(place, request.route.voice, now)
        refusal = desk.refusal(now, returning=request.returning, last_resort=request.last_resort)
        hold_s = self._concurrency.hold_until - now
        if refusal is None and request.elsewhere and is_long(hold_s):
            refusal = held_back(hold_s)
        if refusal is not None:
            on_ready(refusal)
            return ANSWERED
        lease = Lease(self, self._pool(place), desk, request, listener, on_ready, probe=desk.admitted(now))
        lease.ask()
        return lease

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        """Have a line ready soon."""
        if (pool := self._pool_of(route, language, principal.via)) is not None:
            pool.expect()

    # --- for the process that runs it -----------------------------------------------------------------------------------

    def keep_warm(self, route: Route, language: str) -> None:
        """From now on, keep the floor of lines at this route's place. Operators see the route, and may drain it before its first use."""
        if (pool := self._pool_of(route, language)) is not None:
            self._desk(pool.place, route.voice, self.clock())
            self._passing.pop((pool.place, route.voice), None)
            self._warm.add(pool.place)
            self._floors.keep(pool)

    def next_line_id(self) -> int:
        """A number that no other line of the process has."""
        return next(self._world.line_ids)

    def view(self) -> VendorView:
        """The provider as it is now."""
        return finished(self.view_in_steps())

    def view_in_steps(self) -> Steps[VendorView]:
        """As `view`, a few places or routes at each step: all of some thousands at once would hold up every stream."""
        now = self.clock()
        places, routes = [], []
        for number, pool in enumerate(tuple(self._pools.values())):
            if number % STEP == 0:
                yield
            places.append(pool.place_view(now))
        for number, desk in enumerate(tuple(self._desks.values())):
            if number % STEP == 0:
                yield
            routes.append(desk.view(now))
        concurrency = self._concurrency
        return VendorView(
            self.name,
            concurrency.in_use,
            concurrency.allowed,
            concurrency.learnt,
            tuple(places),
            tuple(routes),
        )

    def states(self) -> Mapping[str, int]:
        """How many lines are in each state, over all places: for scrapes, as `view` takes ten times as long with thousands of places."""
        found: Counter[LineState] = Counter()
        for pool in self._pools.values():
            for state, lines in pool.states().items():
                found[state] += lines
        return {state.value: lines for state, lines in found.items()}

    def waiting(self) -> int:
        """How many requests wait for a line, over all places; as cheap as `states`."""
        return sum(pool.waiting for pool in self._pools.values())

    def control(self, route: str, control: Control) -> bool:
        """Drain, pin or eject a route, or leave it to its breaker again.

        Args:
            route: "provider/voice".
            control: what to set.

        Returns:
            Whether it is a route of this provider that is kept warm or has been used.
        """
        known = route in self._controls or any(desk.route == route for desk in self._desks.values())
        if known:
            self.hold(route, control)
        return known

    def hold(self, route: str, control: Control) -> None:
        """As `control`, even if the route has not been used yet."""
        self._controls[route] = control
        for desk in self._desks.values():
            if desk.route == route:
                desk.control = control
                if control is Control.EJECTED:
                    desk.cut()

    async def tried(self) -> None:
        """Return once every warm place has a line, or has failed to get one, or the vendor has failed and others wait to be dialled."""
        await self._floors.tried()

    def is_ready(self) -> bool:
        """Whether it can speak now, as far as is known: if a floor of lines is kept, one must be connected."""
        if not self._settings.floor:
            return True
        return any(self._pools[place].is_usable for place in self._warm)

    def rates_hz(self) -> frozenset[int]:
        """Sample rates of the places that are kept warm."""
        return frozenset(place.sample_rate_hz for place in self._warm)

    def renew(self) -> None:
        """Replace every connection: the key has changed."""
        self._seats.renewed()
        self._floors.renewed()
        for pool in tuple(self._pools.values()):
            pool.renew()

    def close(self) -> None:
        """End everything; runs and requests that wait are told."""
        self._closed = True
        self._floors.close()
        for pool in self._pools.values():
            pool.close()

    # --------------------------------------------------------------------------------------------------------------------

    def _place(self, route: Route, language: str, options: UtteranceOptions, via: tuple[str, ...]) -> Place:
        # Routes of the catalogue are looked up by identity: working a place out takes half as long as all the rest of a lease.
        key = (id(route), language, options, via)
        known = self._places.get(key)
        if known is not None and known[0] is route:
            return known[1]
        place = self._dialect.place(route, language, options)
        if self._own_name:
            place = replace(place, headers=(*place.headers, (hops.HEADER, hops.told(via, self._own_name))))
        if len(self._places) >= _MOST_KNOWN:
            self._places.clear()
        self._places[key] = route, place
        return place

    def _pool(self, place: Place) -> PlacePool:
        pool = self._pools.get(place)
        if pool is None:
            if len(self._pools) >= _MOST_PLACES + len(self._warm):
                self._sweep()
            pool = self._pools[place] = PlacePool(
                self.name, place, self._dialect, self._secret, self._cold, self._concurrency, self._world
            )
            pool.freed, pool.held_back = self._freed, self._held_back
        return pool

    def _pool_of(self, route: Route, language: str, via: tuple[str, ...] = ()) -> PlacePool | None:
        try:
            place = self._place(route, language, NOTHING_ASKED, via)
        except SpeechError:
            return None  # the error is reported when a line is asked for
        return None if self._closed else self._pool(place)

    def _desk(self, place: Place, voice: str, now: float) -> RouteDesk:
        desk = self._desks.get((place, voice))
        if desk is None:
            if len(self._passing) >= _MOST_ROUTES:
                oldest = next(iter(self._passing))
                del self._passing[oldest], self._desks[oldest]
            route = f"{self.name}/{voice}"
            desk = RouteDesk(route, now, self._world.chance, self._world.observer)
            desk.control = self._controls.get(route, Control.NONE)
            self._desks[place, voice] = desk
            self._passing[place, voice] = None
        return desk

    def _sweep(self) -> None:
        for place in [
            place for place, pool in self._pools.items() if pool.is_deserted and place not in self._warm
        ]:
            self._pools.pop(place).close()

    def _freed(self) -> None:
        """A seat is free: requests that wait at other places may have it, in fair order."""
        if len(self._pools) > 1 and self._concurrency.allowed and self._concurrency.is_waited_for:
            self._seat_came()
        else:
            self._seats.return_idle()

    def _held_back(self) -> None:
        """The vendor has asked for a pause: requests that wait at any place may have to go elsewhere."""
        for pool in self._waited_for():
            pool.tick()

    def _seat_came(self) -> None:
        self._serve_heads()
        self._wake_lineless()
        self._seats.return_idle()

    def _serve_heads(self) -> None:
        """Serve waiting requests one by one, the next in turn over all places: serving one may put another place first."""
        now = self.clock()
        for _ in range(_MOST_SERVED):
            heads = [(head, id(pool), pool) for pool in self._waited_for() if (head := pool.head(now))]
            if not heads or not self._concurrency.free(now):
                return
            min(heads)[2].tick()

    def _wake_lineless(self) -> None:
        """Wake places where requests wait without a line: these have no head to be served, but with a free seat may dial."""
        for pool in self._waited_for():
            if not pool.is_usable:
                pool.tick()

    def _waited_for(self) -> list[PlacePool]:
        """Return the pools at which somebody waits; there may be thousands at which nobody does."""
        return [pool for pool in self._pools.values() if pool.waiting]
