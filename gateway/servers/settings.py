"""Settings of the servers: addresses, limits, times. Values only; the app fills them in from the configuration."""

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen. Port 0 takes a free one, which the running server tells."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Settings of all servers of one worker.

    Args:
        http: plain HTTP and WebSocket; `None` for none.
        grpc: gRPC; `None` for none.
        admin: metrics and probes; `None` for none.
        tcp: a dialect over bare TCP; `None` for none.
        web_root: folder of the playground; `None` for none.
        tls: for the HTTP port; `None` for cleartext.
        grpc_tls: for the gRPC port, with ALPN "h2"; `None` for cleartext.
        cors_origins: browser origins that may read HTTP answers; "*" for all.
        reuse_port: share the ports with other workers.
        own_http: a second address for HTTP, for this worker alone; `None` for none.
        own_grpc: the same for gRPC.
        admin_socket: path of a Unix socket that serves the admin pages as well; `None` for none.
        max_message_bytes: a longer client message ends the stream (WebSocket 1009, gRPC RESOURCE_EXHAUSTED).
        max_backlog_bytes: more unread replies than this end the stream: the client sends and does not read.
        fence_ms: audio that may have been written and not been read by the client.
        ping_s: time between WebSocket pings; their pongs have no deadline.
        handshake_s: a connection without a whole request head, or a TLS or HTTP/2 handshake, by then is closed.
        body_s: how long after its head the body of a request may take to come.
        keep_alive_s: an HTTP connection without a whole request for this long is closed; longer than a proxy in front keeps one.
        user_timeout_s: a peer that acknowledges nothing for this long is gone.
        unread_s: a client over HTTP or bare TCP that is sent audio and reads nothing for this long is given up.
        tcp_idle_s: a bare TCP connection on which nothing moves for this long is closed.
    """

    http: Address | None = Address("127.0.0.1", 8080)
    grpc: Address | None = Address("127.0.0.1", 50051)
    admin: Address | None = None
    tcp: Address | None = None
    web_root: Path | None = None
    tls: ssl.SSLContext | None = None
    grpc_tls: ssl.SSLContext | None = None
    cors_origins: tuple[str, ...] = ()
    reuse_port: bool = False
    own_http: Address | None = None
    own_grpc: Address | None = None
    admin_socket: Path | None = None
    max_message_bytes: int = 1 << 20
    max_backlog_bytes: int = 4 << 20
    fence_ms: float = 250.0
    ping_s: float = 5.0
    handshake_s: float = 10.0
    body_s: float = 30.0
    keep_alive_s: float = 75.0
    user_timeout_s: float = 20.0
    unread_s: float = 600.0
    tcp_idle_s: float = 600.0
