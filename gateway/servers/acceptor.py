"""One port for two HTTP servers: the first bytes of a connection decide which of them takes it.

A WebSocket upgrade to `/v1/stream` goes to picows, everything else to aiohttp, which also serves an upgrade that comes later on a
reused connection. What picows would refuse goes to aiohttp too, so that a single place explains what is wrong.

aiohttp waits as long for the rest of a head as for the next request, so a connection is handed on only when its head is complete, or
cannot be valid any more.
"""

import asyncio
import base64
import binascii
import re
from collections.abc import Callable, Iterable
from typing import cast

from gateway.servers.client_sockets import tune
from gateway.servers.settings import ServerSettings
from legato.faces.native import WEBSOCKET_PATH

MAX_HEAD_BYTES = 16 * 1024
_START = f"GET {WEBSOCKET_PATH}".encode()
_HEAD_END = b"\r\n\r\n"
_REQUEST_LINE = re.compile(rb"[A-Z]+ [!-~]+ HTTP/1\.[01]\r?")
_NOT_TEXT = re.compile(rb"[^\t -~\r]")

ProtocolFactory = Callable[[], asyncio.BaseProtocol]


class Acceptor(asyncio.Protocol):
    """The protocol of a new connection, until its head shows which server takes it.

    Args:
        websocket: makes the protocol for a WebSocket.
        http: makes the protocol for everything else.
        settings: time-outs.
    """

    def __init__(self, websocket: ProtocolFactory, http: ProtocolFactory, settings: ServerSettings) -> None:
        self._websocket = websocket
        self._http = http
        self._settings = settings
        self._head = b""
        self._transport: asyncio.Transport | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        # uvloop's transports behave as Transports without inheriting from it.
        self._transport = transport = cast("asyncio.Transport", transport)
        # What the socket does not take stays with the session, where a cancel can still reach it.
        # (One byte, not zero: with a limit of zero asyncio's TLS calls an empty buffer full.)
        transport.set_write_buffer_limits(high=1, low=0)
        tune(transport.get_extra_info("socket"), self._settings)
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(self._settings.handshake_s, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone before its head was complete."""
        del exc
        self._calm()

    def pause_writing(self) -> None:
        """The transport is full, with what TLS itself has to send."""
        self._paused = True

    def resume_writing(self) -> None:
        """The transport is empty again."""
        self._paused = False

    def data_received(self, data: bytes) -> None:
        """Part of a request head has come."""
        self._head += data
        end = self._head.find(_HEAD_END)
        if end < 0:
            if len(self._head) > MAX_HEAD_BYTES or not could_be_request(self._head):
                self._hand_to_http()
            return
        upgrade = plain_upgrade(self._head[:end]) if could_be_stream(self._head) else None
        if upgrade is None:
            self._hand_to_http()
        else:
            self._hand(self._websocket(), upgrade + self._head[end:])

    def _hand_to_http(self) -> None:
        self._hand(self._http(), self._head)

    def _hand(self, protocol: asyncio.BaseProtocol, data: bytes) -> None:
        transport = self._transport
        assert transport is not None
        self._calm()
        self._head = b""
        # Reading is restarted, or the loop would deliver in the old protocol's way (buffered or not).
        transport.pause_reading()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if self._paused:
            protocol.pause_writing()
        deliver(protocol, data)
        if not transport.is_closing():
            transport.resume_reading()

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def deliver(protocol: asyncio.BaseProtocol, data: bytes) -> None:
    """Give a protocol bytes as if it had read them."""
    if isinstance(protocol, asyncio.BufferedProtocol):
        while data:
            room = memoryview(protocol.get_buffer(len(data)))
            size = min(len(room), len(data))
            room[:size] = data[:size]
            protocol.buffer_updated(size)
            data = data[size:]
    elif isinstance(protocol, asyncio.Protocol):
        protocol.data_received(data)


def could_be_request(head: bytes) -> bool:
    """Whether what has come so far may become the head of a request; if not, it can be answered at once with what is wrong."""
    line, ended, rest = head.partition(b"\n")
    if not ended:
        return _NOT_TEXT.search(line) is None
    # With bare line feeds the head would never end in the way that is looked for here.
    return _REQUEST_LINE.fullmatch(line) is not None and line.endswith(b"\r") and b"\n\n" not in rest


def could_be_stream(head: bytes) -> bool:
    """Whether what has come so far may be a request for the stream's path."""
    if len(head) <= len(_START):
        return _START.startswith(head)
    return head.startswith(_START) and head[len(_START) : len(_START) + 1] in {b" ", b"?"}


def plain_upgrade(head: bytes) -> bytes | None:
    """Return the head of an upgrade request that picows takes, its Connection header reduced to the upgrade; otherwise `None`.

    Browsers send `Connection: keep-alive, Upgrade`, which picows refuses.
    """
    first, *lines = head.split(b"\r\n")
    if not first.endswith(b" HTTP/1.1") or first.count(b" ") != 2:
        return None
    fields = [
        (name.strip().lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)
    ]
    if not _is_upgrade(dict(fields), [name for name, _ in fields]):
        return None
    kept = [line for line, (name, _) in zip(lines, fields, strict=True) if name != b"connection"]
    return b"\r\n".join([first, *kept, b"Connection: Upgrade"])


def _is_upgrade(fields: dict[bytes, bytes], names: Iterable[bytes]) -> bool:
    tokens = {token.strip().lower() for token in fields.get(b"connection", b"").split(b",")}
    return (
        b"upgrade" in tokens
        and fields.get(b"upgrade", b"").lower() == b"websocket"
        and fields.get(b"sec-websocket-version") == b"13"
        and _is_key(fields.get(b"sec-websocket-key", b""))
        and b"transfer-encoding" not in fields
        and fields.get(b"content-length", b"0") == b"0"
        and len(list(names)) == len(set(names)) <= 100
    )


def _is_key(value: bytes) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 16
    except binascii.Error:
        return False
