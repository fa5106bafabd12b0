"""Faces other than the native one, on paths given by the app. Nothing here knows a dialect's name.

Rules:
- Every refusal, before and after there is a session, has the form of the client's own dialect.
- A face is given the voices' names when its request comes, so that it can tell an unknown name from one of its own dialect.
- Several pages may share a path, even with a native page: the first that claims the request by its head answers it. It also answers
  for paths at which there is nothing.
- If a dialect allows the key in the first frame, a client without one may connect, and gets its session once that frame has brought it.
"""

import enum
import uuid
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from gateway.servers import one_shot
from gateway.servers.admission import admit_as, request_head
from gateway.servers.bodies import in_time
from gateway.servers.dialect_outlet import DialectOutlet
from gateway.servers.refusals import answer, named
from gateway.servers.rendered import Rendered
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.tidied import TidiedResource
from gateway.servers.waiting_stream import LateKey, WaitingStream
from gateway.servers.websocket import WebSocketOutlet
from gateway.servers.websocket_aiohttp import AiohttpFrames, converse
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import ClientEvent
from legato.domain.speech import Principal
from legato.ports import DialectFace, Refusal, RequestHead, VoiceDirectory

MakeFace = Callable[[str, Collection[str]], DialectFace]
"""Makes the face for one request, from its id and the names in the catalogue."""


class Shape(enum.Enum):
    """How a dialect travels."""

    WEBSOCKET = "websocket"
    """GET with an upgrade: frames both ways."""
    ONE_SHOT = "one_shot"
    """POST: one request, one streamed answer."""


@dataclass(frozen=True, slots=True)
class FaceRoute:
    """The path at which a face is served."""

    path: str
    shape: Shape
    make_face: MakeFace


@dataclass(frozen=True, slots=True)
class PageRoute:
    """The path of a dialect's list: JSON made from the catalogue; the face reads the key and writes refusals.

    `make_json` reads nothing of the head but the path and the query, as its answers are kept, and raises `SpeechError` for what does not
    exist. `claims` tells whether a request is for this page, if other pages share its path; without it, the page answers every request
    that no other one claims.
    """

    path: str
    make_face: MakeFace
    make_json: Callable[[VoiceDirectory, RequestHead], str]
    claims: Callable[[RequestHead], bool] | None = None


