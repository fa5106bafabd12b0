"""A dialect over a bare TCP byte stream: what the face writes is sent as it is, and the face is given what comes, however it is cut.

Rules:
- Callbacks from the socket to the session and back: no queue and no task per connection.
- Audio waits in the session, not in the transport: the outlet is paused as soon as the kernel does not take everything at once.
- A client that ends its side is gone: these dialects have no other way to say "no more".
- What a client sends at once is processed `TURN_BYTES` per turn of the loop, so that one that floods does not hold up the others.
- A connection on which nothing moves for `tcp_idle_s` is closed; one that is closing and whose client reads nothing is cut. A client
  that merely reads slowly is waited for.
"""

import asyncio
import math
from collections.abc import Callable
from typing import cast

from gateway.rpc.listening import listen
from gateway.servers.client_sockets import retune, tune
from gateway.servers.lingering import linger
from gateway.servers.settings import Address, ServerSettings
from gateway.servers.streams import ServedStream, Streams
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply
from legato.ports import DialectFace, Refusal, RequestHead

MakeTcpFace = Callable[[], DialectFace]
"""A face for one connection."""

TURN_BYTES = 2_048
"""Dozens of the shortest messages, or a long text in a few turns."""
_BREATH_S = 0.02
"""After more than that, nothing is read for this long."""
_CLOSE_S = 5.0
_RETUNED_IN_TIME = 4
"""How many times the socket is retuned within the time after which a silent peer is given up."""
_HEAD = RequestHead("TCP", "", {}, {})


