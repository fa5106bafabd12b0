"""A worker's connection to the engine process: connects, reconnects, and passes answers to the runs they belong to.

link = EngineLink(supervisor.socket)
group.create_task(link.keep(), name="engine-link")
await link.connected()

An engine that hangs keeps its connection. It is taken for dead, and all runs are lost, when it sends nothing for a while to any of the runs
that wait for it, or to a run that was given up.
"""

import asyncio
import logging
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Protocol, cast

from gateway.engines.messages import Hello, Message, OfferedVoice, Request
from gateway.engines.strikes import Strikes
from gateway.engines.wire import Decoder, WireError, encode

_LOG = logging.getLogger(__name__)
_FIRST_WAIT_S = 0.05
_MOST_WAIT_S = 1.0
SILENCE_S = 20.0
"""Many times what the slowest sentence takes on a busy machine. A hang is noticed within twice this time."""


class RunListener(Protocol):
    """What began a run, and hears its answers."""

    @property
    def waits(self) -> bool:
        """Whether the engine owes the run something and is not paused."""

    @property
    def given_up(self) -> bool:
        """Whether it waits only to learn if the engine hangs; any message from the engine ends that."""

    def told(self, answer: Message) -> None:
        """Take an answer to the run."""

    def lost(self) -> None:
        """The engine died, and the run with it."""


class EngineLink(asyncio.Protocol):
    """The connection, and the listener of each run.

    Args:
        path: the engine's socket.
        on_silent: called when the engine hangs.
        silence_s: how long the engine may send nothing to runs that wait.
    """

    def __init__(
        self, path: Path, on_silent: Callable[[], None] = lambda: None, *, silence_s: float = SILENCE_S
    ) -> None:
        self._path = path
        self._on_silent = on_silent
        self._silence_s = silence_s
        self._heard = self._was_awaited = self._greeted = False
        self._were_given_up: frozenset[int] = frozenset()
        self.in_doubt = False
        """Whether a run was given up and the engine has sent nothing since."""
        self._decoder = Decoder()
        self._transport: asyncio.Transport | None = None
        self._listeners: dict[int, RunListener] = {}
        self._numbers = count(1)
        self._gone = asyncio.Event()
        self._here = asyncio.Event()
        self.strikes = Strikes()
        """Strikes against texts that were in the engine when it died."""
        self.voices: tuple[OfferedVoice, ...] = ()
        """The voices that the engine offers; empty while it is not connected."""
        self.was_here = False
        """Whether an engine has ever been connected; before that, the voices are warming up."""

    async def keep(self) -> None:
        """Connect, and reconnect whenever the connection is lost, until cancelled."""
        loop = asyncio.get_running_loop()
        wait_s = _FIRST_WAIT_S
        try:
            while True:
                self._gone.clear()
                self._greeted = False
                try:
                    await loop.create_unix_connection(lambda: self, str(self._path))
                    await self._listen()
                except OSError:
                    pass  # not there yet
                if self._greeted:
                    wait_s = _FIRST_WAIT_S
                else:
                    await asyncio.sleep(wait_s)
                    wait_s = min(2 * wait_s, _MOST_WAIT_S)
        finally:
            if self._transport is not None:
                self._transport.abort()

    async def _listen(self) -> None:
        """Wait until the connection is lost; close it when the engine hangs."""
        while not self._gone.is_set():
            try:
                async with asyncio.timeout(self._silence_s):
                    await self._gone.wait()
            except TimeoutError:
                self._look()

    def _look(self) -> None:
        was_awaited, heard, were_given_up = self._was_awaited, self._heard, self._were_given_up
        self._was_awaited = any(listener.waits for listener in self._listeners.values())
        self._heard = False
        self._were_given_up = frozenset(run for run, one in self._listeners.items() if one.given_up)
        is_silent = self._was_awaited and was_awaited and not heard
        if (is_silent or were_given_up & self._were_given_up) and self._transport is not None:
            whom = "" if is_silent else " for a run that was given up"
            _LOG.error("the engine has sent nothing%s for %g s: treating it as dead", whom, self._silence_s)
            self._was_awaited = False
            self._transport.abort()
            self._on_silent()

    def doubt(self) -> None:
        """A run was given up: check whether the engine still sends anything."""
        self.in_doubt = True

    async def connected(self) -> None:
        """Wait until the engine has told which voices it offers."""
        await self._here.wait()

    @property
    def open_runs(self) -> int:
        """How many runs have a listener."""
        return len(self._listeners)

    def begin(self, listener: RunListener) -> int:
        """Allot a number for a new run; its answers go to `listener` from now on."""
        number = next(self._numbers) & 0xFFFFFFFF
        self._listeners[number] = listener
        return number

    def send(self, *requests: Request) -> None:
        """Send to the engine; does nothing while it is not connected."""
        if self._transport is not None:
            self._transport.write(b"".join(map(encode, requests)))

    def forget(self, number: int) -> None:
        """Stop listening to a run."""
        self._listeners.pop(number, None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected; the engine sends the first message."""
        # uvloop's transports behave as asyncio.Transport but do not inherit from it.
        self._transport = cast("asyncio.Transport", transport)
        self._decoder = Decoder()

    def data_received(self, data: bytes) -> None:
        """Pass answers to their runs."""
        self._heard, self.in_doubt = True, False
        try:
            for message in self._decoder.feed(data):
                self._pass_on(message)
        except WireError as error:
            _LOG.error("invalid message from the engine: %s", error)
            if self._transport is not None:
                self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """The connection is lost, and all runs with it."""
        self._transport = None
        self.in_doubt = False
        self.voices = ()
        self._here.clear()
        self._gone.set()
        listeners, self._listeners = self._listeners, {}
        self.strikes.died()
        for listener in listeners.values():
            listener.lost()

    def _pass_on(self, message: Message) -> None:
        if isinstance(message, Hello):
            self.voices = message.voices
            self._greeted = self.was_here = True
            self._here.set()
            return
        listener = self._listeners.get(message.run)
        if listener is not None:  # None: it was cancelled while this answer was in transit
            listener.told(message)
