"""The seam between a vendor's language and its transport: one `Wire` for WebSocket, HTTP, gRPC and TCP. No behaviour here.

    wire = await dial(call, listener)      # connected, or `DialError`
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

from legato.domain.vendors import Incoming, Outgoing, Place, ResponseHead

StartTask = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
"""What to run, and its name."""


class WireListener(Protocol):
    """Whoever reads a wire. Called from the wire's reader; must not block."""

    def came(self, frame: Incoming) -> None:
        """A frame of the vendor."""

    def alive(self) -> None:
        """The other end has shown that it is there."""

    def ended(self, code: int, words: str) -> None:
        """The connection is over.

        Args:
            code: WebSocket close code; 1006 where there was none.
            words: the close reason.
        """


class Wire(Protocol):
    """One connection."""

    def send(self, frames: Sequence[Outgoing]) -> None:
        """Write frames, in order."""

    def ping(self) -> bool:
        """Ask for a sign of life. Returns whether this transport has a way to."""

    def stop(self) -> bool:
        """Stop what is being said by the transport's own means. Returns whether the connection outlives that."""

    def pause(self) -> None:
        """Stop reading."""

    def resume(self) -> None:
        """Read again."""

    def close(self) -> None:
        """Close; nothing is heard any more."""


@runtime_checkable
class GathersFrames(Protocol):
    """A wire that can put binary frames together."""

    def gather(self, size: int) -> None:
        """So many bytes of binary frames may come as one, in front of whatever else comes, and within a blink.

        With 0 what was put together comes before this call returns.
        """


@runtime_checkable
class NamesTraces(Protocol):
    """A wire on which each request or call has a head of its own, that can name a trace."""

    def belong(self, traceparent: str) -> None:
        """What is begun from now on belongs to this span, a W3C `traceparent`; to none, where it is empty."""


@dataclass(frozen=True, slots=True)
class Call:
    """Where to connect, and how.

    Args:
        place: the vendor's.
        headers: all of them, with the secret.
        timeout_s: the handshake's.
        tls: whom to trust.
        task: starts what must run beside everything else.
        ahead: whether one request more than is under way may be made, of the segment behind the one that sounds.
    """

    place: Place
    headers: Sequence[tuple[str, str]]
    timeout_s: float
    tls: ssl.SSLContext
    task: StartTask
    ahead: Callable[[], bool] = lambda: False


DialWire = Callable[[Call, WireListener], Awaitable[Wire]]


class DialError(Exception):
    """No connection. The message names no secret.

    Args:
        message: why.
        head: the vendor's answer, where it gave one.
        body: of that answer.
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
        # A loop's own words have the address in them.
        return (os.strerror(number) if number > 0 else error.strerror).lower()
    return type(error).__name__
