"""All servers of one worker, started and stopped together.

async with Servers(settings, Backstage(reception, health, directory, observer, metrics)) as servers:
    servers.http_port, servers.grpc_port, servers.admin_port
    servers.drain(deadline)          # no longer ready: every stream is told
    await servers.finished(deadline) # streams end, at the latest then
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

from aiohttp import web

from gateway.rpc.listening import listen
from gateway.servers import websocket_picows
from gateway.servers.acceptor import Acceptor
from gateway.servers.dialects import Dialects, Route
from gateway.servers.grpc_server import GrpcServer
from gateway.servers.level_page import LevelPage, Verbosity
from gateway.servers.mistakes import AiohttpLog
from gateway.servers.pages import Exposition, Pages, admin_application, start_admin
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.tcp import MakeTcpFace, TcpServer
from legato.faces.extras import Installed
from legato.ports import Clock, Health, Observer, Operations, Reception, TextPreview, VoiceDirectory

_STOP_S = 1.0
_log = AiohttpLog(logging.getLogger("aiohttp.server"))


@dataclass(frozen=True, slots=True)
class Backstage:
    """What the servers need from the rest of the gateway.

    Args:
        reception: lets clients in and gives each stream its session.
        health: answers the probes.
        directory: what can be spoken.
        observer: told of bugs.
        metrics: renders the metrics for an Accept header: body and content type.
        clock: monotonic seconds; the sessions' own.
        dialects: routes of the dialects that the HTTP port speaks besides the native contract.
        tcp_face: makes the face of a connection to the bare TCP port.
        preview: shows how a text would be said; `None` for no such page.
        operations: vendors and routes, for the admin port; `None` for none.
        verbosity: the log level, for the admin port; `None` if it cannot be changed.
        name: this gateway's name, by which it recognises texts that it has sent out itself.
        installed: the encodings that clients of the native contract may ask for of those that need an extra.
    """

    reception: Reception
    health: Health
    directory: VoiceDirectory
    observer: Observer
    metrics: Exposition
    clock: Clock = time.monotonic
    dialects: tuple[Route, ...] = ()
    tcp_face: MakeTcpFace | None = None
    preview: TextPreview | None = None
    operations: Operations | None = None
    verbosity: Verbosity | None = None
    name: str = ""
    installed: Installed = None


class Servers:
    """The servers of one worker, as an asynchronous context.

    Args:
        settings: addresses, limits, times.
        backstage: the ports.

    Raises:
        OSError: on entering, if an address cannot be bound; nothing listens then.
    """

    def __init__(self, settings: ServerSettings, backstage: Backstage) -> None:
        self._settings = settings
        self._backstage = backstage
        self.streams = Streams(
            backstage.reception, backstage.observer, backstage.clock, backstage.name, backstage.installed
        )
        self.http_port = 0
        self.grpc_port = 0
        self.admin_port = 0
        self.tcp_port = 0
        self._grpc: GrpcServer | None = None
        self._http: list[asyncio.Server] = []
        self._tcp: TcpServer | None = None
        self._runners: list[web.AppRunner] = []

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

    def shut(self) -> None:
        """Stop listening, except for operators: other workers listen at the same ports, or soon will, and serve new clients."""
        for server in self._http:
            server.close()
        if self._grpc is not None:
            self._grpc.shut()
        if self._tcp is not None:
            self._tcp.shut()

    def drain(self, deadline: float) -> None:
        """Tell every stream, including those still to come, that the gateway is going away.

        Args:
            deadline: time of the clock at which they are closed, whatever they are doing.
        """
        self.streams.drain(deadline)

    async def finished(self, deadline: float) -> bool:
        """Wait until no stream is open, or until this time of the clock.

        Returns:
            Whether all have ended by themselves.
        """
        try:
            async with asyncio.timeout(max(0.0, deadline - self._backstage.clock())):
                await self.streams.empty()
        except TimeoutError:
            return False
        return True

    async def _start(self) -> None:
        settings, behind = self._settings, self._backstage
        if settings.grpc is not None:
            self._grpc = GrpcServer(settings, self.streams, behind.health, behind.directory)
            own = () if settings.own_grpc is None else (settings.own_grpc,)
            self.grpc_port = await self._grpc.start(settings.grpc, *own)
        if settings.http is not None:
            await self._start_http()
        if settings.tcp is not None and behind.tcp_face is not None:
            self._tcp = TcpServer(settings, self.streams, behind.tcp_face)
            self.tcp_port = await self._tcp.start(settings.tcp)
        await self._start_admin()

    async def _start_admin(self) -> None:
        settings, behind = self._settings, self._backstage
        if settings.admin is None and settings.admin_socket is None:
            return
        app = admin_application(behind.health, behind.metrics, behind.observer, behind.operations)
        if behind.verbosity is not None:
            LevelPage(behind.verbosity).add_to(app)
        runner = await self._run(app)
        if settings.admin is not None:
            self.admin_port = await start_admin(runner, settings.admin, reuse_port=settings.reuse_port)
        if settings.admin_socket is not None:
            await web.UnixSite(runner, settings.admin_socket).start()

    async def _start_http(self) -> None:
        settings, behind = self._settings, self._backstage
        assert settings.http is not None
        app = Pages(settings, self.streams, behind.health, behind.directory, behind.preview).application()
        Dialects(settings, self.streams, behind.directory).add_to(app, behind.dialects)
        runner = await self._run(app)
        assert runner.server is not None
        websocket = partial(websocket_picows.protocol, self.streams, settings)
        for address in filter(None, (settings.http, settings.own_http)):
            server = await listen(
                partial(Acceptor, websocket, runner.server, settings),
                address.host,
                address.port,
                tls=settings.tls,
                handshake_s=settings.handshake_s,
                reuse_port=settings.reuse_port,
            )
            self._http.append(server)
        self.http_port = self._http[0].sockets[0].getsockname()[1]

    async def _run(self, app: web.Application) -> web.AppRunner:
        runner = web.AppRunner(
            app,
            access_log=None,
            logger=_log,
            shutdown_timeout=_STOP_S,
            keepalive_timeout=self._settings.keep_alive_s,
        )
        self._runners.append(runner)
        await runner.setup()
        return runner

    async def _stop(self) -> None:
        for server in self._http:
            server.close()
        self.streams.abandon()
        if self._tcp is not None:
            await self._tcp.stop(_STOP_S)
        if self._grpc is not None:
            await self._grpc.stop(_STOP_S)
        for runner in self._runners:
            await runner.cleanup()
        for server in self._http:
            await server.wait_closed()
