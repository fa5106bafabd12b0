"""The local voices of this process: the engine process, the link to it, and a provider's lines.

The lines are there from the start, and refuse until the engine is; so servers can listen while voices are warming.
"""

import itertools
import random
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from gateway.app.config import Settings
from gateway.engines.engine_link import EngineLink
from gateway.engines.lines import EngineLines
from gateway.engines.own_directory import OwnDirectory
from gateway.engines.supervisor import EngineSettings, Supervisor
from gateway.upstream.watched_lines import WatchedLines
from legato.domain.facts import Fact
from legato.domain.vendors import VendorLimits
from legato.ports import Clock, Observer


class _Nobody:
    """An observer that wants to know nothing."""

    def note(self, fact: Fact) -> None:
        """Takes a fact."""


_NOBODY = _Nobody()


class EngineRoom:
    """An asynchronous context around `warm_up` and `watch`.

    Args:
        settings: which engines are configured, and how their process is started.
        own: the process is started and kept alive here; else somebody else does, at the configured socket.
    """

    def __init__(self, settings: Settings, *, own: bool = True) -> None:
        self._own = own
        self._silence_s = silence_s = settings.engines.silence_s
        self._limits = _limits(settings.engines.first_audio_s)
        self._engines = {
            name: provider.engine.value for name, provider in settings.providers.items() if provider.engine
        }
        section = settings.engines
        self._own_directory: OwnDirectory | None = None
        path = section.socket
        if path is None:
            self._own_directory = OwnDirectory()
            path = self._own_directory.path / "engine.sock"
        self._supervisor = Supervisor(
            EngineSettings(
                engines=tuple(sorted(set(self._engines.values()))),
                socket=path,
                voices=section.voices,
                threads=section.threads,
                start_timeout_s=section.start_timeout_s,
            )
        )
        self._tell_owner: Callable[[], None] = self.replace
        self._link = EngineLink(path, self._hangs, silence_s=silence_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._supervisor.stop()
        self.discard()

    @property
    def wanted(self) -> bool:
        """A local engine is configured."""
        return bool(self._engines)

    @property
    def providers(self) -> frozenset[str]:
        """Names of the configured local engines."""
        return frozenset(self._engines)

    def lines(
        self, line_ids: "itertools.count[int]", observer: Observer = _NOBODY, clock: Clock = time.monotonic
    ) -> Mapping[str, WatchedLines]:
        """Where the lines of each configured engine come from, by the provider's name.

        Args:
            line_ids: numbers that no other line of the process has.
            observer: told of what was waited for in vain, and of each engine's breaker.
            clock: monotonic seconds.
        """
        chance = random.SystemRandom().random
        return {
            name: WatchedLines(
                EngineLines(self._link, engine, line_ids), _route(name), self._limits, clock, observer, chance
            )
            for name, engine in self._engines.items()
        }

    def routes(self) -> Sequence[str]:
        """The breakers of the configured engines: one for all voices of each."""
        return [_route(name) for name in self._engines]

    @property
    def open_runs(self) -> int:
        """What the local voices have in hand for this process."""
        return self._link.open_runs

    @property
    def restarts(self) -> int:
        """Times their process was begun again by this one."""
        return self._supervisor.restarts

    def ready(self, provider: str) -> bool:
        """Whether this provider's engine can speak now."""
        engine = self._engines.get(provider)
        return self.well() and any(voice.engine == engine for voice in self._link.voices)

    def well(self) -> bool:
        """The engine process is there, and answers."""
        return bool(self._link.voices) and not self._link.in_doubt

    @property
    def rates_hz(self) -> frozenset[int]:
        """Sample rates of the voices that are there."""
        return frozenset(voice.sample_rate_hz for voice in self._link.voices)

    async def start(self) -> None:
        """Starts the engine process; returns when every voice is warm.

        Raises:
            VoicesMissingError: the extra `[voices]` is not installed.
            EngineFailedError: the process did not become ready.
        """
        if self.wanted:
            await self._supervisor.start()

    async def warm_up(self) -> None:
        """Starts the engine process where it is this one's own; returns when every voice is warm and can be leased.

        Raises:
            VoicesMissingError: the extra `[voices]` is not installed.
            EngineFailedError: the process did not become ready.
        """
        if self._own:
            await self.start()
        if self.wanted:
            await self._link.connected()

    def replace(self) -> None:
        """The engine process hangs, says somebody who has waited for it: it is ended, for `watch` to start it again.

        Several may say so of the same one: that a new one hangs cannot be known so soon.
        """
        self._supervisor.kill(older_than_s=self._silence_s)

    def when_it_hangs(self, tell_owner: Callable[[], None]) -> None:
        """Calls this when the engine process hangs and is not this one's own: whoever has started it can replace it."""
        self._tell_owner = tell_owner

    async def watch(self) -> None:
        """Starts it again whenever it ends; after `start` or `warm_up`, until cancelled."""
        if self.wanted and self._own:
            await self._supervisor.watch()

    async def keep_linked(self) -> None:
        """Stays connected to it, until cancelled."""
        if self.wanted:
            await self._link.keep()

    def _hangs(self) -> None:
        self._tell_owner()

    def discard(self) -> None:
        """Removes what was made in the file system."""
        if self._own_directory is not None:
            self._own_directory.discard()


def _route(provider: str) -> str:
    return f"{provider}/*"


def _limits(stall_s: float) -> VendorLimits:
    """How long a local voice is waited for, by one figure: what it usually needs is far below it, and its queue does not count."""
    return VendorLimits(first_audio_s=stall_s, between_audio_s=stall_s, finish_s=stall_s)
