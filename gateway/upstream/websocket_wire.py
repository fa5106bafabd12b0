"""A WebSocket to a vendor, on picows: callbacks from the socket to the language and back.

Rules:
- No extension is offered, least of all compression. A vendor that answers with one all the same is not spoken to: its frames could not be read.
- What a vendor makes us hold is bounded: a message, whatever its parts, and the answers to its pings while it reads nothing.
- A dial that is given up releases its socket at once. It is timed here, not by picows: if a dial is cancelled between connection and
  handshake, uvloop forgets the connection, and picows' timer would report a failure to the loop that nothing awaits.
- Frames above 8 KiB are sent by the copying call: the other one leaves a view of picows' own buffer with the transport.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, cast

from picows import (
    WSCloseCode,
    WSError,
    WSFrame,
    WSHandshakeError,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

from gateway.upstream.gathering import Gathering
from gateway.upstream.reaching import Reach, tune, whole
from gateway.upstream.websocket_refusal import refused
from gateway.upstream.wire import NO_CODE, DialError, DialTarget, Wire, WireListener, trouble
from legato.domain.errors import forget_where
from legato.domain.vendors import HalfClose, HttpRequest, Outgoing

_COPY_BYTES = 8192
_HEADER_ROOM = 14
_ROOM = bytes(_HEADER_ROOM)
_MAX_MESSAGE_BYTES = 16 << 20
_MAX_UNREAD_BYTES = 1 << 20
"""Above this no ping is answered: the vendor does not read."""
_READ_BUFFER_BYTES = 4096
_INVALID = {
    1002: "the vendor sent an invalid WebSocket frame",
    1007: "the vendor sent a WebSocket frame that is not UTF-8",
    1009: "the vendor sent a WebSocket message of more than 16 MiB",
}
"""What a connection is closed for, by the library or here."""
_BINARY, _TEXT = WSMsgType.BINARY, WSMsgType.TEXT
_PING, _CONTINUATION = WSMsgType.PING, WSMsgType.CONTINUATION
"""Looked up once: finding a member of this enum costs more than reading the frame's type."""


_QUIET = logging.getLogger("legato.upstream.websocket")
_QUIET.setLevel(logging.CRITICAL + 1)
"""Vendors' mistakes are reported as facts; picows would log them as errors, with what the vendor sent."""


async def dial(target: DialTarget, listener: WireListener) -> Wire:
    """Connect.

    Raises:
        DialError: the vendor cannot be reached, or refuses.
    """
    wire = WebSocketWire(listener)
    try:
        async with asyncio.timeout(target.timeout_s):
            await whole(_connect(target, wire), wire.reach)
    except WSHandshakeError as error:
        wire.give_up()
        forget_where(error)  # picows keeps it
        raise refused(error) from None
    except (OSError, WSError, TimeoutError) as error:
        wire.give_up()
        forget_where(error)
        raise DialError(trouble(error)) from None
    except BaseException:
        wire.give_up()
        raise
    if not wire.was_opened:
        # picows reports no error if the peer hangs up in the middle of the handshake.
        wire.give_up()
        raise DialError("the vendor did not complete the handshake")
    if wire.is_extended:
        wire.give_up()
        raise DialError("the vendor accepted the WebSocket with an extension that was not offered")
    return wire


async def _connect(target: DialTarget, wire: "WebSocketWire") -> None:
    place = target.place
    headers = list(target.headers)
    if place.subprotocols:
        headers.append(("Sec-WebSocket-Protocol", ", ".join(place.subprotocols)))
    await ws_connect(
        lambda: wire,
        place.url,
        ssl_context=target.tls if place.url.startswith("wss:") else None,
        websocket_handshake_timeout=None,
        socket_factory=lambda url: wire.reach.connect(url.host, url.port),
        logger_name=_QUIET,
        max_frame_size=_MAX_MESSAGE_BYTES,
        max_redirects=0,
        enable_auto_pong=False,  # it would answer, in memory, a vendor that never reads
        extra_headers=headers,
        read_buffer_init_size=_READ_BUFFER_BYTES,
        use_aiofastnet=False,  # it reports a peer's failed handshake to the loop as if it were our fault
    )


def _see_why(transport: WSTransport) -> None:
    """Retrieve the error by which a connection ended: if nobody awaits it, the loop takes a vendor's mistake for our bug.

    No task does the waiting, since this may be the loop's last turn: the wait is begun, and its future gets a callback.
    """
    waiting = transport.wait_disconnected()
    waiting.send(None).add_done_callback(_seen)
    waiting.close()


def _seen(ended: "asyncio.Future[None]") -> None:
    error = None if ended.cancelled() else ended.exception()
    if error is not None and not isinstance(error, WSError):
        told = {"message": "a fault while reading a vendor's frame", "exception": error, "future": ended}
        ended.get_loop().call_exception_handler(told)


def _fault(transport: WSTransport) -> str:
    """For what mistake of the vendor's the library has closed the connection; empty if it has not."""
    ends = cast("Any", transport.close_handshake)  # the library's types do not say that it may be missing
    return "" if ends is None or ends.sent is None else _INVALID.get(int(ends.sent.code), "")


