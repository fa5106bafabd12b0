"""The sending half of one stream: what fits its windows goes at once, the rest waits here and for nobody else."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from gateway.rpc import messages
from gateway.rpc.metadata import Fields
from gateway.rpc.wire import Wire

Gone = Callable[[], None]
"""Called when what waited for room is on its way, within the turn that brought the room; not where its call has ended before."""

_HOLD_S = 0.02


class Road(Protocol):
    """The way to the socket, which all lanes of a connection share."""

    @property
    def jammed(self) -> bool:
        """The socket takes nothing more for now."""
        ...

    def send(self, data: bytes) -> None:
        """Bytes on their way, in their order."""
        ...

    def ended(self, stream_id: int) -> None:
        """The stream's answer is whole."""
        ...

    def wait(self, lane: "Lane") -> None:
        """Have the lane pumped when there is room again, and told when it is clear."""
        ...


class Lane:
    """One stream's.

    Args:
        wire: the connection's.
        road: to its socket.
        stream_id: its number.
    """

    def __init__(self, wire: Wire, road: Road, stream_id: int) -> None:
        self._wire = wire
        self._road = road
        self._stream_id = stream_id
        self._unsent = memoryview(b"")
        self._gone: Gone | None = None
        self._heard = False
        self._held: Fields | None = None

    def heard(self) -> None:
        """Something has come behind the head of the request."""
        self._heard = True
        if self._held is not None:
            self._let_go()

    def refuse(self, fields: Fields) -> None:
        """An answer that is nothing but its end. It waits for the client's first message, but not for long.

        grpc's own asyncio client takes a write that fails for an error of its own, and tells that instead of the status.
        """
        if self._heard:
            self.fields(fields, end=True)
        else:
            self._held = fields
            asyncio.get_running_loop().call_later(_HOLD_S, self._let_go)

    def fields(self, fields: Fields, *, end: bool = False) -> None:
        """A head or trailers. What is still unsent when the end comes is dropped."""
        self._wire.head(self._stream_id, fields, end=end)
        self._road.send(self._wire.output())
        if end:
            self.close()
            self._road.ended(self._stream_id)

    def message(self, payload: bytes, gone: Gone) -> bool:
        """Send a message, while nothing waits.

        Args:
            payload: it.
            gone: told of it where it is not gone at once.

        Returns:
            Whether it is gone at once.
        """
        road, size = self._road, len(payload) + messages.PREFIX_BYTES
        if not road.jammed and size <= self._wire.room(self._stream_id):
            road.send(self._wire.data(self._stream_id, size) + messages.prefix(len(payload)) + payload)
            return True
        self._unsent = memoryview(messages.prefix(len(payload)) + payload)
        while self.pump():
            pass
        if self._unsent:
            self._gone = gone
            road.wait(self)
        return not self._unsent

    def pump(self) -> bool:
        """Send one frame of what waits.

        Returns:
            Whether there may be another.
        """
        if self._road.jammed or not self._unsent:
            return False
        size = min(self._wire.room(self._stream_id), len(self._unsent))
        if size <= 0:
            return False
        chunk, self._unsent = self._unsent[:size], self._unsent[size:]
        self._road.send(self._wire.data(self._stream_id, size) + chunk)
        return bool(self._unsent)

    @property
    def clear(self) -> bool:
        """Nothing waits."""
        return not self._unsent

    def cleared(self) -> None:
        """Nothing waits any more."""
        gone, self._gone = self._gone, None
        if gone is not None:
            gone()

    def close(self) -> None:
        """Nothing more is sent."""
        self._unsent = memoryview(b"")
        self._held = self._gone = None

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self.fields(held, end=True)
