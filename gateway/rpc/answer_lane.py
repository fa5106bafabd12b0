"""The sending half of a server's stream: an answer's head, its messages as on any `lane`, its trailers."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from gateway.rpc.common_wire import CommonWire
from gateway.rpc.echoes import Answered
from gateway.rpc.lane import Lane, Road
from gateway.rpc.metadata import Fields

_HOLD_S = 0.02


class AnswerRoad(Road, Protocol):
    """The way to the client's socket."""

    def echo(self, answered: Answered) -> None:
        """Send a PING, and call back when the client has answered it."""
        ...

    def ended(self, stream_id: int) -> None:
        """The stream's answer is complete."""
        ...


class AnswerLane(Lane):
    """The sending half of one server's stream.

    Args:
        wire: the connection's HTTP/2 state.
        road: the way to the connection's socket.
        stream_id: the stream's number.
    """

    def __init__(self, wire: CommonWire, road: AnswerRoad, stream_id: int) -> None:
        super().__init__(wire, road, stream_id)
        self._back = road
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
            self._back.ended(self._stream_id)

    def ping(self, answered: Answered) -> None:
        """Send a PING, and call back when the client has answered it."""
        self._back.echo(answered)

    def close(self) -> None:
        """Drop what waits, and an answer that is held back; nothing more is sent."""
        super().close()
        self._held = None
        settled, self._settled = self._settled, None
        if settled is not None:
            settled()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self.fields(held, end=True)
