"""Closing on a client that still sends, so that it can read what was written last.

The kernel answers bytes that nobody reads with a reset, and a reset discards what the client has not read yet: the very message that
says what was wrong. So the socket is kept for a moment: once everything is written, its writing side is shut, and what still comes is
read and dropped, until the client ends its side too, or for at most `LINGER_S` and `MOST_BYTES`, or until the loop ends.

TLS is left alone: its closing handshake goes on reading. So is plain HTTP: aiohttp does the same for bodies that it refuses.
"""

import asyncio
import contextlib
import os
import socket

LINGER_S = 5.0
MOST_BYTES = 64 << 20
_MOST_AT_ONCE = 256
"""Connections beyond this many are closed without it."""
_LOOK_S = 0.01
_PART_BYTES, _BREATH_S = 1 << 20, 0.02
"""A client that floods is read one part at a time, with a pause after each, so that the others get their turn."""
_ROOM = bytearray(64 << 10)
"""Takes what is dropped, from all connections."""
_kept: set["_Lingering"] = set()


def linger(transport: asyncio.Transport) -> None:
    """Keep the transport's socket for a moment after its close, which must follow at once; nothing else changes."""
    sock = transport.get_extra_info("socket")
    if sock is None or transport.get_extra_info("sslcontext") is not None or len(_kept) >= _MOST_AT_ONCE:
        return
    with contextlib.suppress(OSError):  # it is gone already
        _kept.add(_Lingering(transport, socket.socket(fileno=os.dup(sock.fileno()))))


class _Lingering:
    """One socket, shared with its transport until that is closed.

    Args:
        transport: tells when everything is written.
        sock: a duplicate of its socket; owned.
    """

    def __init__(self, transport: asyncio.Transport, sock: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._sock = sock
        self._left = MOST_BYTES
        self._breath_at = 0
        # A task, because whatever runs the loop cancels those that are left: a timer that never rings would leave the socket open.
        self._patience = self._loop.create_task(asyncio.sleep(LINGER_S), name="linger")
        self._patience.add_done_callback(self._end)
        self._timer = self._loop.call_later(_LOOK_S, self._look)

    def _look(self) -> None:
        """See whether the transport is done: it reads while it is open, and may still write after that."""
        written = not self._transport.get_write_buffer_size()
        if self._transport.is_closing() and written:
            self._begin()
        else:
            self._timer = self._loop.call_later(_LOOK_S, self._look)

    def _begin(self) -> None:
        try:
            os.set_blocking(self._sock.fileno(), False)
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._patience.cancel()
            return
        self._read_on()

    def _read_on(self) -> None:
        if self._sock.fileno() >= 0:
            self._breath_at = self._left - _PART_BYTES
            self._loop.add_reader(self._sock.fileno(), self._drop)

    def _drop(self) -> None:
        """Drop one piece per turn of the loop, so that a client that floods does not hold up the others."""
        try:
            size = self._sock.recv_into(_ROOM)
        except BlockingIOError:
            return
        except OSError:
            size = 0
        self._left -= size
        if not size or self._left <= 0:
            self._patience.cancel()
        elif self._left <= self._breath_at:
            self._loop.remove_reader(self._sock.fileno())
            self._loop.call_later(_BREATH_S, self._read_on)

    def _end(self, patience: asyncio.Task[None]) -> None:
        del patience
        self._timer.cancel()
        self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        _kept.discard(self)
