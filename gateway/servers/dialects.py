"""Faces beside the native one, on paths that the app hands in. Nothing here knows a dialect's name.

Rules:
- Every refusal, before and after the session is there, is in the client's own shape.
- A face learns the voices' names when its request comes, so that it can tell an unknown one from one of its own dialect.
"""

import enum
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from aiohttp import hdrs, web

from gateway.servers import one_shot
from gateway.servers.knock import request_head
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.websocket import Frames, WebSocketOutlet
from gateway.servers.websocket_aiohttp import AiohttpFrames, converse
from legato.domain.errors import Reason, SpeechError
from legato.ports import DialectFace, Refusal, RequestHead, VoiceDirectory

MakeFace = Callable[[str, Collection[str]], DialectFace]
"""A face for one request: its id, and the names in the catalogue."""


class Shape(enum.Enum):
    """How a dialect travels."""

    WEBSOCKET = "websocket"
    """GET with an upgrade: frames both ways."""
    ONE_SHOT = "one_shot"
    """POST: one request, one streamed answer."""


@dataclass(frozen=True, slots=True)
class FaceRoute:
    """Where a face is found."""

    path: str
    shape: Shape
    make_face: MakeFace


@dataclass(frozen=True, slots=True)
class PageRoute:
    """Where a dialect's list is found: JSON made of what can be spoken; the face reads the key and writes refusals.

    `make_json` reads the path and the query as it needs them, and raises `SpeechError` for what is not there.
    """

    path: str
    make_face: MakeFace
    make_json: Callable[[VoiceDirectory, RequestHead], str]


Route = FaceRoute | PageRoute


class DialectOutlet(WebSocketOutlet):
    """An outlet that ends with the dialect's own close codes."""

    __slots__ = ("_dialect",)

    def __init__(self, streams: Streams, settings: ServerSettings, face: DialectFace, frames: Frames) -> None:
        super().__init__(streams, settings, face, frames)
        self._dialect = face

    def close(self, error: SpeechError | None) -> None:
        """Close after everything written."""
        self.hang_up(*self._dialect.farewell(error))


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

    def add_to(self, app: web.Application, routes: Collection[Route]) -> None:
        """Add the routes."""
        for route in routes:
            if isinstance(route, PageRoute):
                app.router.add_get(route.path, partial(self._page, route))
            elif route.shape is Shape.WEBSOCKET:
                app.router.add_get(route.path, partial(self._converse, route))
            else:
                app.router.add_post(route.path, partial(self._speak, route))

    async def _page(self, route: PageRoute, request: web.Request) -> web.StreamResponse:
        face, head = self._meet(route, request)
        try:
            self._streams.reception.admit(face.key(head), head.headers.get("origin", ""))
            page = route.make_json(self._directory, head)
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
            principal = self._streams.reception.admit(face.key(head), head.headers.get("origin", ""))
            opened = face.open(head)
            if isinstance(opened, Refusal):
                return answer(opened)
            frames.outlet.stream.begin(principal, face.name, opened.events)
        except SpeechError as error:
            return answer(face.refuse(error))
        try:
            return await converse(request, frames, self._settings, opened.headers)
        finally:
            frames.outlet.gone()

    async def _speak(self, route: FaceRoute, request: web.Request) -> web.StreamResponse:
        face, head = self._meet(route, request)
        try:
            principal = self._streams.reception.admit(face.key(head), head.headers.get("origin", ""))
            opened = face.open(head)
            if isinstance(opened, Refusal):
                return answer(opened)
            body = await request.read()
            return await one_shot.serve(request, body, self._streams, self._settings, face, principal)
        except web.HTTPRequestEntityTooLarge:
            most = self._settings.max_message_bytes
            return answer(
                face.refuse(SpeechError(Reason.TEXT_TOO_LONG, f"a request is at most {most} bytes"))
            )
        except SpeechError as error:
            return answer(face.refuse(error))

    def _meet(self, route: Route, request: web.Request) -> tuple[DialectFace, RequestHead]:
        names = frozenset(info.voice.name for info in self._directory.voices())
        face = route.make_face(str(uuid.uuid4()), names)
        return face, request_head(request.method, request.path_qs, request.headers)


def answer(refusal: Refusal) -> web.Response:
    """A refusal as an HTTP answer."""
    return web.Response(status=refusal.status, headers=refusal.headers, body=refusal.body)
