"""WebSockets that aiohttp serves: those of the dialects, and native ones on a connection that carried plain HTTP before."""

import asyncio
import itertools
from collections.abc import Callable, Mapping

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from gateway.servers.admission import request_head
from gateway.servers.awaited_outbox import AwaitedOutbox
from gateway.servers.client_sockets import tune
from gateway.servers.lingering import linger
from gateway.servers.refusals import answer
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.websocket import FRAMES_A_TURN, Frames, WebSocketOutlet, answering, enter
from legato.domain.errors import forget_where
from legato.faces.native import NativeWebSocket
from legato.ports import Refusal

_CLOSE_S = 5.0


class AiohttpFrames:
    """The socket's side of a WebSocket that aiohttp serves: implements `websocket.Frames` over an outbox.

    Args:
        settings: limits.
        make_outlet: makes the outlet over these frames.
    """

    def __init__(self, settings: ServerSettings, make_outlet: Callable[[Frames], WebSocketOutlet]) -> None:
        self.outlet = make_outlet(self)
        self.outbox = AwaitedOutbox(settings.max_backlog_bytes, self.outlet.eased)
        self.farewell = (1000, "")

    @property
    def jammed(self) -> bool:
        """Whether the outbox is full."""
        return self.outbox.paused

    def send(self, frame: bytes | str) -> None:
        """Write a frame."""
        self.outbox.put(frame)

    def ping(self, payload: bytes) -> None:
        """Write a ping, in order with the frames."""
        self.outbox.put(Ping(payload))

    def close(self, code: int, reason: str) -> None:
        """Close once everything written has been sent."""
        self.farewell = (code, reason)
        self.outbox.close(None)

    def gone(self) -> None:
        """The connection is over, or the upgrade was refused."""
        self.outlet.gone()
        self.outbox.forget()


class Ping(bytes):
    """The payload of a ping among the binary frames of an outbox."""

    __slots__ = ()


async def serve(request: web.Request, streams: Streams, settings: ServerSettings) -> web.StreamResponse:
    """Upgrade the request to the native contract, and serve the stream until it ends."""
    face = NativeWebSocket(streams.installed)
    frames = AiohttpFrames(settings, lambda over: WebSocketOutlet(streams, settings, face, over))
    head = request_head(request.method, request.path_qs, request.headers)
    try:
        entered = enter(streams, head, face, frames.outlet.stream)
        if isinstance(entered, Refusal):
            return answer(entered)
        return await converse(request, frames, settings, entered.headers)
    finally:
        frames.gone()


class _Socket(web.WebSocketResponse):
    """Gives a reason when the library refuses a frame: the library's own close frames contain only a code."""

    def __init__(self, settings: ServerSettings, selected: str, transport: asyncio.Transport | None) -> None:
        super().__init__(
            protocols=(selected,) if selected else (),
            autoping=False,
            autoclose=False,
            compress=False,
            max_msg_size=settings.max_message_bytes,
            writer_limit=1,
            timeout=_CLOSE_S,
        )
        self._transport = transport
        self._refused: Mapping[int, str] = {
            WSCloseCode.PROTOCOL_ERROR: "the frame breaks RFC 6455",
            WSCloseCode.INVALID_TEXT: "expected UTF-8 in a text frame",
            WSCloseCode.MESSAGE_TOO_BIG: f"a message must have at most {settings.max_message_bytes} bytes",
        }

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        told = message or self._refused.get(code, "").encode()
        if not self.closed and code in self._refused and self._transport is not None:
            linger(self._transport)
        return await super().close(code=code, message=told, drain=drain)

    async def write_eof(self) -> None:  # type: ignore[override]  # as in the library's own
        if self.close_code:  # the client's, unless this side has closed: then nothing more is sent
            await super().close(code=answering(self.close_code))
        await super().write_eof()

    def forget_why(self) -> None:
        """Let go of where the connection broke: the library keeps the error, whose frames have this socket."""
        error = self.exception()
        if error is not None:
            forget_where(error)


async def converse(
    request: web.Request, frames: AiohttpFrames, settings: ServerSettings, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Answer the upgrade and pass frames both ways until the stream or the connection ends.

    Args:
        request: the upgrade request.
        frames: the socket's side of the stream.
        settings: limits.
        headers: headers of the 101 answer; a subprotocol among them is the one selected.
    """
    own = {name.lower(): value for name, value in headers.items()}
    selected = own.pop("sec-websocket-protocol", "")
    socket = _Socket(settings, selected, request.transport)
    socket.headers.update(own)
    try:
        await socket.prepare(request)
    except ConnectionError:
        return web.Response()  # the client has hung up: nobody reads it
    if request.transport is not None:
        # An earlier answer on this connection may have left its own time-outs.
        tune(request.transport.get_extra_info("socket"), settings)
    frames.outlet.start()
    try:
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(_write(request, socket, frames), name="websocket-writer")
            await _read(socket, frames)
            if not frames.outlet.closed:
                frames.outlet.gone()
                writer.cancel()
    finally:
        socket.forget_why()
    return socket


async def _write(request: web.Request, socket: web.WebSocketResponse, frames: AiohttpFrames) -> None:
    async def send(frame: bytes | str) -> None:
        if isinstance(frame, str):
            await socket.send_str(frame)
        elif isinstance(frame, Ping):
            await socket.ping(bytes(frame))
        else:
            await socket.send_bytes(frame)

    try:
        await frames.outbox.run(send)
        code, reason = frames.farewell
        await socket.close(code=code, message=reason.encode())
    except (BrokenPipeError, ConnectionError):
        # The client is gone, or reads nothing: there is nobody to tell.
        if request.transport is not None:
            request.transport.abort()


async def _read(socket: web.WebSocketResponse, frames: AiohttpFrames) -> None:
    for taken in itertools.count(1):
        if frames.outlet.closed:
            return
        if taken % FRAMES_A_TURN == 0:
            await asyncio.sleep(0)  # `receive` does not wait for what has already come
        message = await socket.receive()
        if message.type is WSMsgType.PING:
            if not await _answered(socket, message.data):
                return
        elif message.type in {WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PONG}:
            _take(message, frames)
        else:
            return


async def _answered(socket: web.WebSocketResponse, payload: bytes) -> bool:
    try:
        await socket.pong(payload)
    except ConnectionError:
        return False  # it pinged, and has gone since
    return True


def _take(message: WSMessage, frames: AiohttpFrames) -> None:
    if message.type is WSMsgType.PONG:
        frames.outlet.pong(bytes(message.data))
    else:
        frames.outlet.stream.receive(message.data)
