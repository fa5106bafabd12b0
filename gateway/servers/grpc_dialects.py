"""Dialects over gRPC: faces other than the native one, on methods given by the app, as raw bytes. Nothing here knows a dialect's name.

Rules:
- A call is one utterance and ends with it; the face chooses the status that says what went wrong.
- An utterance that ends before the client has ended its requests was given up for lack of text: that is an error.
"""

import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc

from gateway.rpc.context import Context
from gateway.rpc.inbox import Inbox
from gateway.servers.grpc_errors import abort
from gateway.servers.grpc_stream import CallOutlet, request_head
from gateway.servers.outbox import Send
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import HalfClosed
from legato.domain.replies import Reply, StreamError, UtteranceCancelled, UtteranceFailed, UtteranceFinished
from legato.ports import CallFace, RequestHead, VoiceDirectory

MakeCallFace = Callable[[str, Collection[str]], CallFace]
"""Makes the face of one call, from its id and the names in the catalogue."""
_CODES = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True)
class CallRoute:
    """The method at which a face is served.

    Args:
        method: full name of the method ("/package.Service/Method").
        make_face: makes the face of each call.
        single: there is one request, not a stream of them.
    """

    method: str
    make_face: MakeCallFace
    single: bool = False


@dataclass(frozen=True, slots=True)
class CallPage:
    """A method that is answered from the catalogue, whatever the request says."""

    method: str
    make_face: MakeCallFace
    make_message: Callable[[VoiceDirectory], bytes]


Meet = Callable[[CallRoute | CallPage, RequestHead, Context], Awaitable[None]]
"""Called before a call is served; may end it by an exception, or delay it."""


async def _unmet(_: CallRoute | CallPage, __: RequestHead, ___: Context) -> None:
    """Let every call through."""


class DialectCallOutlet(CallOutlet):
    """A `CallOutlet` that ends the call with its utterance.

    Args:
        streams: the registry.
        face: the face of this call.
        max_backlog_bytes: more unread answers than this end the call.
        send: writes to the client.
        ended: whether all requests have come.
    """

    def __init__(
        self, streams: Streams, face: CallFace, max_backlog_bytes: int, send: Send, *, ended: bool
    ) -> None:
        super().__init__(streams, face, max_backlog_bytes, send)
        self.ended = ended

    def write(self, reply: Reply) -> None:
        """Render a reply and put it into the outbox; an error becomes the call's status."""
        if isinstance(reply, UtteranceFailed | StreamError):
            self.close(reply.error)
            return
        super().write(reply)
        if isinstance(reply, UtteranceCancelled):
            self.close(SpeechError(Reason.CANCELLED, "the speech was cancelled"))
        elif isinstance(reply, UtteranceFinished) and not self.ended:
            self.close(SpeechError(Reason.IDLE_TIMEOUT, "no more text came"))

    def half_closed(self) -> None:
        """The client has ended its side."""
        self.ended = True
        self.stream.feed(HalfClosed())


class GrpcDialects(grpc.GenericRpcHandler):
    """Serves routes on a gRPC server.

    Args:
        settings: limits and times.
        streams: the registry.
        directory: the voices.
        routes: the calls and pages to serve.
        meet: called before each of them is served.
    """

    def __init__(
        self,
        settings: ServerSettings,
        streams: Streams,
        directory: VoiceDirectory,
        routes: Collection[CallRoute | CallPage],
        meet: Meet = _unmet,
    ) -> None:
        self._settings = settings
        self._streams = streams
        self._directory = directory
        self._meet = meet
        self._handlers: Mapping[str, Any] = {route.method: self._handler(route) for route in routes}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:  # noqa: ANN401 grpc's own signature
        """Return the handler of a method; `None` for a method that is not served here."""
        return self._handlers.get(handler_call_details.method)

    def _handler(self, route: CallRoute | CallPage) -> Any:  # noqa: ANN401 grpc's own, without a type for raw bytes
        if isinstance(route, CallPage):
            return grpc.unary_unary_rpc_method_handler(partial(self._page, route))
        if route.single:
            return grpc.unary_stream_rpc_method_handler(partial(self._single, route))
        return grpc.stream_stream_rpc_method_handler(partial(self._stream, route))

    async def _page(self, page: CallPage, _: bytes, context: Context) -> bytes:
        face, head = self._face(page), request_head(page.method, context)
        await self._meet(page, head, context)
        try:
            self._streams.reception.admit(face.key(head), "")
        except SpeechError as error:
            await _end(context, face, error)
        return page.make_message(self._directory)

    async def _single(self, route: CallRoute, request: bytes, context: Context) -> None:
        outlet, face = await self._begun(route, context)
        try:
            outlet.stream.receive(request)
            error = await outlet.written()
        finally:
            outlet.stream.close()
        await _end(context, face, error)

    async def _stream(self, route: CallRoute, requests: Inbox, context: Context) -> None:
        outlet, face = await self._begun(route, context)
        try:
            requests.listen(outlet.stream.receive, outlet.half_closed)
            error = await outlet.written()
        finally:
            outlet.stream.close()
        await _end(context, face, error)

    def _face(self, route: CallRoute | CallPage) -> CallFace:
        return route.make_face(str(uuid.uuid4()), self._directory.names())

    async def _begun(self, route: CallRoute, context: Context) -> tuple[DialectCallOutlet, CallFace]:
        head = request_head(route.method, context)
        await self._meet(route, head, context)
        face = self._face(route)
        backlog = self._settings.max_backlog_bytes
        outlet = DialectCallOutlet(self._streams, face, backlog, _passing(context), ended=route.single)
        try:
            with self._streams.door(face.name):
                principal = self._streams.reception.admit(face.key(head), "")
            face.open(head)  # on gRPC nothing is refused before the first message
            outlet.stream.begin(principal, face.name, ())
        except SpeechError as error:
            await _end(context, face, error)
        return outlet, face


def _passing(context: Context) -> Send:
    # An empty message is not sent: it only marks a place in the order.
    return lambda message, gone: not message or context.send(message, gone)


async def _end(context: Context, face: CallFace, error: SpeechError | None) -> None:
    """End the call with the face's own status; returns only if that is OK."""
    number, words = face.farewell(error)
    code = _CODES[number]
    if code is not grpc.StatusCode.OK:
        await abort(context, code, words)
