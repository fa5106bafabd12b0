"""The WebSocket hot path on picows: callbacks from the socket to the session and back, no queue and no task per stream.

Rules:
- A text frame that is not UTF-8 closes with 1007, a message beyond the limit with 1009, a frame out of order with 1002.
- A client that sends `FRAMES_A_TURN` frames at once is not read from for a moment, so that the others get their turn.
- Frames above 8 KiB are sent by the copying call: the other one leaves a view of picows' own buffer with the transport, which the
  next frame would overwrite if the client reads slowly.
- A client's close frame means it is gone: WebSocket has no half-close.
"""

import asyncio
import logging

from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined]  # the protocol behind ws_create_server, untyped

from gateway.servers.admission import request_head
from gateway.servers.lingering import linger
from gateway.servers.mistakes import PicowsLog
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.websocket import (
    FRAMES_A_TURN,
    INVALID_TEXT,
    PROTOCOL_ERROR,
    TOO_BIG,
    WebSocketOutlet,
    answering,
    enter,
)
from legato.faces.native import NativeWebSocket
from legato.ports import Refusal

_COPY_BYTES = 8192
_HEADER_ROOM = 14
_ROOM = bytes(_HEADER_ROOM)
_CLOSE_S = 5.0
_FLOOD_S, _BREATH_S = 0.05, 0.02
_BINARY, _TEXT, _CLOSE = WSMsgType.BINARY, WSMsgType.TEXT, WSMsgType.CLOSE
_PING, _PONG = WSMsgType.PING, WSMsgType.PONG
"""Looked up once: finding a member of this enum costs more than reading a frame's type."""
_logger = logging.getLogger("picows.server")


