"""The requests of a call, between the connection that brings them and the handler that reads them."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import grpc

from gateway.rpc.messages import MessageError

Returned = Callable[[int], None]
"""Told that so many bytes are read."""


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

    def put(self, message: bytes) -> None:
        """A message has come."""
        self._messages.append(message)
        self._wake()

    def owe(self, size: int) -> None:
        """These bytes have come, with the last message or as part of one."""
        if self._messages:
            self._owed += size
        else:
            self._returned(size)

    def end(self) -> None:
        """Nothing follows."""
        self._ended = True
        self._wake()

    def __aiter__(self) -> "Inbox":
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401 what the deserializer makes
        while not self._messages:
            if self._ended:
                raise StopAsyncIteration
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        message = self._messages.popleft()
        if not self._messages and self._owed:
            owed, self._owed = self._owed, 0
            self._returned(owed)
        return message if self._deserialize is None else self._deserialized(self._deserialize, message)

    def _deserialized(self, deserialize: Callable[[bytes], Any], message: bytes) -> Any:  # noqa: ANN401 as above
        try:
            return deserialize(message)
        except Exception as error:
            raise MessageError(grpc.StatusCode.INTERNAL, "Exception deserializing request!") from error

    def _wake(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and not reader.done():
            reader.set_result(None)
