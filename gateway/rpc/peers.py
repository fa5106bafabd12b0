"""A client's address as grpc writes it."""

from typing import Any

_MAPPED = "::ffff:"


def peer_name(address: Any) -> str:  # noqa: ANN401 a socket's own address, of its family
    """For example ipv4:127.0.0.1:5000 or ipv6:%5B::1%5D:5000; for a Unix socket, unix: and its path.

    An IPv4 client on a dual-stack socket is shown as IPv4.
    """
    if isinstance(address, tuple) and len(address) == 2:
        return f"ipv4:{address[0]}:{address[1]}"
    if isinstance(address, tuple) and address[0].startswith(_MAPPED):
        return f"ipv4:{address[0].removeprefix(_MAPPED)}:{address[1]}"
    if isinstance(address, tuple):
        return f"ipv6:%5B{address[0]}%5D:{address[1]}"
    return f"unix:{address or ''}"
