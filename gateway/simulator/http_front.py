"""The simulated vendors on HTTP and WebSockets: the servers' own dialect routes, each request inspected first."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from aiohttp import web

from gateway.rpc.listening import listen
from gateway.servers.admission import request_head
from gateway.servers.dialects import Dialects, FaceRoute, Route, Shape
from gateway.servers.mistakes import AiohttpLog
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.simulator.accepting import Accept, Connections, hand_over
from gateway.simulator.connection import CURRENT_REQUEST, Connection, SimulatedRequest
from gateway.simulator.face import face_maker
from gateway.simulator.idle_connections import IdleConnections
from gateway.simulator.log import Entry, Log, Saw
from gateway.simulator.options import SimulatedVendor, SimulatorOptions
from gateway.simulator.reception import SimulatedReception
from legato.ports import RequestHead, VoiceDirectory

_STOP_S = 0.2
_log = AiohttpLog(logging.getLogger("aiohttp.server"))
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class HttpFront:
    """One listener.

    Args:
        vendors: the vendors whose routes it serves.
        voices: the known voices; empty for all names.
        reception: admits clients.
        connections: numbers the connections.
        idle: keeps connections between two requests.
        log: records refusals.
        down: the names of vendors that are down.
    """

    def __init__(
        self,
        vendors: Collection[SimulatedVendor],
        voices: Collection[str],
        reception: SimulatedReception,
        connections: Connections,
        idle: IdleConnections,
        log: Log,
        down: Collection[str],
    ) -> None:
        self._routes = [(vendor.name, route) for vendor in vendors for route in vendor.routes]
        self._voices = voices
        self._reception = reception
        self._connections = connections
        self._idle = idle
        self._log = log
        self._down = down
        self._over = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None

    async def start(
        self, options: SimulatorOptions, settings: ServerSettings, streams: Streams, directory: VoiceDirectory
    ) -> int:
        """Listen.

        Returns:
            The port.

        Raises:
            OSError: the address cannot be bound.
        """
        app = web.Application(middlewares=[self._serve], client_max_size=settings.max_message_bytes)
        Dialects(settings, streams, directory).add_to(
            app, [self._simulated(route) for _, route in self._routes]
        )
        self._runner = web.AppRunner(app, access_log=None, logger=_log, shutdown_timeout=_STOP_S)
        await self._runner.setup()
        self._server = await listen(
            lambda: Accept(self._connections, self._take, settings),
            options.host,
            options.port,
            tls=options.tls,
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening; the connections have been reset before."""
        self._over.set()
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._server is not None:
            await self._server.wait_closed()

    def _simulated(self, route: Route) -> Route:
        if isinstance(route, FaceRoute):
            return replace(route, make_face=face_maker(route.make_face, self._voices))
        return route

    def _take(self, _: Connection, transport: asyncio.Transport) -> None:
        assert self._runner is not None
        assert self._runner.server is not None
        hand_over(transport, self._runner.server())

    @web.middleware
    async def _serve(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        head = request_head(request.method, request.path_qs, request.headers)
        found = self._found(request, head)
        connection = self._connections.of(request.transport)
        if found is None or connection is None:
            return await handler(request)
        vendor, route = found
        key = route.make_face("", ()).key(head)
        simulated = SimulatedRequest(connection, vendor, key, page=not isinstance(route, FaceRoute))
        CURRENT_REQUEST.set(simulated)
        self._idle.end(connection)
        if vendor in self._down:
            connection.reset()
        if connection.closed or not await self._waited(simulated):
            return web.Response(status=503)  # nobody reads it
        answered = self._as_told(await handler(request), simulated)
        if not isinstance(answered, web.WebSocketResponse):  # that has ended its connection
            self._idle.begin(simulated)
        return answered

    def _found(self, request: web.Request, head: RequestHead) -> tuple[str, Route] | None:
        resource = request.match_info.route.resource
        paths = {request.path, resource.canonical if resource is not None else request.path}
        for vendor, route in self._routes:
            posted = isinstance(route, FaceRoute) and route.shape is Shape.ONE_SHOT
            claims = None if isinstance(route, FaceRoute) else route.claims
            is_it = route.path in paths and (request.method == "POST") is posted
            if is_it and (claims is None or claims(head)):
                return vendor, route
        return None

    async def _waited(self, request: SimulatedRequest) -> bool:
        wait_s = 0.0 if request.page else self._reception.apply_dial_faults(request)
        if wait_s is None:
            return False
        if math.isinf(wait_s):
            await self._over.wait()
            return False
        if wait_s:
            await asyncio.sleep(wait_s)
        return not request.connection.closed

    def _as_told(self, response: web.StreamResponse, request: SimulatedRequest) -> web.StreamResponse:
        """The dialect's refusal, with the script's status and Retry-After."""
        if response.prepared or response.status < 400:
            return response
        if request.status:
            response.set_status(request.status)
            if request.retry_after_s is not None:
                response.headers["Retry-After"] = f"{request.retry_after_s:g}"
        self._log.add(Entry(Saw.REFUSED, request.vendor, request.connection.number, value=response.status))
        return response
