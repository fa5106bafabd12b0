"""What a client may ask of a server, and how long it is waited for. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of every connection.

    Args:
        message_bytes: a longer request message ends its call with RESOURCE_EXHAUSTED.
        calls: of one connection at a time; further ones are refused, and may come again.
        head_bytes: metadata of one request, as HTTP/2 counts it; more ends its call with RESOURCE_EXHAUSTED.
        window_bytes: request bytes of one call that may be under way or unread.
        connection_bytes: request bytes of one connection that may be under way.
        unsent_bytes: what a client that reads nothing may leave with its transport; beyond this its connection is cut.
        handshake_s: the preface, and later the rest of a request's head, must come within so long.
        keepalive_s: a connection from which nothing has come for so long is pinged.
        keepalive_answer_s: it is gone when nothing comes for so long after that.
        ping_interval_s: pings that come faster, with nothing sent in between, are too many.
        farewell_s: a connection that is closed and not read from is cut after so long.
    """

    message_bytes: int = 4 << 20
    calls: int = 1000
    head_bytes: int = 16 * 1024
    window_bytes: int = 65_535
    connection_bytes: int = 1 << 20
    unsent_bytes: int = 1 << 20
    handshake_s: float = 10.0
    keepalive_s: float = 10.0
    keepalive_answer_s: float = 1.0
    ping_interval_s: float = 1.0
    farewell_s: float = 1.0
