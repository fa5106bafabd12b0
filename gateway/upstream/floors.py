"""Which places of one provider keep their floor of lines. A vendor may have a place for each voice, so there may be thousands.

Rules:
1. Only some places without a line are dialled at once; the others wait their turn, and a place that has got a line makes room for the next.
2. While others wait, a place that could not be dialled goes to the end of the queue. After a failure one place is tried at a time, ever
   more slowly, until one connects: a vendor that is down is asked by one place, not by one per voice.
3. Up to `MOST_DIALLED` places without a line go at their own pace (`dial_pace`).
4. A place that gets a line because someone asked for one keeps its floor from then on, whatever its turn.
"""

import asyncio
from collections import OrderedDict

from gateway.upstream.place_pool import PlacePool
from gateway.upstream.surroundings import Surroundings
from legato.core.dial_pace import DialPace
from legato.core.pool_terms import PoolSettings
from legato.domain.events import Failed

MOST_DIALLED = 16
"""Places without a line that may be dialled at once."""


class Floors:
    """The floors of one provider.

    Args:
        settings: the floor of each place, and how long to wait after failures.
        world: clock, chance.
    """

    def __init__(self, settings: PoolSettings, world: Surroundings) -> None:
        self._floor = settings.floor
        self._clock = world.clock
        self._pace = DialPace(
            MOST_DIALLED, settings.retry_first_s, settings.retry_max_s, MOST_DIALLED, world.chance
        )
        self._waiting: OrderedDict[PlacePool, None] = OrderedDict()
        self._dialled: set[PlacePool] = set()
        self._kept: set[PlacePool] = set()
        self._settled = asyncio.Event()
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None

    def keep(self, pool: PlacePool) -> None:
        """From now on, keep the floor of this place."""
        if not self._floor or pool in self._kept:
            return
        self._kept.add(pool)
        pool.moved = self._moved
        self._settled.clear()
        self._waiting[pool] = None
        if pool.is_usable:
            self._has_line(pool)
        self._go_on()

    async def tried(self) -> None:
        """Return once every place has a line or has failed to get one, or the vendor is being tried by one place at a time."""
        if self._waiting or self._dialled:
            await self._settled.wait()

    def renewed(self) -> None:
        """The credential is another one: what its predecessor was refused says nothing of it."""
        self._pace.renewed()
        self._go_on()

    def close(self) -> None:
        """No place is dialled any longer."""
        self._closed = True
        self._settled.set()
        self._stop_timer()

    def _moved(self, pool: PlacePool, failed: Failed | None) -> None:
        """A place has got or lost a line, or could not be dialled."""
        if pool.is_usable:
            self._has_line(pool)
        elif pool not in self._waiting:
            if failed is not None and self._waiting:
                self._pace.failed(failed, 0, self._clock())
            self._has_no_line(pool)
        self._go_on()

    def _has_line(self, pool: PlacePool) -> None:
        self._pace.connected()
        if pool in self._waiting:
            del self._waiting[pool]
            pool.keep(self._floor)
        self._dialled.discard(pool)

    def _has_no_line(self, pool: PlacePool) -> None:
        self._dialled.discard(pool)
        if self._waiting or len(self._dialled) >= MOST_DIALLED:
            self._waiting[pool] = None
            pool.keep(0)
        else:
            self._dialled.add(pool)

    def _go_on(self) -> None:
        """Let as many of those that wait be dialled as may be now."""
        self._stop_timer()
        if self._closed:
            return
        while self._waiting and len(self._dialled) < self._pace.at_once:
            wait_s = self._pace.retry_at - self._clock()
            if wait_s > 0:
                self._timer = asyncio.get_running_loop().call_later(wait_s, self._go_on)
                break
            pool, _ = self._waiting.popitem(last=False)
            self._dialled.add(pool)
            pool.keep(self._floor)
        self._tell_if_settled()

    def _tell_if_settled(self) -> None:
        if self._settled.is_set():
            return
        if all(pool.tried.is_set() for pool in self._dialled) and (
            not self._waiting or self._pace.at_once == 1
        ):
            self._settled.set()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
