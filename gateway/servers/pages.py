"""Plain HTTP: the playground, the lists of voices and languages, probes, metrics. Errors are JSON as in the native contract."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from gateway.rpc.listening import EVERY_ADDRESS, everywhere, no_family, unknown
from gateway.servers import websocket_aiohttp
from gateway.servers.admission import admit, request_head
from gateway.servers.refusals import answer, named
from gateway.servers.rendered import Rendered
from gateway.servers.settings import Address, ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.text_page import TEXT_PATH, read_text
from gateway.servers.vendor_pages import VendorPages
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import BugFound
from legato.domain.origins import allows
from legato.domain.speech import Principal
from legato.faces.native import WEBSOCKET_PATH, refusal
from legato.faces.native_catalogue import languages_json, voices_json
from legato.ports import Health, Observer, Operations, TextPreview, VoiceDirectory

Exposition = Callable[[str], tuple[bytes, str]]
"""Renders the metrics for an Accept header: body and content type. Called in a thread, since a long answer would hold up the loop."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_UPGRADED = 101
_PAGES = {"/": "index.html", "/text": "text.html"}
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'self'; connect-src *; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


class Pages:
    """The public pages.

    Args:
        settings: web root, CORS.
        streams: its reception lets clients in; it registers the streams of upgrades on reused connections.
        health: answers the probes.
        directory: what the lists show.
        preview: shows how a text would be said; `None` for no such page.
    """

    def __init__(
        self,
        settings: ServerSettings,
        streams: Streams,
        health: Health,
        directory: VoiceDirectory,
        preview: TextPreview | None = None,
    ) -> None:
        self._preview = preview
        self._settings = settings
        self._streams = streams
        self._directory = directory
        self._rendered: Rendered[str] = Rendered(directory)
        self._probes = Probes(health)

    def application(self) -> web.Application:
        """Make the aiohttp application."""
        app = web.Application(
            middlewares=[named_errors(self._streams.observer)],
            client_max_size=self._settings.max_message_bytes,
        )
        app.on_response_prepare.append(self._part)
        cross_origin(app, self._settings.cors_origins)
        self._probes.add_to(app)
        app.router.add_get(WEBSOCKET_PATH, self._stream)
        app.router.add_get("/v1/voices", self._voices)
        app.router.add_get("/v1/languages", self._languages)
        if self._preview is not None:
            app.router.add_post(TEXT_PATH, self._text)
        root = self._settings.web_root
        if root is not None:
            for path, name in _PAGES.items():
                app.router.add_get(path, _page(root / name))
            app.router.add_static("/static", root, append_version=False)
            app.on_response_prepare.append(_secure)
        return app

    async def _part(self, _: web.Request, response: web.StreamResponse) -> None:
        # Or a client that keeps its connection would be refused on it again and again, though others could serve it.
        if self._streams.draining and response.status != _UPGRADED:
            response.force_close()
            response.headers[hdrs.CONNECTION] = "close"

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get(hdrs.UPGRADE, "").lower() != "websocket":
            told = SpeechError(Reason.BAD_FRAME, f"{WEBSOCKET_PATH} expects a WebSocket upgrade")
            refused = answer(refusal(told))
            refused.set_status(web.HTTPUpgradeRequired.status_code)
            refused.headers[hdrs.UPGRADE] = "websocket"
            return refused
        return await websocket_aiohttp.serve(request, self._streams, self._settings)

    async def _voices(self, request: web.Request) -> web.StreamResponse:
        self._admit(request)
        language = request.query.get("language", "").lower()
        return _json(
            self._rendered.answer(("voices", language), lambda: voices_json(self._directory, language))
        )

    async def _languages(self, request: web.Request) -> web.StreamResponse:
        self._admit(request)
        return _json(self._rendered.answer("languages", lambda: languages_json(self._directory)))

    async def _text(self, request: web.Request) -> web.StreamResponse:
        principal = self._admit(request)
        assert self._preview is not None, "the route is there with it"
        return await read_text(request, self._preview, principal, self._settings.body_s)

    def _admit(self, request: web.Request) -> Principal:
        return admit(self._streams, request_head(request.method, request.path_qs, request.headers))


