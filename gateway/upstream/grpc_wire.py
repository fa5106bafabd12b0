"""A gRPC connection to a vendor, on h2; each run is a bidirectional call of raw bytes on it. `grpc://host:port`, or `grpcs://` with TLS.

Rules:
- Every line has a connection of its own.
- A call begins with the first message after the previous call has ended; stopping it leaves the connection as it is.
- A vendor that asks us to leave (GOAWAY, as servers do before they restart) still ends the call under way: it is heard to its end, and only
  then is the connection over.
- A call that ends because its connection broke is the end of the connection, not the vendor's word on the call.
- A connection on which no call may begin is over: a vendor that lowers MAX_CONCURRENT_STREAMS to 0 means it as a GOAWAY.
- No HTTP/2 pings on an idle connection: vendors take them for abuse. One that a NAT has forgotten is noticed soon after the next call:
  the kernel gives up what nobody acknowledges.
- No task is started, and a message goes from the socket to the language in one turn of the loop.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from urllib.parse import urlsplit

import grpc

from gateway.rpc.answers import Ending, call_head
from gateway.rpc.client import ClientConnection
from gateway.rpc.limits import Limits
from gateway.upstream.reaching import Reach, whole
from gateway.upstream.wire import NO_CODE, DialError, DialTarget, Wire, WireListener, trouble
from legato.domain.errors import forget_where
from legato.domain.traces import Trace, trace_headers
from legato.domain.vendors import CallEnded, HalfClose, HttpRequest, Outgoing

_LIMITS = Limits(message_bytes=16 << 20)
_PORT = 443
_AGENT = ("user-agent", "grpc-python-legato/1")
_GIVEN_UP_MS = 1_000
"""What the vendor's kernel does not acknowledge within this time is not on its way any more."""
_BREAKS_S = 0.05
"""A call may end before the connection that broke under it, as where a proxy stands between."""
_TICK_S = 0.001
_BROKEN = frozenset((grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED))
"""How a call ends whose connection broke; a vendor may also say so."""
_CLOSED = "the vendor closed the connection"
_NOT_HTTP2 = "the vendor does not speak HTTP/2"


