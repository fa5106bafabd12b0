"""A client's connection in the simulator: what can be done to its socket, and the state of the request on it."""

import asyncio
import fcntl
import socket
import struct
import sys
import termios
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from legato.domain.errors import SpeechError

_LOOK_S, _PATIENCE_S = 0.001, 0.5
_LINGER_NOT = struct.pack("ii", 1, 0)


class Connection:
    """One accepted connection.

    Args:
        number: from 1.
        transport: of its socket.
    """

    def __init__(self, number: int, transport: asyncio.Transport) -> None:
        self.number = number
        self._transport = transport

    @property
    def closed(self) -> bool:
        """Whether our side is closed."""
        return self._transport.is_closing()

    def reset(self) -> None:
        """Send RST; bytes in transit to the client may be lost."""
        sock = self._transport.get_extra_info("socket")
        if sock is not None and not self._transport.is_closing():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._transport.abort()

    def reset_behind(self, patience_s: float = _PATIENCE_S) -> None:
        """Send RST as soon as the client has everything that was written, or does not take it in time."""
        if self._transport.is_closing():
            return
        if self._unsent() and patience_s > 0:
            asyncio.get_running_loop().call_later(_LOOK_S, self.reset_behind, patience_s - _LOOK_S)
        else:
            self.reset()

    def _unsent(self) -> int:
        """Bytes that the client's kernel has not acknowledged; 0 if the system does not tell."""
        held = self._transport.get_write_buffer_size()
        sock = self._transport.get_extra_info("socket")
        try:
            told = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4))
        except OSError:
            return held
        return held + int.from_bytes(told, sys.byteorder)

    def end(self) -> None:
        """Send FIN without any closing message of the protocol."""
        self._transport.close()

    def freeze(self) -> None:
        """Stop reading; TCP stays open, and the client is not told."""
        if not self._transport.is_closing():
            self._transport.pause_reading()


@dataclass(slots=True)
class SimulatedRequest:
    """One request on a connection.

    Args:
        connection: on which it arrived.
        vendor: the vendor that it speaks to.
        key: the client's key.
        page: whether it asks for a list, not for speech.
        refusal: the error with which the script refuses it.
        status: the HTTP status of the refusal; 0 for the dialect's own.
        retry_after_s: sent with the refusal.
        cut_json: whether the next text frame is cut in half.
        eager: whether every message is to be spoken at once.
        wrote: called with every message of the answer.
    """

    connection: Connection
    vendor: str = ""
    key: str = ""
    page: bool = False
    refusal: SpeechError | None = None
    status: int = 0
    retry_after_s: float | None = None
    cut_json: bool = False
    eager: bool = False
    wrote: Callable[[bytes | str], None] | None = None


CURRENT_REQUEST: ContextVar[SimulatedRequest] = ContextVar("simulated_request")
"""The request that this task serves."""
