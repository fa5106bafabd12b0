"""Gathers binary frames of a wire into one, and lets the socket sleep while they come.

Audio that would only wait should cost no work: frames are gathered until there is enough, and once it is known how much comes in a
blink (`BLINK_S`), the kernel is asked not to wake us for less than a part of that (`SO_RCVLOWAT`).

Rules:
- What was gathered is reported before anything else that the wire reports, and as soon as it is enough.
- Nothing waits longer than two blinks, here or in the kernel: if nothing came for a blink, what is there is reported.
- The end of a connection always wakes us.
"""

import asyncio
import socket
from collections.abc import Callable

BLINK_S = 0.04
_SHARE = 0.7
"""Share of what comes in a blink: less than all of it, or every other blink would end too early."""
_LEAST_BYTES = 2_048
_MOST_BYTES = 8_192


class Gathering:
    """What a wire gathers.

    Args:
        tell: takes frames that were gathered.
    """

    __slots__ = (
        "_came", "_look", "_mark_is_due", "_parts", "_sleeps_for", "_socket", "_tell", "_worth", "room",
    )  # fmt: skip

    def __init__(self, tell: Callable[[bytes], None]) -> None:
        self._tell = tell
        self._socket: socket.socket | None = None
        self._parts: list[bytes] = []
        self._look: asyncio.TimerHandle | None = None
        self._came = 0
        self._worth = 0
        self._sleeps_for = 1
        self._mark_is_due = False
        self.room = 0
        """Bytes that may still be gathered."""

    def connected(self, raw: socket.socket) -> None:
        """The socket that may sleep."""
        self._socket = raw

    def put(self, data: bytes) -> None:
        """A frame, while there is `room`."""
        self._parts.append(data)
        self._came += len(data)
        self.room -= len(data)
        if self.room <= 0:
            self.room = 0
            self._flush()
            self._set_mark_soon()

    def allow(self, size: int) -> None:
        """Allow this many bytes to be gathered from here on; 0 for none. What is there is reported."""
        self.room = size
        if self._parts:
            self._flush()
        if self.room and self._look is None:
            self._look_later()
        self._set_mark_soon()

    def close(self) -> None:
        """Nothing is reported any more."""
        self._tell = _nobody  # the wire refers to this: the cycle would keep both, and their connection
        self.room = 0
        self._parts.clear()
        self._socket = None
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        self._tell(b"".join(parts))

    def _look_later(self) -> None:
        self._came = 0
        self._look = asyncio.get_running_loop().call_later(BLINK_S, self._look_again)

    def _look_again(self) -> None:
        self._look = None
        self._worth = min(int(self._came * _SHARE), _MOST_BYTES)
        if not self._came:
            self._sleep_for(1)
            if self._parts:
                self._flush()
        if self.room and self._socket is not None:
            self._look_later()

    def _set_mark_soon(self) -> None:
        """Set the socket's mark, though not at once: a permission that is withdrawn is often given again."""
        if not self._mark_is_due and self._sleeps_for != self._mark():
            self._mark_is_due = True
            asyncio.get_running_loop().call_soon(self._set_mark)

    def _set_mark(self) -> None:
        self._mark_is_due = False
        self._sleep_for(self._mark())

    def _mark(self) -> int:
        """How many bytes the socket should wait for; a mark that is close enough stays."""
        worth = min(self.room, self._worth)
        if worth < _LEAST_BYTES:
            return 1
        return self._sleeps_for if worth // 2 <= self._sleeps_for <= worth else worth

    def _sleep_for(self, size: int) -> None:
        if size != self._sleeps_for and self._socket is not None:
            self._sleeps_for = size
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)


def _nobody(_: bytes) -> None:
    """Stand in for the wire once it is closed."""
