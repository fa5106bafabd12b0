"""Where a client is, as grpc writes it."""

from typing import Any

_MAPPED = "::ffff:"


def peer_name(address: Any) -> str:  # noqa: ANN401 a socket's own address, of its family
    """As in ipv4:127.0.0.1:5000 or ipv6:%5B::1%5D:5000; a socket in the file system is unix: and its path.

    A client of IPv4 is one of IPv4, though the socket that it came in by is of IPv6.
    """
    if isinstance(address, tuple) and len(address) == 2:
        return f"ipv4:{address[0]}:{address[1]}"
    if isinstance(address, tuple) and address[0].startswith(_MAPPED):
        return f"ipv4:{address[0].removeprefix(_MAPPED)}:{address[1]}"
    if isinstance(address, tuple):
        return f"ipv6:%5B{address[0]}%5D:{address[1]}"
    return f"unix:{address or ''}"
