"""The vendors of this process: the lines of every provider that has a dialect, and their keys.

The lines exist from the start; their floors are dialled by `warm_up`.
"""

import asyncio
import random
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from gateway.app.config.settings import Settings
from gateway.app.config.voices import ProviderSettings
from gateway.app.vendor_secrets import Secret, watched
from gateway.app.vendors import VENDORS
from gateway.telemetry.logs import logger
from gateway.upstream.grpc_wire import trust as trust_of_grpc
from gateway.upstream.lines import VendorLines
from gateway.upstream.seats import ConcurrencyLender
from gateway.upstream.surroundings import Surroundings
from legato.core.pool_terms import PoolSettings
from legato.domain.speech import Catalogue
from legato.domain.traces import NO_TRACE, Trace
from legato.domain.vendors import Transport, VendorLimits
from legato.ports import Clock, Observer, VendorDialect

_WATCH_S = 5.0
_MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class Ties:
    """What ties the vendors of this process to the rest of the gateway.

    Args:
        lender: lends what a plan allows at once; `None` if this process has all of it.
        trace: the parent for the vendors' own spans, by stream and utterance; `NO_TRACE` without tracing.
        name: this gateway's name, sent to vendors whose address the operator has chosen: they may be gateways themselves.
    """

    lender: ConcurrencyLender | None = None
    trace: Callable[[str, str], Trace] = lambda *_: NO_TRACE
    name: str = ""


_ALONE = Ties()


class VendorRoom:
    """An asynchronous context around `warm_up` and `watch`.

    Args:
        settings: which providers there are; each dialect must be built in.
        env: where `env:NAME` credentials are.
        clock: monotonic seconds.
        observer: takes facts.
        line_ids: numbers that no other line of the process has.
        ties: what ties them to the rest of the gateway.

    Raises:
        SpeechError: a provider has a limit or a switch that its dialect does not have.
    """

    def __init__(
        self,
        settings: Settings,
        env: Mapping[str, str],
        clock: Clock,
        observer: Observer,
        line_ids: Iterator[int],
        ties: Ties = _ALONE,
    ) -> None:
        self._catalogue: Catalogue = settings.catalogue()
        self._tasks = asyncio.TaskGroup()
        configured = {vendor: p for vendor, p in settings.served().items() if p.dialect in VENDORS}
        self._secrets = {vendor: Secret(p.credential, env) for vendor, p in configured.items()}
        self._lines: dict[str, VendorLines] = {}
        if not configured:
            return
        trust, chance = ssl.create_default_context(), random.SystemRandom().random
        world = Surroundings(clock, observer, line_ids, self._tasks, trust, chance, ties.lender, ties.trace)
        gateways = replace(world, name=ties.name)
        for vendor, provider in configured.items():
            dialect = dialect_of(provider)
            pool = pool_settings(provider, dialect.traits.limits)
            around = gateways if provider.url else world
            if dialect.traits.transport is Transport.GRPC:
                around = replace(around, tls=trust_of_grpc())
            self._lines[vendor] = VendorLines(vendor, dialect, self._secrets[vendor], pool, around)

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for lines in self._lines.values():
            lines.close()
        del kind, error, trace
        # An error elsewhere is not these tasks' error.
        await self._tasks.__aexit__(None, None, None)

    def lines(self) -> Mapping[str, VendorLines]:
        """Return the lines of each configured vendor, by the provider's name."""
        return dict(self._lines)

    def ready(self, provider: str) -> bool:
        """Return whether this provider can speak now, as far as is known."""
        lines = self._lines.get(provider)
        return lines is not None and lines.is_ready()

    def rates_hz(self) -> frozenset[int]:
        """Return the sample rates of the voices that are kept warm."""
        return frozenset().union(*(lines.rates_hz() for lines in self._lines.values()))

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Return how many lines are in each state, by provider."""
        return {name: lines.states() for name, lines in self._lines.items()}

    def waited_for(self) -> Mapping[str, int]:
        """Return how many utterances wait for a line, by provider."""
        return {name: lines.waiting() for name, lines in self._lines.items()}

    def routes(self) -> Sequence[str]:
        """Return every route of a voice that a vendor serves, as "provider/voice"."""
        served = [route for voice in self._catalogue.voices.values() for route in voice.routes]
        return [route.name for route in served if route.provider in self._lines]

    async def warm_up(self) -> None:
        """Dial the floor of every voice's routes, all at once; return when each place has a line, or has failed to get one."""
        for voice in self._catalogue.voices.values():
            for route in voice.routes:
                if route.provider in self._lines:
                    self._lines[route.provider].keep_warm(route, voice.languages[0])
        await asyncio.gather(*(lines.tried() for lines in self._lines.values()))
        for name, lines in self._lines.items():
            if not lines.is_ready():
                why = next((place.trouble for place in lines.view().places if place.trouble), "")
                logger("legato.vendors").warning("no line to this provider yet", provider=name, why=why)

    async def watch(self) -> None:
        """Replace the lines of a provider whose key has changed, until cancelled."""
        while self._lines:
            watched(self._secrets, self._renew)
            await asyncio.sleep(_WATCH_S)

    def _renew(self, provider: str) -> None:
        logger("legato.vendors").info("the key has changed; lines are replaced", provider=provider)
        self._lines[provider].renew()


def dialect_of(provider: ProviderSettings) -> VendorDialect:
    """Build the dialect of a provider, as it is configured.

    Raises:
        SpeechError: it has a limit or a switch that the dialect does not have.
    """
    assert provider.dialect is not None, "a local engine has none"
    return VENDORS[provider.dialect](provider.url, provider.limits, provider.switches)


def pool_settings(provider: ProviderSettings, limits: VendorLimits) -> PoolSettings:
    """Return the bounds of each place's pool: the operator's if they are given, or else the vendor's."""
    pool = provider.pool
    return PoolSettings(
        floor=pool.floor,
        ceiling=pool.ceiling,
        spare=pool.spare,
        runs_per_line=max(limits.runs_per_line, 1),
        concurrency=limits.concurrency,
        max_age_s=limits.max_age_s,
        idle_s=limits.idle_s,
        keep_alive_s=limits.keep_alive_s,
        dial_s=limits.dial_s,
        max_waiting=max(_MOST_WAITING, pool.ceiling),  # all who could speak may wait for the first dials
    )
