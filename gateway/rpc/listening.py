"""Listening on an address. `::` is every IPv4 and IPv6 address of this machine, as in most servers; asyncio would make it IPv6 only.

On systems without dual-stack sockets it is IPv6 only after all.
"""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Callable

EVERY_ADDRESS = "::"
"""The host that stands for every address of this machine, IPv6 and IPv4."""
BACKLOG = 1024


async def listen(
    connection: Callable[[], asyncio.BaseProtocol],
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    handshake_s: float | None = None,
    reuse_port: bool = False,
) -> asyncio.Server:
    """Listen.

    Args:
        connection: makes the protocol of a connection.
        host: a name or an address, without brackets.
        port: 0 for a free one.
        tls: the TLS context; `None` for cleartext.
        handshake_s: seconds for the TLS handshake; `None` for the loop's default.
        reuse_port: share the port with other processes.

    Raises:
        OSError: the address cannot be bound.
    """
    loop, patience = asyncio.get_running_loop(), None if tls is None else handshake_s
    if host != EVERY_ADDRESS:
        try:
            server = await loop.create_server(
                connection,
                host,
                port,
                ssl=tls,
                ssl_handshake_timeout=patience,
                reuse_port=reuse_port or None,
                backlog=BACKLOG,
            )
        except socket.gaierror as error:  # it does not say which host name it was
            raise unknown(error, host, port) from None
        if not server.sockets:  # loops skip addresses that the system has no sockets for
            raise no_family(host, port)
        return server
    bound = everywhere(port, reuse_port=reuse_port)
    return await loop.create_server(
        connection, sock=bound, ssl=tls, ssl_handshake_timeout=patience, backlog=BACKLOG
    )


def unknown(error: socket.gaierror, host: str, port: int) -> socket.gaierror:
    """The same, with the address."""
    return socket.gaierror(error.errno, f"{error.strerror}: {host}:{port}")


def no_family(host: str, port: int) -> OSError:
    """Return the error of a system that has no such addresses, as one without IPv6 has no `::1`."""
    return OSError(errno.EAFNOSUPPORT, f"{os.strerror(errno.EAFNOSUPPORT)}: {host}:{port}")


def everywhere(port: int, *, reuse_port: bool = False) -> socket.socket:
    """A socket bound to every address, not listening yet.

    Args:
        port: 0 for a free one.
        reuse_port: share the port with other processes.

    Raises:
        OSError: the port is taken, or there is no IPv6.
    """
    try:
        bound = socket.socket(socket.AF_INET6)
    except OSError:
        raise no_family(f"[{EVERY_ADDRESS}]", port) from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if socket.has_dualstack_ipv6():
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        bound.bind((EVERY_ADDRESS, port))
    except OSError as error:
        bound.close()
        raise OSError(error.errno, f"{error.strerror}: [{EVERY_ADDRESS}]:{port}") from None
    return bound
