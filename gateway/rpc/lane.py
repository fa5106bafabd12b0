"""The sending half of one stream: what fits the flow control windows is sent at once; the rest waits here and delays no other stream."""

from collections.abc import Callable
from typing import Protocol

from gateway.rpc import messages
from gateway.rpc.common_wire import CommonWire

Gone = Callable[[], None]
"""Called when a waiting message has been sent, in the turn of the loop that made room for it; not called if the call ended first."""


class Road(Protocol):
    """What all lanes of a connection share: the way to the socket."""

    @property
    def jammed(self) -> bool:
        """Whether the socket takes no more for now."""
        ...

    def send(self, data: bytes) -> None:
        """Write these bytes, in order."""
        ...

    def wait(self, lane: "Lane") -> None:
        """Pump this lane when there is room again, and call `cleared` when nothing of it waits."""
        ...


class Lane:
    """The sending half of one stream.

    Args:
        wire: the connection's HTTP/2 state.
        road: the way to the connection's socket.
        stream_id: the stream's number.
    """

    def __init__(self, wire: CommonWire, road: Road, stream_id: int) -> None:
        self._wire = wire
        self._road = road
        self._stream_id = stream_id
        self._unsent = memoryview(b"")
        self._gone: Gone | None = None

    def message(self, payload: bytes, gone: Gone) -> bool:
        """Send a message; only while nothing waits.

        Args:
            payload: the message.
            gone: called when it has been sent, if that is not at once.

        Returns:
            Whether it was sent at once.
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
        """Send one frame of the waiting message.

        Returns:
            Whether more of it waits and there may be room.
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
        """Whether nothing waits."""
        return not self._unsent

    def cleared(self) -> None:
        """The waiting message has been sent."""
        gone, self._gone = self._gone, None
        if gone is not None:
            gone()

    def close(self) -> None:
        """Drop what waits; nothing more is sent."""
        self._unsent = memoryview(b"")
        self._gone = None