Route = FaceRoute | PageRoute
_HANDSHAKE = "expected Sec-WebSocket-Version 13 and a Sec-WebSocket-Key of 16 bytes in Base64"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Dialects:
    """Serves routes on the HTTP application.

    Args:
        settings: limits and times.
        streams: the registry.
        directory: the voices.
    """

    def __init__(self, settings: ServerSettings, streams: Streams, directory: VoiceDirectory) -> None:
        self._settings = settings
        self._streams = streams
        self._directory = directory
        self._rendered: Rendered[str] = Rendered(directory)

    def add_to(self, app: web.Application, routes: Collection[Route]) -> None:
        """Add the routes."""
        claiming = [route for route in routes if isinstance(route, PageRoute) and route.claims is not None]
        if claiming:
            app.middlewares.append(self._claimed(claiming))
        for route in routes:
            if route in claiming:
                continue
            if isinstance(route, PageRoute):
                app.router.add_get(route.path, partial(self._page, route))
            elif route.shape is Shape.WEBSOCKET:
                app.router.add_get(route.path, partial(self._converse, route))
            else:
                app.router.add_post(route.path, partial(self._speak, route))
        self._add_refusals(app, [route for route in routes if isinstance(route, FaceRoute)])
        app.router.register_resource(TidiedResource(app.router, {route.path for route in routes}))

    def _add_refusals(self, app: web.Application, routes: Sequence[FaceRoute]) -> None:
        """Refuse every other method, in the form of the dialect that is served there."""
        for path in dict.fromkeys(route.path for route in routes):
            here = [route for route in routes if route.path == path]
            app.router.add_route(hdrs.METH_ANY, path, partial(self._refuse_method, here))

    async def _refuse_method(self, here: Sequence[FaceRoute], request: web.Request) -> web.StreamResponse:
        face, _ = self._meet(here[0], request)
        allowed = sorted(
            hdrs.METH_GET if route.shape is Shape.WEBSOCKET else hdrs.METH_POST for route in here
        )
        told = f"expected {' or '.join(allowed)} here; got {request.method[:20]}"
        refused = answer(face.refuse(SpeechError(Reason.BAD_FRAME, told)))
        refused.set_status(web.HTTPMethodNotAllowed.status_code)
        refused.headers[hdrs.ALLOW] = ", ".join(allowed)
        return refused

    def _claimed(self, pages: Sequence[PageRoute]) -> Middleware:
        @web.middleware
        async def middleware(request: web.Request, handler: _Handler) -> web.StreamResponse:
            here = [page for page in pages if page.path in _places(request)]
            if here and request.method in {hdrs.METH_GET, hdrs.METH_HEAD}:
                head = request_head(request.method, request.path_qs, request.headers)
                for page in here:
                    if page.claims is not None and page.claims(head):
                        return await self._page(page, request)
            unserved = request.match_info.http_exception
            if unserved is not None and (told := named(request, unserved)) is not None:
                return await self._lost(pages, request, handler, unserved, told)
            return await handler(request)

        return middleware

    async def _lost(
        self,
        pages: Sequence[PageRoute],
        request: web.Request,
        handler: _Handler,
        unserved: web.HTTPException,
        told: SpeechError,
    ) -> web.StreamResponse:
        """Answer for a path at which there is nothing, or nothing for this method, as the client's own vendor would."""
        head = request_head(request.method, request.path_qs, request.headers)
        for page in pages:
            if page.claims is not None and page.claims(head):
                face, _ = self._meet(page, request)
                face.key(head)  # some faces learn from the head in which form to answer
                return answer(face.refuse(told), unserved)
        return await handler(request)

    async def _page(self, route: PageRoute, request: web.Request) -> web.StreamResponse:
        face, head = self._meet(route, request)
        try:
            self._streams.reception.admit(face.key(head), head.headers.get("origin", ""))
            several = sorted((name, *values) for name, values in head.repeated.items())
            asked = (route.make_json, head.path, *sorted(head.query.items()), *several)
            page = self._rendered.answer(asked, lambda: route.make_json(self._directory, head))
        except SpeechError as error:
            return answer(face.refuse(error))
        return web.Response(text=page, content_type="application/json")

    async def _converse(self, route: FaceRoute, request: web.Request) -> web.StreamResponse:
        face, head = self._meet(route, request)
        if request.headers.get(hdrs.UPGRADE, "").lower() != "websocket":
            return answer(
                face.refuse(SpeechError(Reason.BAD_FRAME, f"{route.path} expects a WebSocket upgrade"))
            )
        frames = AiohttpFrames(
            self._settings, lambda over: DialectOutlet(self._streams, self._settings, face, over)
        )
        try:
            return await self._upgraded(request, face, head, frames)
        finally:
            frames.gone()

    async def _upgraded(
        self, request: web.Request, face: DialectFace, head: RequestHead, frames: AiohttpFrames
    ) -> web.StreamResponse:
        try:
            principal = self._admit(face, head)
            opened = face.open(head)
            if isinstance(opened, Refusal):
                self._streams.turned_away(face.name, opened.reason)
                return answer(opened)
            if principal is None:
                self._wait_for_key(frames.outlet, face, head, opened.events)
            else:
                frames.outlet.stream.begin(principal, face.name, opened.events)
        except SpeechError as error:
            error.forget_where()
            return answer(face.refuse(error))
        try:
            return await converse(request, frames, self._settings, opened.headers)
        except web.HTTPBadRequest as error:  # a bad handshake
            told = f"{error.text or error.reason}; {_HANDSHAKE}"
            return answer(face.refuse(SpeechError(Reason.BAD_FRAME, told)))

    def _admit(self, face: DialectFace, head: RequestHead) -> Principal | None:
        """Return who is asking; `None` if the first frame is to tell."""
        key = face.key(head)
        try:
            return admit_as(self._streams, head, key)
        except SpeechError as error:
            if key or error.reason is not Reason.UNAUTHENTICATED or not isinstance(face, LateKey):
                self._streams.turned_away(face.name, error.reason)
                raise
            return None

    def _wait_for_key(
        self, outlet: WebSocketOutlet, face: DialectFace, head: RequestHead, events: Sequence[ClientEvent]
    ) -> None:
        def let_in(stream: WaitingStream, frame: bytes | str) -> None:
            key = face.late_key(frame) if isinstance(face, LateKey) else ""
            with self._streams.door(face.name):
                principal = admit_as(self._streams, head, key)
            stream.begin(principal, face.name, events)

        outlet.stream.close()  # it refers to the outlet
        outlet.stream = WaitingStream(self._streams, face, outlet, self._settings.handshake_s, let_in)

    async def _speak(self, route: FaceRoute, request: web.Request) -> web.StreamResponse:
        face, head = self._meet(route, request)
        try:
            with self._streams.door(face.name):
                principal = admit_as(self._streams, head, face.key(head))
            opened = face.open(head)
            if isinstance(opened, Refusal):
                self._streams.turned_away(face.name, opened.reason)
                return answer(opened)
            body = await self._body(face, request)
            return await one_shot.serve(request, body, self._streams, self._settings, face, principal)
        except web.HTTPRequestEntityTooLarge:
            packed = hdrs.CONTENT_ENCODING in request.headers  # what counts is what it unpacks to
            size = f"; this one has {request.content_length}" if request.content_length and not packed else ""
            told = f"a request must have at most {self._settings.max_message_bytes} bytes{size}"
            return answer(face.refuse(SpeechError(Reason.TEXT_TOO_LONG, told)))
        except SpeechError as error:
            error.forget_where()
            return answer(face.refuse(error))

    async def _body(self, face: DialectFace, request: web.Request) -> bytes:
        try:
            with self._streams.door(face.name):
                async with in_time(self._settings.body_s):
                    return await request.read()
        except web.HTTPRequestEntityTooLarge:
            self._streams.turned_away(face.name, Reason.TEXT_TOO_LONG)
            raise

    def _meet(self, route: Route, request: web.Request) -> tuple[DialectFace, RequestHead]:
        face = route.make_face(str(uuid.uuid4()), self._directory.names())
        return face, request_head(request.method, request.path_qs, request.headers)


def _places(request: web.Request) -> tuple[str, ...]:
    """Return the path as it came and, if a route was found for it, the path of that route."""
    resource = request.match_info.route.resource
    return (request.path,) if resource is None else (request.path, resource.canonical)