def protocol(streams: Streams, settings: ServerSettings) -> asyncio.BufferedProtocol:
    """Make a picows protocol for one accepted connection whose first bytes are an upgrade request."""
    listener = PicowsStream(streams, settings)

    def knock(request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
        return _answer(streams, listener, request)

    made: asyncio.BufferedProtocol = WSProtocol(
        host_port=None,
        ws_path=None,
        is_client_side=False,
        ws_listener_factory=knock,
        logger=PicowsLog(_logger, listener.refused),
        disconnect_on_exception=True,
        websocket_handshake_timeout=settings.handshake_s,
        enable_auto_ping=False,  # it would wait for pongs
        auto_ping_idle_timeout=settings.ping_s,
        auto_ping_reply_timeout=settings.ping_s,
        auto_ping_strategy=WSAutoPingStrategy.PING_PERIODICALLY,
        enable_auto_pong=False,  # it would answer, in memory, whoever pings and never reads
        max_frame_size=settings.max_message_bytes,
        extra_headers=None,
        read_buffer_init_size=2048,  # it grows
    )
    return made


def _answer(
    streams: Streams, listener: "PicowsStream", request: WSUpgradeRequest
) -> WSUpgradeResponseWithListener:
    head = request_head("GET", request.path.decode("latin-1"), request.headers)
    answer = enter(streams, head, listener.face, listener.outlet.stream)
    if isinstance(answer, Refusal):
        listener.outlet.gone()  # nobody else tells it
        refused = WSUpgradeResponse.create_error_response(answer.status, answer.body, answer.headers)
        return WSUpgradeResponseWithListener(refused, None)
    return WSUpgradeResponseWithListener(WSUpgradeResponse.create_101_response(answer.headers), listener)


class PicowsStream(WSListener):
    """One stream's socket: implements `websocket.Frames`.

    Args:
        streams: the registry.
        settings: limits and times.
    """

    def __init__(self, streams: Streams, settings: ServerSettings) -> None:
        self.face = NativeWebSocket(streams.installed)
        self.outlet = WebSocketOutlet(streams, settings, self.face, self)
        self._settings = settings
        self._transport: WSTransport | None = None
        self._parts = bytearray()
        self._parts_kind: WSMsgType | None = None
        self._turn = 0
        self._turn_began_at = 0.0
        self._holds_breath = False
        self.jammed = False

    # --- from the socket ----------------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The upgrade has been answered."""
        self._transport = transport
        self.outlet.start()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A frame has come from the client."""
        kind = frame.msg_type
        self._turn += 1
        if self._turn == FRAMES_A_TURN:
            self._look_back(transport)
        if transport.is_close_frame_sent and kind is not _CLOSE:
            # By us, or by picows itself, which goes on reading after a frame that it refuses.
            self.outlet.gone()
            return
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            self.outlet.violated(PROTOCOL_ERROR, "no extension was agreed on")
        elif kind is _TEXT and frame.fin and self._parts_kind is None:
            self._text(frame)
        elif kind is _PONG:
            self.outlet.pong(frame.get_payload_as_bytes())
        elif kind is _PING:
            transport.send_pong(frame.get_payload_as_bytes())
            if self.jammed:
                self._bound()
        elif kind is _CLOSE:
            self._farewell(transport, frame)
        else:
            self._part(frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The connection is over."""
        del transport
        self.outlet.gone()
        self._transport = None  # it refers to this listener, through its logger

    def refused(self) -> None:
        """A frame is refused by picows, which hangs up while the rest of the frame may still be on its way."""
        if self._transport is not None:
            linger(self._transport.underlying_transport)

    def pause_writing(self) -> None:
        """The kernel did not take everything."""
        self.jammed = True
        self.outlet.jammed()

    def resume_writing(self) -> None:
        """Everything is with the kernel."""
        self.jammed = False
        self.outlet.eased()

    # --- to the socket ------------------------------------------------------------------------------------------------

    def send(self, frame: bytes | str) -> None:
        """Write a frame."""
        transport = self._transport
        if transport is None:
            return
        if isinstance(frame, str):
            frame = frame.encode()
            kind = _TEXT
        else:
            kind = _BINARY
        if len(frame) <= _COPY_BYTES:
            transport.send(kind, frame)
        else:
            transport.send_reuse_external_bytearray(kind, bytearray(_ROOM + frame), _HEADER_ROOM)
        if self.jammed:
            self._bound()

    def ping(self, payload: bytes) -> None:
        """Write a ping."""
        if self._transport is not None:
            self._transport.send_ping(payload)

    def close(self, code: int, reason: str) -> None:
        """Write a close frame; the connection is cut if the client does not answer it."""
        if self._transport is not None:
            self._transport.send_close(WSCloseCode(code), reason.encode())
            self._wait(self._backlog())

    # ------------------------------------------------------------------------------------------------------------------

    def _bound(self) -> None:
        """Give up a client that reads nothing."""
        if self._backlog() > self._settings.max_backlog_bytes:
            # The session is in the middle of a write: it must not be told of the end from here.
            asyncio.get_running_loop().call_soon(self._abort)

    def _look_back(self, transport: WSTransport) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        floods = now - self._turn_began_at < _FLOOD_S
        self._turn, self._turn_began_at = 0, now
        if floods and not self._holds_breath and not transport.underlying_transport.is_closing():
            # Otherwise uvloop would go on reading for as long as anything comes.
            transport.underlying_transport.pause_reading()
            self._holds_breath = True
            loop.call_soon(self._breathe, transport)

    def _breathe(self, transport: WSTransport) -> None:
        # What had been read before the pause has been processed by now: the wait begins here.
        asyncio.get_running_loop().call_later(_BREATH_S, self._read_on, transport)

    def _read_on(self, transport: WSTransport) -> None:
        self._holds_breath = False
        if not transport.underlying_transport.is_closing():
            transport.underlying_transport.resume_reading()

    def _backlog(self) -> int:
        transport = self._transport
        return 0 if transport is None else transport.underlying_transport.get_write_buffer_size()

    def _wait(self, backlog: int) -> None:
        asyncio.get_running_loop().call_later(_CLOSE_S, self._cut, backlog)

    def _cut(self, before: int) -> None:
        transport = self._transport
        if transport is None or transport.is_disconnected:
            return
        backlog = self._backlog()
        if 0 < backlog < before:
            self._wait(backlog)
        else:
            self._abort()

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.disconnect(graceful=False)

    def _text(self, frame: WSFrame) -> None:
        try:
            text = frame.get_payload_as_utf8_text()
        except UnicodeDecodeError:
            self.outlet.violated(INVALID_TEXT, "a text frame must be UTF-8")
            return
        self.outlet.stream.receive(text)

    def _part(self, frame: WSFrame) -> None:
        kind = frame.msg_type
        if (kind is WSMsgType.CONTINUATION) is (self._parts_kind is None):
            self.outlet.violated(PROTOCOL_ERROR, "a continuation must follow its message's first frame")
            return
        if kind is not WSMsgType.CONTINUATION:
            self._parts_kind = kind
        self._parts += frame.get_payload_as_bytes()
        if len(self._parts) > self._settings.max_message_bytes:
            self.outlet.violated(
                TOO_BIG, f"a message must have at most {self._settings.max_message_bytes} bytes"
            )
        elif frame.fin:
            self._whole()

    def _whole(self) -> None:
        data = bytes(self._parts)
        kind, self._parts_kind, self._parts = self._parts_kind, None, bytearray()
        if kind is _BINARY:
            self.outlet.stream.receive(data)
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self.outlet.violated(INVALID_TEXT, "a text message must be UTF-8")
            return
        self.outlet.stream.receive(text)

    def _farewell(self, transport: WSTransport, frame: WSFrame) -> None:
        code = _answering(frame)
        self.outlet.gone()
        if not transport.is_close_frame_sent:
            transport.send_close(code)
        transport.disconnect()


def _answering(frame: WSFrame) -> WSCloseCode:
    said = frame.get_payload_as_bytes()[:2]
    if not said:
        return WSCloseCode.OK
    code = int.from_bytes(said, "big")
    return frame.get_close_code() if answering(code) == code else WSCloseCode.PROTOCOL_ERROR
