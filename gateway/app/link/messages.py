"""The messages between parent and workers: one JSON object per line, on a Unix socket. Sending never waits.

worker -> parent   {"is": "hello", "worker": 1, "pid": 4711}        {"is": "listening"}        {"is": "ready"}
                   {"is": "engine hangs"}                           the parent started it, and replaces it
                   {"is": "open", "account": A, "limit": 5}         it uses this credential; 0 for no limit
                   {"is": "ask", "account": A}                      one more seat is needed
                   {"is": "back", "account": A, "seats": 1}         seats are given back
                   {"is": "refused", "account": A, "retry_after_s": 1.0}
                   {"is": "renewed", "account": A}                  the credential is another one
                   {"is": "here"}                                   the answer to a knock
parent -> worker   {"is": "lent", "account": A}                     one more seat
                   {"is": "recall", "account": A, "urgent": true}   one is wanted back
                   {"is": "pause", "account": A, "pause_s": 1.0}    the vendor has refused another worker
                   {"is": "route", "route": R, "action": "drain"}   as an operator ordered; also for workers still to come
                   {"is": "level", "level": "debug"}                likewise, for the log
                   {"is": "knock"}                                  are you there?
                   {"is": "leave", "all": true}                     finish what is being said, and leave; all do, or this one alone

An account is a provider's name. When the connection ends, the other side is gone.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

Message = Mapping[str, Any]
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

    def send(self, **message: object) -> None:
        """Send a message; do nothing if the other side is gone."""
        if self._transport is not None:
            self._transport.write(json.dumps(message).encode() + b"\n")

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
                self._heard(self, json.loads(line))
        except (ValueError, KeyError, TypeError):
            self.close()  # not a message of ours
        if len(self._rest) > _MOST_BYTES:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """The other side is gone."""
        self._transport = None
        self._over(self)
