"""What parent and workers say to each other: one JSON object a line, on a Unix socket. Sending never waits.

worker -> parent   {"is": "hello", "worker": 1, "pid": 4711}        {"is": "listening"}        {"is": "ready"}
                   {"is": "engine hangs"}                           it is the parent's, to be replaced
                   {"is": "ask", "account": A, "limit": 5}          one seat more, please
                   {"is": "back", "account": A, "seats": 1}         given back
                   {"is": "refused", "account": A, "retry_after_s": 1.0}
                   {"is": "here"}                                   the answer to a knock
parent -> worker   {"is": "lent", "account": A}                     one seat more
                   {"is": "recall", "account": A, "urgent": true}   one is wanted back
                   {"is": "route", "route": R, "action": "drain"}   as an operator has it, also for whoever comes later
                   {"is": "level", "level": "debug"}                the same for the log
                   {"is": "knock"}                                  are you there?
                   {"is": "leave", "all": true}                     finish what is being said, and go; all do, or this one alone

An account is a provider's name. Either side's end of the connection is the other's death.
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
        """Tells the other side; nothing happens when it is gone."""
        if self._transport is not None:
            self._transport.write(json.dumps(message).encode() + b"\n")

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The other side is there."""
        # uvloop's transports are asyncio's by what they do, not by their class.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Lines, cut anywhere."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        try:
            for line in lines:
                self._heard(self, json.loads(line))
        except (ValueError, KeyError, TypeError):
            self.close()  # not one of ours
        if len(self._rest) > _MOST_BYTES:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """The other side is gone."""
        self._transport = None
        self._over(self)
