"""Address families: whether this machine has IPv6, since not every container does."""

import errno
import socket

import pytest


def _has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6")


class _Nowhere:
    """What a loop returns as a server if the system has no socket for any of its addresses: loops skip such addresses."""

    sockets = ()

    def close(self):
        pass

    async def wait_closed(self):
        pass


def without_ipv6(monkeypatch, loop=None):
    """Patch as on a machine whose kernel has no IPv6: its addresses are resolved, but there are no sockets for them."""

    class Socket(socket.socket):
        def __init__(self, family=socket.AF_INET, *args, **more):
            if family == socket.AF_INET6:
                raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
            super().__init__(family, *args, **more)

    async def create_server(*args, **more):
        return _Nowhere()

    monkeypatch.setattr(socket, "socket", Socket)
    if loop is not None:
        monkeypatch.setattr(loop, "create_server", create_server)
