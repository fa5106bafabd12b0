"""Ports that are held for workers: bound with SO_REUSEPORT and never listened on, so that they stay the workers' own.

A restarted worker finds its ports again, and nobody else can take them meanwhile; connections are refused as long as no worker
listens. The kernel gives connections only to sockets that listen.
"""

import contextlib
import socket
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from gateway.rpc.listening import EVERY_ADDRESS, everywhere, unknown

_Found = tuple[int, int, int, str, tuple[object, ...]]
"""An address of a name, as the system's resolver gives it."""

_TRIES = 16
"""How often to look for a port that is free at all addresses of a name: one that is free at the first may be taken at the next."""


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
            return _unshared(self._held.enter_context(everywhere(port, reuse_port=True)))
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        except socket.gaierror as error:
            raise unknown(error, host, port) from None
        # Workers listen on every address of a name, as `localhost` may have two.
        addresses = _supported(found)
        for _ in range(0 if port else _TRIES - 1):
            with contextlib.suppress(OSError):
                return self._hold_all(addresses, 0)
        return self._hold_all(addresses, port)

    def _hold_all(self, addresses: Sequence[_Found], port: int) -> int:
        with contextlib.ExitStack() as held:
            for family, kind, protocol, _, address in addresses:
                port = _hold(held, family, kind, protocol, (address[0], port, *address[2:]))
            self._held.push(held.pop_all())
        return port


def _hold(
    held: contextlib.ExitStack, family: int, kind: int, protocol: int, address: tuple[object, ...]
) -> int:
    if address[1]:
        # The sockets of another gateway's workers would share it: only a socket that does not share finds them.
        with _socket(family, kind, protocol, address) as alone:
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            _bind(alone, address)
    kept = held.enter_context(_socket(family, kind, protocol, address))
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    _bind(kept, address)
    return _unshared(kept)


def _unshared(held: socket.socket) -> int:
    """Let another gateway find this socket, also while no worker listens yet, and return its port."""
    # It was needed for binding beside connections of an earlier gateway that are not forgotten yet (TIME_WAIT).
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    port: int = held.getsockname()[1]
    return port


def _supported(found: Sequence[_Found]) -> Sequence[_Found]:
    """Leave out the families that the system has no sockets for, as loops do, unless there is no other."""
    there = [one for one in found if _has_sockets(one)]
    return there or found


def _has_sockets(one: _Found) -> bool:
    try:
        socket.socket(*one[:3]).close()
    except OSError:
        return False
    return True


def _socket(family: int, kind: int, protocol: int, address: tuple[object, ...]) -> socket.socket:
    try:
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}: {address[0]}:{address[1]}") from None
    if family == socket.AF_INET6:  # as loops make it: `*` is both every IPv4 and every IPv6 address
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made


def _bind(sock: socket.socket, address: tuple[object, ...]) -> None:
    try:
        sock.bind(address)
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}: {address[0]}:{address[1]}") from None
