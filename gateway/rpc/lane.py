"""The sending half of one stream: what fits the flow control windows is sent at once; the rest waits here and delays no other stream."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from gateway.rpc import messages
from gateway.rpc.common_wire import CommonWire
from gateway.rpc.echoes import Answered
from gateway.rpc.metadata import Fields

Gone = Callable[[], None]
"""Called when a waiting message has been sent, in the turn of the loop that made room for it; not called if the call ended first."""

_HOLD_S = 0.02


class Road(Protocol):
    """What all lanes of a connection share: the way to the socket."""

    @property
    def jammed(self) -> bool:
        """Whether the socket takes no more for now."""
        ...

    def send(self, data: bytes) -> None:
        """Write these bytes, in order."""
        ...

    def echo(self, answered: Answered) -> None:
        """Send a PING, and call back when the client has answered it."""
        ...

    def ended(self, stream_id: int) -> None:
        """The stream's answer is complete."""
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
        self._heard = False
        self._held: Fields | None = None
        self._settled: Callable[[], None] | None = None

    def heard(self) -> None:
        """Something has arrived after the head of the request."""
        self._heard = True
        if self._held is not None:
            self._let_go()

    def refuse(self, fields: Fields) -> None:
        """Send an answer that consists of trailers only, once the client's first message has arrived, or after a moment without one.

        grpc's own asyncio client reports a write that fails because of an early answer as an error of its own, and hides the status.
        """
        if self._heard:
            self.fields(fields, end=True)
        else:
            self._held = fields
            asyncio.get_running_loop().call_later(_HOLD_S, self._let_go)

    def settle(self, settled: Callable[[], None]) -> None:
        """Call back when no answer is held back: at once if none is. Until then the connection must not close."""
        if self._held is None:
            settled()
        else:
            self._settled = settled

    def fields(self, fields: Fields, *, end: bool = False) -> None:
        """Send a head or trailers. With `end`, message bytes that are still unsent are dropped."""
        self._wire.head(self._stream_id, fields, end=end)
        self._road.send(self._wire.output())
        if end:
            self.close()
            self._road.ended(self._stream_id)

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

    def ping(self, answered: Answered) -> None:
        """Send a PING, and call back when the client has answered it."""
        self._road.echo(answered)

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
        self._held = self._gone = None
        settled, self._settled = self._settled, None
        if settled is not None:
            settled()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self.fields(held, end=True)
