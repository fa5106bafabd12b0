"""What the kernel is told about a client's socket, and asked about it: when a silent peer is given up, and what has not reached it yet."""

import fcntl
import socket
import struct
import sys

from gateway.servers.settings import ServerSettings

UNREAD_BYTES = 32 * 1024
"""Receive buffer of a client's socket, which the kernel doubles: no more than that comes from one client in one turn of the loop."""
_UNSENT = 0x894B
"""Asks Linux for the bytes in a socket that were not sent yet (SIOCOUTQNSD)."""
_COUNT = struct.Struct("i")
_UNACKED = struct.Struct("24xI")
"""Reads `tcpi_unacked` from the kernel's `tcp_info`: packets sent and not acknowledged."""


def tune(sock: socket.socket, settings: ServerSettings) -> None:
    """Set the options of a client's socket: no Nagle, a peer that is gone is noticed, and a flood waits in the client's own kernel."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UNREAD_BYTES)
    _give_up_after(sock, settings.user_timeout_s)


def retune(sock: socket.socket | None, settings: ServerSettings) -> None:
    """Set how long the kernel waits for a client. To be called every few seconds while audio is sent to it.

    The kernel gives up a peer with a closed window like one that is gone, even if it has acknowledged everything. A paused player
    does just that, so it is given `unread_s`.
    """
    if sock is None or not hasattr(socket, "TCP_INFO"):
        return
    told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _UNACKED.size)
    if len(told) == _UNACKED.size:
        (unacked,) = _UNACKED.unpack(told)
        _give_up_after(sock, settings.user_timeout_s if unacked else settings.unread_s)


def leave(sock: socket.socket | None, settings: ServerSettings) -> None:
    """Set a long time-out when all is with the kernel and nobody watches the socket: a client that reads late still gets the rest."""
    if sock is not None:
        _give_up_after(sock, settings.unread_s)


def unsent(sock: socket.socket | None) -> int:
    """How many bytes the kernel keeps because the client has no room for them; 0 where the system does not tell.

    If the socket is closed, the kernel drops them after some minutes.
    """
    if sock is None or sys.platform != "linux":
        return 0
    try:
        (count,) = _COUNT.unpack(fcntl.ioctl(sock.fileno(), _UNSENT, bytes(_COUNT.size)))
    except (OSError, ValueError):  # it is gone
        return 0
    return int(count)


def _give_up_after(sock: socket.socket, seconds: float) -> None:
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
