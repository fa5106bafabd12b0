"""The seam between a vendor's language and its transport: one `Wire` for WebSocket, HTTP, gRPC and TCP. No behaviour here.

    wire = await dial(target, listener)    # connected, or `DialError`
    wire.send(frames)                      # never waits
    listener.came(frame)                   # from the wire's own reader

Rules of every wire:
- `TCP_NODELAY` is set. Nothing is compressed. There is no queue and no task per frame.
- After `ended` nothing comes; after `close`, not even `ended`.
"""

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from legato.domain.traces import Trace
from legato.domain.vendors import Incoming, Outgoing, Place, ResponseHead

NO_CODE = 1006
"""What a WebSocket reports if it was closed without a code; on other transports there never is one."""
StartTask = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
"""What to run, and its name."""


class WireListener(Protocol):
    """Takes what comes from a wire. Called from the wire's reader; must not block."""

    def came(self, frame: Incoming) -> None:
        """A frame from the vendor."""

    def alive(self) -> None:
        """The vendor has answered a ping."""

    def ended(self, code: int, words: str) -> None:
        """The connection is over.

        Args:
            code: WebSocket close code; `NO_CODE` if there was none.
            words: the close reason; with `NO_CODE`, what this wire saw, or nothing.
        """


class Wire(Protocol):
    """One connection."""

    def send(self, frames: Sequence[Outgoing]) -> None:
        """Write frames, in order."""

    def ping(self) -> bool:
        """Ask the vendor for a sign of life. Returns whether this transport can."""

    def stop(self) -> bool:
        """Stop what is being said by the transport's own means. Returns whether the connection survives that."""

    def pause(self) -> None:
        """Stop reading."""

    def resume(self) -> None:
        """Read again."""

    def close(self) -> None:
        """Close; nothing is reported any more."""


@runtime_checkable
class GathersFrames(Protocol):
    """A wire that can gather binary frames into one."""

    def gather(self, size: int) -> None:
        """Allow this many bytes of binary frames to come as one, before anything else that comes, and without much delay.

        With 0, what was gathered comes before this call returns.
        """


@runtime_checkable
class SeesAcknowledgements(Protocol):
    """A wire without pings, whose kernel tells whether the vendor's has received what was sent."""

    def is_acknowledged(self) -> bool:
        """Whether the vendor's kernel has acknowledged all that was sent; true if that is not known."""


@runtime_checkable
class MayBeAskedToLeave(Protocol):
    """A wire whose vendor can say, while a run is under way, that this connection is to carry no other."""

    @property
    def is_leaving(self) -> bool:
        """Whether the connection ends with the run under way."""


@runtime_checkable
class NamesTraces(Protocol):
    """A wire on which each request or call has headers of its own, which can name a trace."""

    def belong(self, trace: Trace) -> None:
        """Requests or calls begun from now on belong to this span; to none if it is `NO_TRACE`."""


@dataclass(frozen=True, slots=True)
class DialTarget:
    """Where to connect, and how.

    Args:
        place: where to connect.
        headers: all headers, including the secret.
        timeout_s: how long connecting and the handshake may take.
        tls: whom to trust.
        task: starts a task that runs beside everything else.
        ahead: whether one more request than is under way may be made, for the segment after the one that sounds.
    """

    place: Place
    headers: Sequence[tuple[str, str]]
    timeout_s: float
    tls: ssl.SSLContext
    task: StartTask
    ahead: Callable[[], bool] = lambda: False


DialWire = Callable[[DialTarget, WireListener], Awaitable[Wire]]


class DialError(Exception):
    """No connection could be made. The message names no secret.

    Args:
        message: why.
        head: the head of the vendor's response, if it gave one.
        body: the body of that response.
    """

    def __init__(self, message: str, head: ResponseHead | None = None, body: bytes = b"") -> None:
        super().__init__(message)
        self.message = message
        self.head = head
        self.body = body


def trouble(error: BaseException) -> str:
    """What went wrong on a socket, in words that hold no address and no secret."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the vendor's certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "the vendor did not answer in time"
    if isinstance(error, OSError) and error.strerror:
        number = 0 if isinstance(error, ssl.SSLError) else error.errno or 0
        # The loop's own message contains the address.
        return (os.strerror(number) if number > 0 else error.strerror).lower()
    if isinstance(error, ConnectionError):
        return "the vendor closed the connection"
    return type(error).__name__
