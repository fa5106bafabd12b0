"""The local voices of this process: the engine process, the link to it, and a provider's lines.

The lines exist from the start, and refuse until the engine is there, so servers can listen while the voices warm up.
"""

import itertools
import random
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from gateway.app.config.settings import Settings
from gateway.engines.engine_link import EngineLink
from gateway.engines.lines import EngineLines
from gateway.engines.own_directory import OwnDirectory
from gateway.engines.supervisor import EngineSettings, Supervisor
from gateway.upstream.watched_lines import WatchedLines
from legato.domain.facts import Fact
from legato.domain.vendors import VendorLimits
from legato.ports import Clock, Observer


class _Nobody:
    """An observer that ignores all facts."""

    def note(self, fact: Fact) -> None:
        """Ignore a fact."""


_NOBODY = _Nobody()


class EngineRoom:
    """An asynchronous context around `warm_up` and `watch`.

    Args:
        settings: which engines are configured, and how their process is started.
        own: whether the process is started and kept alive here; otherwise another process does so, at the configured socket.
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
            ),
            self._own_directory,
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
        """Whether a local engine is configured."""
        return bool(self._engines)

    def lines(
        self, line_ids: "itertools.count[int]", observer: Observer = _NOBODY, clock: Clock = time.monotonic
    ) -> Mapping[str, WatchedLines]:
        """Return the lines of each configured engine, by the provider's name.

        Args:
            line_ids: numbers that no other line of the process has.
            observer: told what was awaited in vain, and what each engine's breaker does.
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
        """Return the route of each configured engine: it stands for all its voices, which share one breaker."""
        return [_route(name) for name in self._engines]

    @property
    def open_runs(self) -> int:
        """How many runs the local voices have in hand for this process."""
        return self._link.open_runs

    @property
    def restarts(self) -> int:
        """How often this process has restarted the engine process."""
        return self._supervisor.restarts

    def ready(self, provider: str) -> bool:
        """Return whether this provider's engine can speak now."""
        engine = self._engines.get(provider)
        return self.well() and any(voice.engine == engine for voice in self._link.voices)

    def well(self) -> bool:
        """Return whether the engine process is there and answers."""
        return bool(self._link.voices) and not self._link.in_doubt

    @property
    def rates_hz(self) -> frozenset[int]:
        """Sample rates of the voices that are there."""
        return frozenset(voice.sample_rate_hz for voice in self._link.voices)

    async def start(self) -> None:
        """Start the engine process; return when every voice is warm.

        Raises:
            VoicesMissingError: the extra `[voices]` is not installed.
            EngineFailedError: the process did not become ready.
        """
        if self.wanted:
            await self._supervisor.start()

    async def warm_up(self) -> None:
        """Start the engine process if it is started here; return when every voice is warm and can be leased.

        Raises:
            VoicesMissingError: the extra `[voices]` is not installed.
            EngineFailedError: the process did not become ready.
        """
        if self._own:
            await self.start()
        if self.wanted:
            await self._link.connected()

    def replace(self) -> None:
        """End the engine process because somebody who waited for it reports that it hangs; `watch` starts it again.

        Several may report the same process. A new one is spared: nobody can know so soon that it hangs.
        """
        self._supervisor.kill(older_than_s=self._silence_s)

    def replace_unreachable(self) -> None:
        """End the engine process if somebody has removed its socket: nobody could connect to it any more; `watch` starts it again."""
        if self.wanted and not self._supervisor.socket.exists():
            self._supervisor.kill()

    def when_it_hangs(self, tell_owner: Callable[[], None]) -> None:
        """Set what to call when the engine process hangs and was started by another process: that one can replace it."""
        self._tell_owner = tell_owner

    async def watch(self) -> None:
        """Restart the engine process whenever it ends, until cancelled; to be called after `start` or `warm_up`."""
        if self.wanted and self._own:
            await self._supervisor.watch()

    async def keep_linked(self) -> None:
        """Stay connected to the engine process, until cancelled."""
        if self.wanted:
            await self._link.keep()

    def _hangs(self) -> None:
        self._tell_owner()

    def discard(self) -> None:
        """Remove what was made in the file system."""
        if self._own_directory is not None:
            self._own_directory.discard()


def _route(provider: str) -> str:
    return f"{provider}/*"


def _limits(stall_s: float) -> VendorLimits:
    """Return the limits of a local voice, all from one figure: it usually needs far less, and time in its queue does not count."""
    return VendorLimits(first_audio_s=stall_s, between_audio_s=stall_s, finish_s=stall_s)