def trust() -> ssl.SSLContext:
    """Whom to trust, and that HTTP/2 is spoken: other transports speak something else."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2"])
    return context


async def dial(target: DialTarget, listener: WireListener) -> Wire:
    """Connect.

    Raises:
        DialError: the vendor cannot be reached, or does not speak HTTP/2.
    """
    wire = GrpcWire(target, listener)
    try:
        async with asyncio.timeout(target.timeout_s):
            await whole(wire.connect(), wire.reach)
            await wire.ready
    except DialError as error:
        wire.give_up()
        forget_where(error)  # the wire keeps it
        raise DialError(error.message) from None
    except OSError as error:  # a time-out is one, too
        wire.give_up()
        forget_where(error)
        raise DialError(trouble(error)) from None
    except BaseException:
        wire.give_up()
        raise
    return wire


class GrpcWire:
    """Implements `wire.Wire`, and `client.ClientListener`.

    Args:
        target: the method, the metadata, whom to trust.
        listener: takes what comes.
    """

    def __init__(self, target: DialTarget, listener: WireListener) -> None:
        self._target = target
        self._parts = urlsplit(target.place.url)
        self._listener: WireListener | None = listener
        self._loop = asyncio.get_running_loop()
        self._connection = ClientConnection(_LIMITS, self)
        self._metadata = (_AGENT, *((name.lower(), value) for name, value in target.headers))
        self._traced: tuple[tuple[str, str], ...] = ()
        self._in_call = False
        self._doubted: asyncio.TimerHandle | None = None
        self.reach = Reach()
        self.ready: asyncio.Future[None] = self._loop.create_future()
        """Done once calls may begin."""

    async def connect(self) -> None:
        """Make the connection, for `dial`.

        Raises:
            OSError: it cannot be made.
        """
        host, secure = self._parts.hostname or "", self._parts.scheme == "grpcs"
        lent = await self.reach.connect(host, self._parts.port or _PORT)
        _tune(lent)
        await self._loop.create_connection(
            lambda: self._connection,
            sock=lent,
            ssl=self._target.tls if secure else None,
            server_hostname=host if secure else None,
        )
        self.reach.over()

    def give_up(self) -> None:
        """The connection cannot be made."""
        self._listener = None
        self.ready.cancel()
        self._connection.close()
        self.reach.end()

    # --- to the vendor --------------------------------------------------------------------------------------------------

    def send(self, frames: Sequence[Outgoing]) -> None:
        """Write messages to the call under way, or begin one."""
        if self._listener is None or not frames:
            return
        if not self._in_call and not self._begin():
            return
        messages: list[bytes | None] = []
        for frame in frames:
            assert not isinstance(frame, HttpRequest | str), "these are other transports' frames"
            messages.append(None if isinstance(frame, HalfClose) else frame)
        self._connection.say(messages)

    def belong(self, trace: Trace) -> None:
        """Calls begun from now on belong to this span."""
        self._traced = trace_headers(trace)

    def ping(self) -> bool:
        """Do nothing: vendors take pings for abuse."""
        return False

    def stop(self) -> bool:
        """End the call under way; the connection lives on."""
        self._certain()
        self._in_call = False
        self._connection.cancel()
        if self._connection.is_leaving:
            self._loop.call_soon(self._end)
        return True

    def pause(self) -> None:
        """Stop reading; the flow control of HTTP/2 does the rest."""
        self._connection.hold()

    def resume(self) -> None:
        """Read again."""
        self._connection.release()

    @property
    def is_leaving(self) -> bool:
        """Whether the vendor has asked us to leave: the connection ends with the call under way."""
        return self._connection.is_leaving

    def close(self) -> None:
        """Close; nothing is reported any more."""
        self._listener = None
        self._certain()
        self._connection.close()

    # --- from the vendor: `client.ClientListener` -------------------------------------------------------------------------

    def settled(self) -> None:
        """The vendor speaks HTTP/2."""
        if not self.ready.done():
            self.ready.set_result(None)

    def heard(self, message: bytes) -> None:
        """A message of the call."""
        if self._listener is not None:
            self._listener.came(message)

    def over(self, ending: Ending) -> None:
        """The call has ended."""
        told = CallEnded(ending.code.name, ending.words, ending.details, ending.ours)
        if ending.code not in _BROKEN:
            self._report(told)
        elif self._connection.is_leaving:
            self._end()
        else:
            self._doubted = self._loop.call_later(_BREAKS_S, self._doubt, told)

    def leaving(self) -> None:
        """The vendor takes no more calls."""
        if not self._in_call or self._doubted is not None:
            self._end()

    def ended(self, words: str, error: Exception | None) -> None:
        """The connection is over."""
        if isinstance(error, OSError):
            self._end(trouble(error), trouble(error))
        else:
            self._end(words, _NOT_HTTP2 if words else _CLOSED)

    # --------------------------------------------------------------------------------------------------------------------

    def _begin(self) -> bool:
        if self._connection.is_leaving:
            return False  # its end is about to be reported
        scheme = "https" if self._parts.scheme == "grpcs" else "http"
        metadata = self._metadata + self._traced
        self._in_call = True
        if self._connection.begin(call_head(scheme, self._parts.netloc, self._target.place.method, metadata)):
            return True
        self._doubted = self._loop.call_later(0.0, self._end, "the vendor takes no more calls")
        return False

    def _report(self, told: CallEnded) -> None:
        self._certain()
        self._in_call = False
        if self._listener is not None:
            self._listener.came(told)
        if self._connection.is_leaving and not self._in_call:
            self._end()

    def _doubt(self, told: CallEnded) -> None:
        """Report the end of a call, once everything has been read that came while the loop was busy: uvloop runs timers first."""
        self._doubted = self._loop.call_later(_TICK_S, self._report, told)

    def _certain(self) -> None:
        """It is known whether the connection broke."""
        if self._doubted is not None:
            self._doubted.cancel()
            self._doubted = None

    def _end(self, words: str = "", to_dialler: str = _CLOSED) -> None:
        """The connection is over: tell who waits for it to be made, or who listens."""
        self._certain()
        listener, self._listener = self._listener, None
        self._connection.close()
        if not self.ready.done():
            self.ready.set_exception(DialError(to_dialler))
        elif listener is not None:
            listener.ended(NO_CODE, words)


def _tune(raw: socket.socket) -> None:
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # not every system has it
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GIVEN_UP_MS)
