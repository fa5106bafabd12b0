"""Vendors to rehearse with, on one port: their faces' routes, served by synthetic sessions.

async with Simulator([vendor], script=Script(...), seed=1) as simulator:
    simulator.url, simulator.port, simulator.log
    simulator.down(); simulator.up()
"""

import asyncio
import itertools
import logging
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self, cast

from aiohttp import web

from gateway.servers.acceptor import tune
from gateway.servers.dialects import Dialects, FaceRoute, Route, Shape
from gateway.servers.knock import request_head
from gateway.servers.mistakes import AiohttpLog
from gateway.servers.settings import Address, ServerSettings
from gateway.servers.streams import Streams
from gateway.simulator.connection import KNOCK, Connection, Knock
from gateway.simulator.face import face_maker
from gateway.simulator.faults import Injector, Scene
from gateway.simulator.limits import changed
from gateway.simulator.log import Entry, Log, Saw
from gateway.simulator.pacing import Pacing
from gateway.simulator.reception import Door
from gateway.simulator.script import Fault, Script
from gateway.simulator.stage import Theatre
from gateway.simulator.tones import ToneVoice
from gateway.simulator.voices import SyntheticVoice
from legato.domain.audio import OFFERED, AudioFormat
from legato.domain.facts import BugFound, Fact
from legato.domain.speech import Route as VoiceRoute
from legato.domain.speech import Voice
from legato.domain.vendors import VendorLimits
from legato.ports import Clock, VoiceInfo

_STOP_S = 0.2
_NEVER_S = 86_400.0
_log = AiohttpLog(logging.getLogger("aiohttp.server"))


@dataclass(frozen=True, slots=True)
class SimulatedVendor:
    """A vendor as its faces and its limits say.

    Args:
        name: for scripts and the log.
        routes: of its dialect.
        limits: that it enforces.
    """

    name: str
    routes: tuple[Route, ...]
    limits: VendorLimits = field(default_factory=VendorLimits)


