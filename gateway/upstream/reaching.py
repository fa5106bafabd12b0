"""A TCP connection to a vendor that a loop reads, and that we can end at any moment.

Rules:
- The loop closes the file that it was given, and nobody else does. uvloop attaches a socket to its transport only when
  `create_connection` returns; a transport that has ended by then has closed the file, and the socket would not know: when it is
  collected, or shut down, its number is another connection's.
- What we end the connection by is a file of our own.
"""

import asyncio
import contextlib
import os
import socket


class Reached(socket.socket):
    """A connected socket that belongs to the loop, whatever becomes of this object."""

    __slots__ = ()

    def getpeername(self) -> object:
        """Told of a connection that has ended, too: its reader will see that, and picows would connect it anew."""
        try:
            return super().getpeername()
        except OSError:
            return None

    def __del__(self) -> None:
        """Leaves the file to the loop."""
        self.detach()


class Reach:
    """A way to end a connection while it is being made, whoever reads it by then."""

    def __init__(self) -> None:
        self._ours: socket.socket | None = None

    async def connect(self, host: str, port: int) -> socket.socket:
        """Connects to the first address of a host that takes it; what is returned is for the loop, which must be given it.

        Raises:
            OSError: there is none.
        """
        ours = self._ours = await reach(host, port)
        lent = Reached(ours.family, ours.type, ours.proto, os.dup(ours.fileno()))
        lent.settimeout(0.0)
        return lent

    def end(self) -> None:
        """Ends the connection, if it is still being made."""
        if self._ours is not None:
            with contextlib.suppress(OSError):  # it has ended already
                self._ours.shutdown(socket.SHUT_RDWR)
        self.over()

    def over(self) -> None:
        """It is made: whoever reads it ends it."""
        if self._ours is not None:
            self._ours.close()
            self._ours = None


async def reach(host: str, port: int) -> socket.socket:
    """Connects to the first address of a host that takes it.

    Raises:
        OSError: there is none.
    """
    loop = asyncio.get_running_loop()
    problem = OSError(f"no address of {port=}")
    for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        raw = socket.socket(family, kind, protocol)
        try:
            raw.settimeout(0.0)  # it is the loop that waits
            await loop.sock_connect(raw, address)
        except OSError as error:
            raw.close()
            problem = error
        except BaseException:
            raw.close()
            raise
        else:
            return raw
    raise problem
