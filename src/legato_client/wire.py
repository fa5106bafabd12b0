"""One connection to a gateway, whatever its transport."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from legato_client.replies import Incoming
from legato_client.requests import Command


@dataclass(frozen=True, slots=True)
class Received:
    """A reply, and when its bytes were read, before parsing: monotonic seconds."""

    reply: Incoming
    read_at: float


class Wire(Protocol):
    """A connection. One task sends, another receives."""

    async def send(self, command: Command) -> None:
        """Hand a command to the transport; wait while it is full.

        Raises:
            ConnectionLostError: the connection is gone.
        """

    @property
    def owes(self) -> bool:
        """Whether audio was received that the gateway waits to have acknowledged."""

    async def acknowledge(self) -> None:
        """Acknowledge all that was received so far. Called by the task that sends.

        Raises:
            ConnectionLostError: the connection is gone.
        """

    async def receive(self) -> Received | None:
        """The next reply; `None` if the gateway ended the stream in good order.

        Raises:
            SpeechError: the gateway ended it and said why, or sent something that is not a message of the contract.
            ConnectionLostError: the connection broke.
        """

    async def finish(self) -> None:
        """Nothing more will be sent; the gateway answers by ending the stream."""

    async def close(self) -> None:
        """Drop the connection at once. May be called twice."""


Dial = Callable[[], Awaitable[Wire]]
"""Makes a connection; raises what `Wire.receive` raises."""
