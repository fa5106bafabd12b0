"""One connection to a gateway, whatever it is made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from legato_client.replies import Incoming
from legato_client.requests import Command


@dataclass(frozen=True, slots=True)
class Received:
    """A reply, and the monotonic second at which its bytes were read, before they were parsed."""

    reply: Incoming
    read_at: float


class Wire(Protocol):
    """A connection. One task sends and one receives."""

    async def send(self, command: Command) -> None:
        """Hands a command to the transport; waits while it is full.

        Raises:
            ConnectionLostError: the connection is gone.
        """

    @property
    def owes(self) -> bool:
        """The gateway waits to be told of audio that was received."""

    async def acknowledge(self) -> None:
        """Tells it, once for all that was received; the task that sends does so.

        Raises:
            ConnectionLostError: the connection is gone.
        """

    async def receive(self) -> Received | None:
        """The next reply; `None` when the gateway ended the stream in good order.

        Raises:
            SpeechError: the gateway ended it, and said why; or what it sent is no message of the contract.
            ConnectionLostError: the connection broke.
        """

    async def finish(self) -> None:
        """Nothing more will be sent; the gateway answers by ending the stream."""

    async def close(self) -> None:
        """Lets go of it at once. May be called twice."""


Dial = Callable[[], Awaitable[Wire]]
"""Makes a connection; raises what `Wire.receive` raises."""