@dataclass(frozen=True, slots=True)
class Venue:
    """Where and with what a simulator runs.

    Args:
        host: to listen on.
        port: 0 for a free one.
        tls: for TLS; `None` for cleartext.
        clock: monotonic seconds.
        voice: speaks; `None` for tone-coded words.
        told: called with every entry of the log as it comes.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    clock: Clock = time.monotonic
    voice: SyntheticVoice | None = None
    told: Callable[[Entry], None] | None = None


class Simulator:
    """An asynchronous context: it listens inside.

    Args:
        vendors: whose languages it speaks; their paths must differ.
        script: what they do.
        seed: of everything that goes by chance.
        venue: where it runs.

    Raises:
        ValueError: the script changes a limit that there is not.
        OSError: on entering, when it cannot listen there.
    """

    def __init__(
        self,
        vendors: Sequence[SimulatedVendor],
        script: Script | None = None,
        seed: int = 1,
        venue: Venue | None = None,
    ) -> None:
        self._venue = venue or Venue()
        script = script or Script()
        self._script = script
        self._vendors = {vendor.name: vendor for vendor in vendors}
        self._news = asyncio.Event()
        self.log = Log(self._venue.clock, self._told)
        self.injector = Injector(script.faults, seed, self.log)
        self.port = 0
        self._pacing = Pacing(script.pace, seed)
        self._voice = self._venue.voice or ToneVoice(seed)
        self._numbers = itertools.count(1)
        self._connections: dict[object, Connection] = {}
        self._knocks: dict[tuple[str, Shape], tuple[str, FaceRoute]] = {}
        self._down: set[str] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        utterances = itertools.count(1)
        self._theatres = {
            vendor.name: Theatre(
                script,
                changed(vendor.limits, script.limits),
                self._pacing,
                self._voice,
                self.log,
                self.injector,
                self._venue.clock,
                utterances,
            )
            for vendor in vendors
        }
        self._door = Door(self._theatres, self.injector, self._down_for)

    # --- at run time --------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """http(s)://host:port."""
        return f"{'https' if self._venue.tls else 'http'}://{self._venue.host}:{self.port}"

    @property
    def websocket_url(self) -> str:
        """ws(s)://host:port."""
        return self.url.replace("http", "ws", 1)

    @property
    def open_streams(self) -> int:
        """Streams that are served now."""
        return len(self._door.sessions)

    async def seen(self, saw: Saw, count: int = 1) -> None:
        """Wait until the log counts so many entries about this."""
        while self.log.count(saw) < count:
            self._news.clear()
            await self._news.wait()

    def add(self, fault: Fault) -> int:
        """One more fault, from now on; its number in the log."""
        return self.injector.add(fault)

    def down(self, vendor: str = "") -> None:
        """The vendor (all of them without a name) is down: its connections are reset, and whoever comes as well."""
        self._down.add(vendor)
        self.log.add(Entry(Saw.DOWN, vendor))
        for session in tuple(self._door.sessions):
            if vendor in {"", session.knock.vendor}:
                session.knock.connection.reset()
        if not vendor:
            for connection in self._connections.values():
                connection.reset()

    def up(self, vendor: str = "") -> None:
        """It is there again."""
        if vendor in self._down:
            self._down.discard(vendor)
            self.log.add(Entry(Saw.UP, vendor))

    def _told(self, entry: Entry) -> None:
        self._news.set()
        if self._venue.told is not None:
            self._venue.told(entry)

    def _down_for(self, vendor: str, ms: float) -> None:
        self.down(vendor)
        handle: list[asyncio.TimerHandle] = []

        def back() -> None:
            self._timers.difference_update(handle)
            self.up(vendor)

        handle.append(asyncio.get_running_loop().call_later(ms / 1000, back))
        self._timers.update(handle)

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
        venue = self._venue
        settings = ServerSettings(
            http=Address(venue.host, venue.port),
            fence_ms=_NEVER_S * 1000,  # a vendor sends as fast as TCP takes it
            ping_s=_NEVER_S,
            max_backlog_bytes=64 << 20,
        )
        streams = Streams(self._door, self, venue.clock)
        app = web.Application(middlewares=[self._serve], client_max_size=settings.max_message_bytes)
        dialects = Dialects(settings, streams, self)
        for vendor in self._vendors.values():
            dialects.add_to(app, [self._simulated(vendor.name, route) for route in vendor.routes])
        self._runner = web.AppRunner(app, access_log=None, logger=_log, shutdown_timeout=_STOP_S)
        await self._runner.setup()
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Accept(self._accepted, settings), venue.host, venue.port, ssl=venue.tls, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._door.over.set()
        for timer in self._timers:
            timer.cancel()
        if self._server is not None:
            self._server.close()
        for connection in self._connections.values():
            connection.reset()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._server is not None:
            await self._server.wait_closed()

    def _simulated(self, vendor: str, route: Route) -> Route:
        if not isinstance(route, FaceRoute):
            return route
        made = replace(route, make_face=face_maker(route.make_face, self._script.voices))
        self._knocks[route.path, route.shape] = vendor, route
        return made

    # --- connections and requests -------------------------------------------------------------------------------------

    def _accepted(self, transport: asyncio.Transport) -> asyncio.BaseProtocol | None:
        connection = Connection(next(self._numbers), transport)
        self.log.add(Entry(Saw.DIALLED, connection=connection.number))
        refusing = [
            armed
            for armed in self.injector.armed(Scene(connection=connection.number), "dial")
            if armed.fault.name == "refuse" and self.injector.fire(armed)
        ]
        if refusing or "" in self._down:
            connection.reset()
            return None
        # A peer's address is unique as long as its connection lives, and used again behind it: this does not grow for ever.
        self._connections[transport.get_extra_info("peername")] = connection
        assert self._runner is not None
        assert self._runner.server is not None
        return self._runner.server()

    @web.middleware
    async def _serve(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        resource = request.match_info.route.resource
        shape = Shape.WEBSOCKET if request.method == "GET" else Shape.ONE_SHOT
        found = self._knocks.get((resource.canonical if resource else "", shape))
        connection = self._connections.get(request.transport and request.transport.get_extra_info("peername"))
        if found is None or connection is None:
            return await handler(request)
        vendor, route = found
        key = route.make_face("", ()).key(request_head(request.method, request.path_qs, request.headers))
        knock = Knock(connection, vendor, key)
        KNOCK.set(knock)
        if vendor in self._down:
            connection.reset()
        if connection.closed or not await self._door.knock(knock):
            return web.Response(status=503)  # to nobody
        return _as_told(await handler(request), knock)

    # --- what the servers ask of a house ------------------------------------------------------------------------------

    def note(self, fact: Fact) -> None:
        """Implements `ports.Observer`."""
        if isinstance(fact, BugFound):
            self.log.add(Entry(Saw.BUG, note=str(fact)))

    def voices(self) -> Sequence[VoiceInfo]:
        """Implements `ports.VoiceDirectory`."""
        route = (VoiceRoute("simulator", "tones"),)
        return [VoiceInfo(Voice(name, ("en",), route), ready=True) for name in self._script.voices]

    def formats(self) -> Sequence[AudioFormat]:
        """Implements `ports.VoiceDirectory`."""
        return OFFERED

    def default_voice(self) -> str:
        """Implements `ports.VoiceDirectory`."""
        return next(iter(self._script.voices), "simulated")


class Accept(asyncio.Protocol):
    """A connection that was just accepted.

    Args:
        accepted: gives it the protocol that serves it; `None` where it is refused.
        settings: of its socket.
    """

    def __init__(
        self, accepted: Callable[[asyncio.Transport], asyncio.BaseProtocol | None], settings: ServerSettings
    ) -> None:
        self._accepted = accepted
        self._settings = settings

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand it on."""
        # uvloop's transports are Transports in all but their ancestry.
        transport = cast("asyncio.Transport", transport)
        tune(transport.get_extra_info("socket"), self._settings)
        protocol = self._accepted(transport)
        if protocol is not None:
            transport.set_protocol(protocol)
            protocol.connection_made(transport)


def _as_told(response: web.StreamResponse, knock: Knock) -> web.StreamResponse:
    """The dialect's refusal, with the status and the Retry-After that the script says."""
    if knock.refusal is not None and not response.prepared:
        response.set_status(knock.status)
        if knock.refusal.retry_after_s is not None:
            response.headers["Retry-After"] = f"{knock.refusal.retry_after_s:g}"
    return response
