"""Ports that are held for workers: bound with SO_REUSEPORT and never listened on, so that they stay the workers' own.

A restarted worker finds its ports again, and nobody else can take them meanwhile; connections are refused as long as no worker
listens. The kernel gives connections only to sockets that listen.
"""

import contextlib
import socket
from types import TracebackType
from typing import Self

from gateway.rpc.listening import EVERY_ADDRESS, everywhere, unknown


class Ports:
    """A context that holds ports while it lasts."""

    def __init__(self) -> None:
        self._held = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def hold(self, host: str, port: int) -> int:
        """Hold a port.

        Args:
            host: a name or an address, without brackets.
            port: 0 for a free one.

        Returns:
            The port.

        Raises:
            OSError: it cannot be bound: another process has it, perhaps a worker of another gateway.
        """
        if host == EVERY_ADDRESS:
            if port:
                everywhere(port).close()  # as below
            return _port(self._held.enter_context(everywhere(port, reuse_port=True)))
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
        except socket.gaierror as error:
            raise unknown(error, host, port) from None
        if port:
            # The sockets of another gateway's workers would share it: only a socket that does not share finds them.
            with _socket(family, kind, protocol, address) as alone:
                alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                _bind(alone, address)
        held = self._held.enter_context(_socket(family, kind, protocol, address))
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        _bind(held, address)
        return _port(held)


def _port(sock: socket.socket) -> int:
    found: int = sock.getsockname()[1]
    return found


def _socket(family: int, kind: int, protocol: int, address: tuple[object, ...]) -> socket.socket:
    try:
        return socket.socket(family, kind, protocol)
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}: {address[0]}:{address[1]}") from None


def _bind(sock: socket.socket, address: tuple[object, ...]) -> None:
    try:
        sock.bind(address)
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}: {address[0]}:{address[1]}") from None