class TcpServer:
    """One listener.

    Args:
        settings: limits and times.
        streams: the registry.
        make_face: makes the face of each connection.
    """

    def __init__(self, settings: ServerSettings, streams: Streams, make_face: MakeTcpFace) -> None:
        self._settings = settings
        self._streams = streams
        self._make_face = make_face
        self._server: asyncio.Server | None = None
        self._open: set[TcpConnection] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    async def start(self, address: Address) -> int:
        """Listen.

        Returns:
            The port.

        Raises:
            OSError: the address cannot be bound.
        """
        self._server = await listen(
            self._connection, address.host, address.port, reuse_port=self._settings.reuse_port
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def shut(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def stop(self, grace_s: float) -> None:
        """Stop listening, and cut the connections that are not gone within the grace period."""
        if self._server is None:
            return
        self._server.close()
        try:
            async with asyncio.timeout(grace_s):
                await self._empty.wait()
        except TimeoutError:
            for connection in tuple(self._open):
                connection.cut()
            await self._empty.wait()
        await self._server.wait_closed()

    def _connection(self) -> "TcpConnection":
        connection = TcpConnection(self._settings, self._streams, self._make_face(), self._gone)
        self._open.add(connection)
        self._empty.clear()
        return connection

    def _gone(self, connection: "TcpConnection") -> None:
        self._open.discard(connection)
        if not self._open:
            self._empty.set()


class TcpConnection(asyncio.Protocol):
    """One connection: its socket's protocol, and `ports.Outlet` for its session.

    Args:
        settings: limits and times.
        streams: the registry.
        face: the face of this connection.
        gone: called when it is over.
    """

    def __init__(
        self,
        settings: ServerSettings,
        streams: Streams,
        face: DialectFace,
        gone: Callable[["TcpConnection"], None],
    ) -> None:
        self.stream = ServedStream(streams, face, self)
        self._settings = settings
        self._streams = streams
        self._face = face
        self._gone = gone
        self._transport: asyncio.Transport | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._tuning: asyncio.TimerHandle | None = None
        self._moved_at = 0.0
        self._jammed = False
        self._closed = False
        self._unheard = memoryview(b"")

    # --- from the socket ----------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        # uvloop's transports behave as Transports without inheriting from it.
        self._transport = transport = cast("asyncio.Transport", transport)
        transport.set_write_buffer_limits(high=1, low=0)
        tune(transport.get_extra_info("socket"), self._settings)
        self._moved_at = asyncio.get_running_loop().time()
        self._look()
        self._retune()
        try:
            self._enter()
        except SpeechError as error:
            self._turn_away(self._face.refuse(error))

    def data_received(self, data: bytes) -> None:
        """Bytes have come from the client."""
        self._moved_at = asyncio.get_running_loop().time()
        if len(data) <= TURN_BYTES and not self._unheard:
            self._hear(data)
            return
        assert self._transport is not None, "it has connected"
        if not self._unheard:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._hear_on)
        self._unheard = memoryview(bytes(self._unheard) + data)

    def pause_writing(self) -> None:
        """The kernel did not take everything."""
        self._jammed = True

    def resume_writing(self) -> None:
        """Everything is with the kernel."""
        self._jammed = False
        self._moved_at = asyncio.get_running_loop().time()
        if not self._closed:
            self.stream.drained()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        del exc
        self._closed = True
        self._unheard = memoryview(b"")
        self._rest()
        if self._tuning is not None:
            self._tuning.cancel()
        self.stream.close()
        self._gone(self)

    # --- the outlet ---------------------------------------------------------------------------------------------------

    @property
    def paused(self) -> bool:
        """Whether the kernel is full, or the connection is closed."""
        return self._jammed or self._closed

    @property
    def room_ms(self) -> float:
        """No bound: the client does not report what it has read."""
        return math.inf

    def write(self, reply: Reply) -> None:
        """Render and send."""
        if self._closed or self._transport is None:
            return
        for frame in self.stream.render(reply):
            self._transport.write(frame.encode() if isinstance(frame, str) else frame)
            self._moved_at = asyncio.get_running_loop().time()
        if self._jammed and self._backlog() > self._settings.max_backlog_bytes:
            # The session is in the middle of a write: it must not be told of the end from here.
            asyncio.get_running_loop().call_soon(self.cut)

    def close(self, error: SpeechError | None) -> None:
        """Close once everything written has been sent."""
        del error
        if self._closed or self._transport is None:
            return
        self._closed = True
        self._rest()
        linger(self._transport)
        self._transport.close()
        self._wait()

    def cut(self) -> None:
        """Close now, whatever is still to be written."""
        if self._transport is not None:
            self._transport.abort()

    # ------------------------------------------------------------------------------------------------------------------

    def _hear(self, data: bytes) -> None:
        if not self._closed:
            self.stream.receive(data)

    def _hear_on(self) -> None:
        part, self._unheard = bytes(self._unheard[:TURN_BYTES]), self._unheard[TURN_BYTES:]
        self._hear(part)
        loop = asyncio.get_running_loop()
        if self._unheard:
            loop.call_soon(self._hear_on)
        else:
            loop.call_later(_BREATH_S, self._read_on)

    def _read_on(self) -> None:
        if self._transport is not None and not self._transport.is_closing() and not self._unheard:
            self._transport.resume_reading()

    def _enter(self) -> None:
        with self._streams.door(self._face.name):
            principal = self._streams.reception.admit(self._face.key(_HEAD), "")
        opened = self._face.open(_HEAD)
        if isinstance(opened, Refusal):
            self._streams.turned_away(self._face.name, opened.reason)
            self._turn_away(opened)
        else:
            self.stream.begin(principal, self._face.name, opened.events)

    def _turn_away(self, refusal: Refusal) -> None:
        assert self._transport is not None, "it has connected"
        self._transport.write(refusal.body)
        self.close(None)

    def _look(self) -> None:
        loop, idle_s = asyncio.get_running_loop(), self._settings.tcp_idle_s
        left = self._moved_at + idle_s - loop.time()
        if left > 0:
            self._watch = loop.call_later(left, self._look)
            return
        self._watch = None
        self.stream.fail(SpeechError(Reason.IDLE_TIMEOUT, f"the connection was idle for {idle_s:.0f} s"))

    def _retune(self) -> None:
        assert self._transport is not None, "it has connected"
        if self._transport.is_closing():
            return
        retune(self._transport.get_extra_info("socket"), self._settings)
        later_s = self._settings.user_timeout_s / _RETUNED_IN_TIME
        self._tuning = asyncio.get_running_loop().call_later(later_s, self._retune)

    def _wait(self) -> None:
        self._watch = asyncio.get_running_loop().call_later(_CLOSE_S, self._give_up, self._backlog())

    def _give_up(self, before: int) -> None:
        backlog = self._backlog()
        if 0 < backlog < before:
            self._wait()
        else:
            self.cut()

    def _backlog(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def _rest(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