class WebSocketWire(WSListener):
    """Implements `wire.Wire`.

    Args:
        listener: takes what comes.
    """

    def __init__(self, listener: WireListener) -> None:
        self._listener: WireListener | None = listener
        self.reach = Reach()
        self._transport: WSTransport | None = None
        self._parts = bytearray()
        self._parts_kind: WSMsgType | None = None
        self._gathering = Gathering(self._came)

    @property
    def was_opened(self) -> bool:
        """Whether the handshake was completed."""
        return self._transport is not None

    @property
    def is_extended(self) -> bool:
        """Whether the vendor's answer names an extension, though none was offered."""
        answer = self._transport.response if self._transport is not None else None
        return answer is not None and bool(answer.headers.get("Sec-WebSocket-Extensions", "").strip())

    # --- from the socket ------------------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is complete."""
        self._transport = transport
        self.reach.over()
        raw = transport.underlying_transport.get_extra_info("socket")
        tune(raw)
        self._gathering.connected(raw)
        if self._listener is None:
            transport.disconnect(graceful=False)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A frame from the vendor."""
        listener = self._listener
        if listener is None:
            return
        kind = frame.msg_type
        if kind is _BINARY and frame.fin:
            if self._gathering.room:
                self._gathering.put(frame.get_payload_as_bytes())
            else:
                listener.came(frame.get_payload_as_bytes())
            return
        if kind is _PING:
            if transport.underlying_transport.get_write_buffer_size() <= _MAX_UNREAD_BYTES:
                transport.send_pong(frame.get_payload_as_bytes())
            return
        if self._gathering.room:
            self._gathering.allow(0)
        if kind is _TEXT and frame.fin:
            self._text(frame.get_payload_as_bytes())
        elif kind is WSMsgType.PONG:
            listener.alive()
        elif kind is WSMsgType.CLOSE:
            self._closed(transport, frame)
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
        else:
            self._part(transport, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The socket is closed."""
        self._over(NO_CODE, _fault(transport))
        _see_why(transport)

    # --- to the socket --------------------------------------------------------------------------------------------------

    def send(self, frames: Sequence[Outgoing]) -> None:
        """Write frames, in order."""
        transport = self._transport
        if transport is None or self._listener is None:
            return
        for frame in frames:
            assert not isinstance(frame, HttpRequest | HalfClose), "these are other transports' frames"
            kind, data = (_TEXT, frame.encode()) if isinstance(frame, str) else (_BINARY, frame)
            if len(data) <= _COPY_BYTES:
                transport.send(kind, data)
            else:
                transport.send_reuse_external_bytearray(kind, bytearray(_ROOM + data), _HEADER_ROOM)

    def gather(self, size: int) -> None:
        """Allow this many bytes of binary frames to be gathered into one; with 0, what was gathered is reported now."""
        self._gathering.allow(size)

    def ping(self) -> bool:
        """Ask for a pong."""
        if self._transport is not None:
            self._transport.send_ping()
        return True

    def stop(self) -> bool:
        """Close: nothing else stops what is being said."""
        self.close()
        return False

    def pause(self) -> None:
        """Stop reading."""
        if self._transport is not None:
            self._transport.underlying_transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self._transport is not None:
            self._transport.underlying_transport.resume_reading()

    def close(self) -> None:
        """Close; nothing is reported any more."""
        self._listener = None
        self._gathering.close()
        transport = self._transport
        if transport is not None and not transport.is_disconnected:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
        elif transport is None:
            self.reach.end()

    def give_up(self) -> None:
        """End a connection that could not be made. Nothing is sent: a loop that stops connecting closes the socket, and tells nobody."""
        self._listener = None
        self._gathering.close()
        if self._transport is not None:
            self._transport.disconnect(graceful=False)
        else:
            self.reach.end()

    # --------------------------------------------------------------------------------------------------------------------

    def _came(self, data: bytes) -> None:
        if self._listener is not None:
            self._listener.came(data)

    def _over(self, code: int, words: str) -> None:
        self._gathering.allow(0)
        self._gathering.close()
        listener, self._listener = self._listener, None
        if listener is not None and self._transport is not None:
            listener.ended(code, words)

    def _closed(self, transport: WSTransport, frame: WSFrame) -> None:
        code = int(cast("int", frame.get_close_code())) or NO_CODE
        words = frame.get_close_message()
        if code == NO_CODE or _fault(transport):  # without a code there are no words of the vendor's
            self._over(NO_CODE, _fault(transport))
        else:
            self._over(code, words.decode(errors="replace") if words else "")

    def _text(self, data: bytes) -> None:
        listener = self._listener
        if listener is not None:
            # What is not UTF-8 is for the language to refuse.
            listener.came(data.decode(errors="replace"))

    def _part(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if (kind is _CONTINUATION) is (self._parts_kind is None):
            self._refuse(transport, 1002)
            return
        if kind is not _CONTINUATION:
            self._parts_kind = kind
        self._parts += frame.get_payload_as_bytes()
        if len(self._parts) > _MAX_MESSAGE_BYTES:
            self._refuse(transport, 1009)
        elif frame.fin:
            data, is_text = bytes(self._parts), self._parts_kind is _TEXT
            self._parts, self._parts_kind = bytearray(), None
            (self._text if is_text else self._came)(data)

    def _refuse(self, transport: WSTransport, code: int) -> None:
        """Close for a mistake of the vendor's that the library does not see."""
        self._parts = bytearray()
        transport.send_close(WSCloseCode(code))
        transport.disconnect()
        self._over(NO_CODE, _INVALID[code])
