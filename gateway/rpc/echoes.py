"""Pings that measure the path to a client: each is answered by the client's HTTP/2 library at once, whether the client reads or not.

Clients answer pings in order (RFC 9113, section 6.7), so the answer to a later one stands for those before it.
"""

from collections import deque
from collections.abc import Callable

Answered = Callable[[], None]
"""Called when a ping has been answered."""

_MARK = b"echo"
_MOST = 1024
"""Pings of one connection that wait for an answer: one for each call that it may have. A client that answers none is not pinged any more."""


class Echoes:
    """The pings of one connection that wait for an answer.

    Args:
        ping: sends a PING with these eight bytes.
    """

    def __init__(self, ping: Callable[[bytes], None]) -> None:
        self._ping = ping
        self._sent = 0
        self._waiting: deque[tuple[bytes, Answered]] = deque()

    def ask(self, answered: Answered) -> None:
        """Send a ping."""
        if len(self._waiting) >= _MOST:
            return
        self._sent += 1
        payload = _MARK + (self._sent & 0xFFFFFFFF).to_bytes(4, "big")
        self._waiting.append((payload, answered))
        self._ping(payload)

    def answered(self, payload: bytes) -> None:
        """The client has answered a ping, perhaps one of somebody else's."""
        if not any(payload == waiting for waiting, _ in self._waiting):
            return
        reached = b""
        while reached != payload:
            reached, answered = self._waiting.popleft()
            answered()

    def close(self) -> None:
        """The connection is closed: nobody is called any more."""
        self._waiting.clear()
        self._ping = _nowhere


def _nowhere(_: bytes) -> None:
    """Stand in for `ping` once the connection is closed."""
