"""One end of the connection between parent and worker: a message a line, on a Unix socket. Sending never waits.

When the connection ends, the other side is gone.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from gateway.app.link.messages import Message, decode, encode

_MOST_BYTES = 1 << 20


class JsonLines(asyncio.Protocol):
    """One end of the connection.

    Args:
        heard: takes every message.
        over: called once, at the end.
    """

    def __init__(
        self, heard: Callable[["JsonLines", Message], None], over: Callable[["JsonLines"], None]
    ) -> None:
        self._heard = heard
        self._over = over
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def send(self, message: Message) -> None:
        """Send a message; do nothing if the other side is gone."""
        if self._transport is not None:
            self._transport.write(encode(message) + b"\n")

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The other side is there."""
        # uvloop's transports behave as Transports without inheriting from it.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Lines have come, cut anywhere."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        try:
            for line in lines:
                self._heard(self, decode(line))
        except (ValueError, KeyError, TypeError):
            self.close()  # not a message of ours
        if len(self._rest) > _MOST_BYTES:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """The other side is gone."""
        self._transport = None
        self._over(self)
