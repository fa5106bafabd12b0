"""The requests of a call, between the connection that receives them and the handler that reads or listens to them."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import grpc

from gateway.rpc.messages import MessageError, Packed

Consumed = Callable[[int], None]
"""Called with the number of request bytes that have been read."""

_PIECE_BYTES = 1024
"""A listener's bytes are returned to the client's window in pieces of at least this size; a window is many times larger."""


class Inbox:
    """An asynchronous iterator of messages. Unread bytes are not returned to the client's window, so the window closes.

    Args:
        consumed: called with the bytes that were read.
        deserialize: turns bytes into a message; `None` leaves them as bytes.
    """

    def __init__(self, consumed: Consumed, deserialize: Callable[[bytes], Any] | None) -> None:
        self._consumed = consumed
        self._deserialize = deserialize
        self._messages: deque[bytes | Packed] = deque()
        self._owed = 0
        self._ended = False
        self._reader: asyncio.Future[None] | None = None
        self._heard: Callable[[bytes], None] | None = None
        self._heard_end: Callable[[], None] | None = None

    def put(self, message: bytes | Packed) -> int:
        """Add a message.

        Returns:
            How many bytes decompressing it has given, or may give when it is read.

        Raises:
            MessageError: somebody listens, and the message cannot be decompressed.
        """
        if self._heard is None:
            self._messages.append(message)
            self._wake()
            return 0 if isinstance(message, bytes) else message.most_bytes
        if isinstance(message, bytes):
            self._heard(message)
            return 0
        plain = message.unpacked()
        self._heard(plain)
        return len(plain)

    def owe(self, size: int) -> None:
        """Count bytes that arrived, with the last message or as part of one."""
        owed = self._owed
        self._owed += size
        if self._heard is None:
            self._give_back()
        elif owed < _PIECE_BYTES <= self._owed:
            # Not within this turn: the window of a client that keeps sending would otherwise never run out.
            asyncio.get_running_loop().call_soon(self._give_back)

    def end(self) -> None:
        """No more messages follow."""
        self._ended = True
        if self._heard_end is not None:
            self._heard_end()
        self._wake()

    def listen(self, heard: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        """From now on pass messages to callbacks as they arrive, instead of to the iterator.

        Args:
            heard: called with the bytes of each message; at once with those that are already here.
            ended: called when no more messages follow.

        Raises:
            MessageError: a message that is already here cannot be decompressed.
        """
        self._heard, self._heard_end = heard, ended
        while self._messages:
            heard(_plain(self._messages.popleft()))
        self._give_back()
        if self._ended:
            ended()

    def close(self) -> None:
        """The call is over: drop the callbacks, so that they do not keep the listener alive."""
        self._heard = self._heard_end = None

    def __aiter__(self) -> "Inbox":
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401 what the deserializer makes
        while not self._messages:
            if self._ended:
                raise StopAsyncIteration
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        message = _plain(self._messages.popleft())
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
            self._consumed(owed)

    def _wake(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and not reader.done():
            reader.set_result(None)


def _plain(message: bytes | Packed) -> bytes:
    return message.unpacked() if isinstance(message, Packed) else message
