"""A client's connection as the simulator holds it: what can be done to its socket, and what is known of the request on it."""

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
        """It is over on our side."""
        return self._transport.is_closing()

    def reset(self) -> None:
        """RST: what is on its way to the client may be lost."""
        sock = self._transport.get_extra_info("socket")
        if sock is not None and not self._transport.is_closing():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._transport.abort()

    def reset_behind(self, patience_s: float = _PATIENCE_S) -> None:
        """RST as soon as the client has everything that was written, or will not take it within the patience."""
        if self._transport.is_closing():
            return
        if self._unsent() and patience_s > 0:
            asyncio.get_running_loop().call_later(_LOOK_S, self.reset_behind, patience_s - _LOOK_S)
        else:
            self.reset()

    def _unsent(self) -> int:
        """Bytes that the client's kernel has not acknowledged; 0 where the system does not tell."""
        held = self._transport.get_write_buffer_size()
        sock = self._transport.get_extra_info("socket")
        try:
            told = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4))
        except OSError:
            return held
        return held + int.from_bytes(told, sys.byteorder)

    def end(self) -> None:
        """FIN, with no word of the protocol's own."""
        self._transport.close()

    def freeze(self) -> None:
        """Read nothing more; TCP stays open, and the other side is not told."""
        if not self._transport.is_closing():
            self._transport.pause_reading()


@dataclass(slots=True)
class Knock:
    """One request on a connection.

    Args:
        connection: on which it came.
        vendor: whose language it is in.
        key: of the client.
        page: it asks for a list, not for speech.
        refusal: the script refuses it with this.
        status: the HTTP status of its refusal, in place of the dialect's own; 0 for that.
        retry_after_s: told with it.
        cut_json: the next text frame is cut in half.
        eager: it asks for every message to be spoken at once.
        wrote: told of every message that answers it.
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


KNOCK: ContextVar[Knock] = ContextVar("knock")
"""Of the request that this task serves."""
