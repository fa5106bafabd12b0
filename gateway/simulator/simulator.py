"""Simulated vendors for tests and rehearsals: their dialects' routes on one port, served by synthetic sessions.

async with Simulator(vendors, Script(...), seed=1) as simulator:
    simulator.url, simulator.websocket_url, simulator.tcp_port, simulator.log
    simulator.down(); simulator.up()
"""

import asyncio
import itertools
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.simulator.accepting import Connections
from gateway.simulator.contexts import VendorContext
from gateway.simulator.directory import SimulatedDirectory
from gateway.simulator.fault_support import FaultSupport
from gateway.simulator.faults import Injector
from gateway.simulator.grpc_front import GrpcFront
from gateway.simulator.http_front import HttpFront
from gateway.simulator.idle_connections import IdleConnections
from gateway.simulator.limits import changed
from gateway.simulator.log import Entry, Log, Saw
from gateway.simulator.options import SimulatedVendor, SimulatorOptions
from gateway.simulator.pacing import Pacing
from gateway.simulator.reception import SimulatedReception
from gateway.simulator.script import Fault, Script
from gateway.simulator.tcp_front import TcpFront
from gateway.simulator.tones import ToneVoice
from legato.domain.facts import BugFound, Fact

_NEVER_S = 86_400.0
SETTINGS = ServerSettings(
    fence_ms=_NEVER_S * 1000,  # a vendor sends as fast as TCP takes it
    ping_s=_NEVER_S,
    tcp_idle_s=_NEVER_S,
    max_backlog_bytes=64 << 20,
)


class Simulator:
    """An asynchronous context manager that listens while it is entered.

    Args:
        vendors: which to simulate; their paths must differ, and at most one is on bare TCP.
        script: what they do.
        seed: for everything random.
        options: where and with what it runs.

    Raises:
        ValueError: the script changes an unknown limit, or has a fault that none of these vendors can have.
        OSError: on entering, when it cannot listen there.
    """

    def __init__(
        self,
        vendors: Sequence[SimulatedVendor],
        script: Script | None = None,
        seed: int = 1,
        options: SimulatorOptions | None = None,
    ) -> None:
        self._options = options or SimulatorOptions()
        self._script = script or Script()
        self._news = asyncio.Event()
        self.log = Log(self._options.clock, self._told)
        self.port = 0
        self.tcp_port = 0
        self.grpc_port = 0
        self._streams: Streams | None = None
        self._down: set[str] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._fault_support = FaultSupport(vendors)
        self._fault_support.check(self._script.faults)
        self._injector = Injector(self._script.faults, seed, self.log, self._fault_support)
        self._connections = Connections(self.log, self._injector)
        contexts = self._contexts(vendors, seed)
        self._reception = SimulatedReception(contexts, self._injector, self._take_down)
        self._idle = IdleConnections(contexts, self._take_down)
        spoken = [vendor for vendor in vendors if vendor.make_tcp_face is not None]
        voices = self._script.voices
        self._tcp = [TcpFront(one, voices, self._reception, self._connections, self._down) for one in spoken]
        called = [vendor for vendor in vendors if vendor.calls]
        self._grpc = [
            GrpcFront(called, voices, self._reception, self._connections, self._idle, self.log, self._down)
            for _ in called[:1]
        ]
        self._http = HttpFront(
            vendors, voices, self._reception, self._connections, self._idle, self.log, self._down
        )

    def _contexts(self, vendors: Sequence[SimulatedVendor], seed: int) -> dict[str, VendorContext]:
        script = self._script
        utterances = itertools.count(1)
        pacing = Pacing(script.pace, seed)
        voice = self._options.voice or ToneVoice(seed)
        return {
            one.name: VendorContext(
                script,
                changed(one.limits, script.limits),
                pacing,
                voice,
                self.log,
                self._injector,
                self._options.clock,
                utterances,
            )
            for one in vendors
        }

    # --- at run time --------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """http(s)://host:port."""
        return f"{'https' if self._options.tls else 'http'}://{self._options.url_host}:{self.port}"

    @property
    def websocket_url(self) -> str:
        """ws(s)://host:port."""
        return self.url.replace("http", "ws", 1)

    @property
    def tcp_url(self) -> str:
        """tcp://host:port of the dialect over bare TCP."""
        return f"tcp://{self._options.url_host}:{self.tcp_port}"

    @property
    def grpc_url(self) -> str:
        """grpc://host:port of the dialects over gRPC."""
        return f"grpc://{self._options.url_host}:{self.grpc_port}"

    @property
    def open_streams(self) -> int:
        """How many streams are being served."""
        return len(self._reception.sessions)

    async def seen(self, saw: Saw, count: int = 1) -> None:
        """Wait until the log has counted this many such entries."""
        while self.log.count(saw) < count:
            self._news.clear()
            await self._news.wait()

    def add(self, fault: Fault) -> int:
        """Add a fault; returns its index in the log.

        Raises:
            ScriptError: none of these vendors can have it.
        """
        self._fault_support.check([fault])
        return self._injector.add(fault)

    def down(self, vendor: str = "") -> None:
        """Take a vendor down, or all of them: its connections are reset, and new ones at once."""
        self._down.add(vendor)
        self.log.add(Entry(Saw.DOWN, vendor))
        for session in tuple(self._reception.sessions):
            if vendor in {"", session.request.vendor}:
                session.request.connection.reset()
        if not vendor:
            self._connections.all_refused = True
            self._connections.reset()

    def up(self, vendor: str = "") -> None:
        """Bring it up again."""
        if vendor in self._down:
            self._down.discard(vendor)
            self.log.add(Entry(Saw.UP, vendor))
            self._connections.all_refused = "" in self._down

    def note(self, fact: Fact) -> None:
        """Log bugs of the simulator itself, as `ports.Observer` asks."""
        if isinstance(fact, BugFound):
            self.log.add(Entry(Saw.BUG, note=str(fact)))

    def _told(self, entry: Entry) -> None:
        self._news.set()
        if self._options.told is not None:
            self._options.told(entry)

    def _take_down(self, vendor: str, ms: float) -> None:
        self.down(vendor)
        loop = asyncio.get_running_loop()
        self._timers = {timer for timer in self._timers if timer.when() > loop.time()}
        self._timers.add(loop.call_later(ms / 1000, self.up, vendor))

    # --- the life of it -----------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _start(self) -> None:
        self._streams = streams = Streams(self._reception, self, self._options.clock)
        directory = SimulatedDirectory(self._script.voices)
        self.port = await self._http.start(self._options, SETTINGS, streams, directory)
        for front in self._tcp:
            self.tcp_port = await front.start(self._options, SETTINGS, streams, directory)
        for calls in self._grpc:
            self.grpc_port = await calls.start(self._options, SETTINGS, streams, directory)

    async def _stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._idle.close()
        self._connections.reset()
        if self._streams is not None:
            self._streams.abandon()  # whoever would wait for ever does not: the library takes their requests' end badly
        for front in self._tcp:
            await front.stop()
        for calls in self._grpc:
            await calls.stop()
        await self._http.stop()
