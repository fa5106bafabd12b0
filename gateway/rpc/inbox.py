"""The requests of a call, between the connection that brings them and the handler that reads them, or listens to them."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import grpc

from gateway.rpc.messages import MessageError

Returned = Callable[[int], None]
"""Told that so many bytes are read."""

_PIECE_BYTES = 1024
"""What a listener has heard is given back in pieces of so much at least; a window is many times that."""


class Inbox:
    """An asynchronous iterator of messages. What is not read is not given back, so that the client's window closes.

    Args:
        returned: told what is read.
        deserialize: makes a message of its bytes; `None` leaves them.
    """

    def __init__(self, returned: Returned, deserialize: Callable[[bytes], Any] | None) -> None:
        self._returned = returned
        self._deserialize = deserialize
        self._messages: deque[bytes] = deque()
        self._owed = 0
        self._ended = False
        self._reader: asyncio.Future[None] | None = None
        self._heard: Callable[[bytes], None] | None = None
        self._heard_end: Callable[[], None] | None = None

    def put(self, message: bytes) -> None:
        """A message has come."""
        if self._heard is not None:
            self._heard(message)
            return
        self._messages.append(message)
        self._wake()

    def owe(self, size: int) -> None:
        """These bytes have come, with the last message or as part of one."""
        owed = self._owed
        self._owed += size
        if self._heard is None:
            self._give_back()
        elif owed < _PIECE_BYTES <= self._owed:
            # Not within this turn: a client that sends on as if it were read would never come to the end of its window.
            asyncio.get_running_loop().call_soon(self._give_back)

    def end(self) -> None:
        """Nothing follows."""
        self._ended = True
        if self._heard_end is not None:
            self._heard_end()
        self._wake()

    def listen(self, heard: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        """Be told of what comes within the call that brings it, from now on, instead of reading it.

        Args:
            heard: told the bytes of every message; of those that are here, at once.
            ended: told that nothing follows.
        """
        self._heard, self._heard_end = heard, ended
        while self._messages:
            heard(self._messages.popleft())
        self._give_back()
        if self._ended:
            ended()

    def close(self) -> None:
        """The call is over: who listens is told no more, and not kept by what it is told of."""
        self._heard = self._heard_end = None

    def __aiter__(self) -> "Inbox":
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401 what the deserializer makes
        while not self._messages:
            if self._ended:
                raise StopAsyncIteration
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        message = self._messages.popleft()
        self._give_back()
        return message if self._deserialize is None else self._deserialized(self._deserialize, message)

    def _deserialized(self, deserialize: Callable[[bytes], Any], message: bytes) -> Any:  # noqa: ANN401 as above
        try:
            return deserialize(message)
        except Exception as error:
            raise MessageError(grpc.StatusCode.INTERNAL, "Exception deserializing request!") from error

    def _give_back(self) -> None:
        if self._owed and not self._messages:
            owed, self._owed = self._owed, 0
            self._returned(owed)

    def _wake(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and not reader.done():
            reader.set_result(None)
