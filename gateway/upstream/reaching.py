"""A TCP connection to a vendor, as a socket of our own: whoever gives it up can let go of it at any moment."""

import asyncio
import contextlib
import socket


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


def let_go(raw: socket.socket) -> None:
    """Ends the connection, whoever reads it now; that closes the socket."""
    with contextlib.suppress(OSError):  # it has ended already
        raw.shutdown(socket.SHUT_RDWR)