class Probes:
    """`/livez` and `/readyz` for machines, `/healthz` for people."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/livez", self._live)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/healthz", self._report)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        del request
        is_live = self._health.live()
        return web.Response(text="live\n" if is_live else "not live\n", status=200 if is_live else 503)

    async def _ready(self, request: web.Request) -> web.StreamResponse:
        del request
        return readiness(self._health.hindrance())

    async def _report(self, request: web.Request) -> web.StreamResponse:
        del request
        return web.json_response(dict(self._health.report()), status=200 if self._health.live() else 503)


def admin_application(
    health: Health, metrics: Exposition, observer: Observer, operations: Operations | None = None
) -> web.Application:
    """Make the pages of the admin port: metrics and probes; with `operations`, vendors and routes as well."""

    async def exposition(request: web.Request) -> web.StreamResponse:
        body, content_type = await asyncio.to_thread(metrics, request.headers.get(hdrs.ACCEPT, ""))
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: content_type})

    app = web.Application(middlewares=[named_errors(observer)])
    app.router.add_get("/metrics", exposition)
    Probes(health).add_to(app)
    if operations is not None:
        VendorPages(operations).add_to(app)
    return app


async def start_admin(runner: web.BaseRunner, address: Address, *, reuse_port: bool = False) -> int:
    """Listen for these pages.

    Returns:
        The port.

    Raises:
        OSError: the address cannot be bound.
    """
    site: web.BaseSite
    if address.host == EVERY_ADDRESS:
        site = web.SockSite(runner, everywhere(address.port, reuse_port=reuse_port))
    else:
        site = web.TCPSite(runner, address.host, address.port, reuse_port=reuse_port)
    try:
        await site.start()
    except socket.gaierror as error:  # it does not say which host name it was
        raise unknown(error, address.host, address.port) from None
    if not runner.addresses:
        raise no_family(address.host, address.port)
    port: int = runner.addresses[0][1]
    return port


def named_errors(observer: Observer) -> Middleware:
    """Make a middleware that answers errors as JSON; an unexpected exception becomes `internal`, and a fact."""

    @web.middleware
    async def middleware(request: web.Request, handler: _Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except SpeechError as error:
            return answer(refusal(error))
        except web.HTTPException as error:
            told = named(request, error)
            if told is None:
                raise
            return answer(refusal(told), error)
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this request alone
            # The route, not the path: a path may contain anything.
            resource = request.match_info.route.resource
            observer.note(BugFound.of(f"http {resource.canonical if resource else '?'}", error))
            told = SpeechError(Reason.INTERNAL, "a fault in the gateway ended this request")
            return answer(refusal(told))

    return middleware


def cross_origin(app: web.Application, origins: tuple[str, ...]) -> None:
    """Let browsers of these origins read the answers, streamed ones too, and answer their preflights."""

    @web.middleware
    async def preflights(request: web.Request, handler: _Handler) -> web.StreamResponse:
        asked = hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        return (
            web.Response(status=204)
            if asked and request.method == hdrs.METH_OPTIONS
            else await handler(request)
        )

    # Done when a response is prepared, not when its handler returns: a streamed one has been sent by then.
    async def allow(request: web.Request, response: web.StreamResponse) -> None:
        origin = request.headers.get(hdrs.ORIGIN, "")
        if not origin or not allows(origins, origin):
            return
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = "*"
        response.headers[hdrs.VARY] = "Origin"
        if request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = "GET, POST, OPTIONS"
            # Dialects have headers of their own, such as one for the key: an allowed page may send any it asks for.
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = request.headers.get(
                hdrs.ACCESS_CONTROL_REQUEST_HEADERS, "authorization, content-type, traceparent, tracestate"
            )
            response.headers[hdrs.ACCESS_CONTROL_MAX_AGE] = "600"

    app.middlewares.insert(0, preflights)
    app.on_response_prepare.append(allow)


def _page(path: Path) -> _Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        del request
        return web.FileResponse(path, headers={hdrs.CACHE_CONTROL: "no-cache"})

    return handler


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    if request.path in _PAGES or request.path.startswith("/static/"):
        response.headers.update(_SECURITY)
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-cache")


def _json(body: str) -> web.Response:
    return web.Response(text=body, content_type="application/json")


def readiness(hindrance: str) -> web.Response:
    """Answer a probe: ready, unless something keeps new streams away."""
    if hindrance:
        return web.Response(text=f"not ready: {hindrance}\n", status=503)
    return web.Response(text="ready\n")
