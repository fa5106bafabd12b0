"""Where the gateway is: one URL gives transport, host and path.

grpc://host[:50051]   grpcs://host[:443]               gRPC
ws://host[:80]/path   wss://host[:443]/path            WebSocket; without a path /v1/stream
http://host/base      https://host/base                WebSocket at base + /v1/stream
"""

import enum
from dataclasses import dataclass
from urllib.parse import urlsplit

STREAM_PATH = "/v1/stream"


class Transport(enum.Enum):
    """How messages travel."""

    GRPC = "grpc"
    WEBSOCKET = "websocket"


@dataclass(frozen=True, slots=True)
class _Scheme:
    transport: Transport
    secure: bool
    port: int


_SCHEMES = {
    "grpc": _Scheme(Transport.GRPC, secure=False, port=50051),
    "grpcs": _Scheme(Transport.GRPC, secure=True, port=443),
    "ws": _Scheme(Transport.WEBSOCKET, secure=False, port=80),
    "wss": _Scheme(Transport.WEBSOCKET, secure=True, port=443),
    "http": _Scheme(Transport.WEBSOCKET, secure=False, port=80),
    "https": _Scheme(Transport.WEBSOCKET, secure=True, port=443),
}


@dataclass(frozen=True, slots=True)
class Address:
    """A gateway's address.

    Args:
        transport: how messages travel.
        secure: whether to use TLS.
        host: name or IP address, IPv6 without brackets.
        port: TCP port.
        stream_path: path and query of the WebSocket.
        base_path: what comes before `/v1/…` in plain HTTP requests.
    """

    transport: Transport
    secure: bool
    host: str
    port: int
    stream_path: str = STREAM_PATH
    base_path: str = ""

    @property
    def authority(self) -> str:
        """Host and port, as gRPC and URLs spell them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def stream_url(self) -> str:
        """URL of the WebSocket."""
        return f"{'wss' if self.secure else 'ws'}://{self.authority}{self.stream_path}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host's name itself says that it is this machine."""
        return self.host in {"localhost", "::1"} or self.host.startswith("127.")


def parse_address(url: str) -> Address:
    """Parse a URL.

    Raises:
        ValueError: it has none of the forms above; the message says what was expected.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = _SCHEMES.get(parts.scheme), parts.hostname, parts.port
        (host or "").encode("idna")
    except (ValueError, AttributeError):  # a bad port, bad brackets, a bad host name, or no text at all
        scheme, host, port = None, None, None
    if scheme is None or not host or port == 0:
        raise ValueError(
            f"{url!r} is not a gateway address: expected {', '.join(f'{s}://' for s in _SCHEMES)}host:port"
        )
    path = parts.path.rstrip("/")
    base = path.removesuffix(STREAM_PATH)
    whole = path if path and parts.scheme in {"ws", "wss"} else base + STREAM_PATH
    query = f"?{parts.query}" if parts.query else ""
    return Address(
        transport=scheme.transport,
        secure=scheme.secure,
        host=host,
        port=port or scheme.port,
        stream_path=whole + query,
        base_path=base,
    )
