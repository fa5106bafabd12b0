"""How much a peer may send or leave unread, and how long a server waits for its client. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of every connection. A client uses those of messages, windows and unsent bytes.

    Args:
        message_bytes: a longer message ends its call: with RESOURCE_EXHAUSTED if a client sends it, with INTERNAL if a server does.
        calls: at a time on one connection; further ones are refused with REFUSED_STREAM, so that clients may retry.
        head_bytes: largest metadata of a request, as HTTP/2 counts it; more ends its call with RESOURCE_EXHAUSTED.
        window_bytes: bytes of one call from the peer that may be in transit or unread.
        connection_bytes: bytes of one connection from the peer that may be in transit.
        unsent_bytes: bytes that may pile up for a peer that does not read; beyond this it is disconnected.
        handshake_s: seconds for the preface, and later for the rest of a request's head.
        keepalive_s: seconds of silence after which a connection is pinged.
        keepalive_answer_s: seconds to wait for anything after that ping before the connection is closed. With `keepalive_s` this
            is as long as a WebSocket peer may acknowledge nothing, so that a client in a railway tunnel is not taken for dead.
        goodbye_answer_s: seconds to wait for a client's answer to the first GOAWAY before the last call is named anyway.
        ping_interval_s: pings that arrive faster than this, with nothing sent in between, count as abuse.
        farewell_s: seconds that a closed connection is kept for a client that does not read, before it is aborted.
    """

    message_bytes: int = 4 << 20
    calls: int = 1000
    head_bytes: int = 16 * 1024
    window_bytes: int = 65_535
    connection_bytes: int = 1 << 20
    unsent_bytes: int = 1 << 20
    handshake_s: float = 10.0
    keepalive_s: float = 10.0
    keepalive_answer_s: float = 10.0
    goodbye_answer_s: float = 1.0
    ping_interval_s: float = 1.0
    farewell_s: float = 1.0
