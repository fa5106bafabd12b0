"""What a handler is given of its call: as much of `grpc.aio.ServicerContext` as handlers use.

Rules:
- A message is written without waiting where the client's windows and its socket have room for it. Who must not wait at all has `send`,
  and for the requests `Inbox.listen`.
- A call has one end, whoever brings it; what is written after that is an error of grpc's, and what ends it again is nothing.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import grpc
import grpc.aio

from gateway.rpc.heads import answer, trailers, trailers_only
from gateway.rpc.inbox import Inbox
from gateway.rpc.lane import Gone, Lane
from gateway.rpc.metadata import Metadata, Value


class Context:
    """One call's.

    Args:
        lane: to the client.
        inbox: its requests.
        metadata: that came with it.
        peer: where from, as grpc writes it ("ipv4:127.0.0.1:5000").
        serialize: makes bytes of a message; `None` leaves them.
    """

    def __init__(
        self,
        lane: Lane,
        inbox: Inbox,
        metadata: Metadata,
        peer: str,
        serialize: Callable[[Any], bytes] | None = None,
    ) -> None:
        self._lane = lane
        self._inbox = inbox
        self._metadata = metadata
        self._peer = peer
        self._serialize = serialize
        self._trailing: tuple[tuple[str, Value], ...] = ()
        self._code = grpc.StatusCode.OK
        self._details = ""
        self._clear = asyncio.Event()
        self._headed = False
        self._over = self._cancelled = False
        self._left: Callable[[], float | None] = lambda: None
        self._callbacks: list[Callable[[Any], None]] = []

    # --- of the call --------------------------------------------------------------------------------------------------

    def invocation_metadata(self) -> Metadata:
        """What came with it."""
        return self._metadata

    def peer(self) -> str:
        """Where it comes from."""
        return self._peer

    def time_remaining(self) -> float | None:
        """Seconds until its deadline; `None` without one."""
        return self._left()

    def cancelled(self) -> bool:
        """Its client, or its deadline, has ended it."""
        return self._cancelled

    def done(self) -> bool:
        """It is over."""
        return self._over

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Call this when the handler is done, with the context."""
        self._callbacks.append(callback)

    async def read(self) -> Any:  # noqa: ANN401 what the deserializer makes
        """The next request, or `grpc.aio.EOF`."""
        return await anext(self._inbox, grpc.aio.EOF)

    # --- its answer ---------------------------------------------------------------------------------------------------

    async def write(self, message: Any) -> None:  # noqa: ANN401 what the serializer takes
        """Send a message; waits where there is no room for it.

        Raises:
            grpc.aio.UsageError: the call is over.
        """
        await self._cleared()
        if self._over:
            raise grpc.aio.UsageError("RPC already finished.")
        if not self.send(message, self._clear.set):
            await self._cleared()

    def send(self, message: Any, gone: Gone) -> bool:  # noqa: ANN401 as above
        """Send a message, the last being gone; nothing of a call that is over, whose handler is about to hear of it.

        Args:
            message: it.
            gone: told of it where it is not gone at once.

        Returns:
            Whether it is gone at once.
        """
        if self._over:
            return False
        if not self._headed:
            self._head(())
        return self._lane.message(message if self._serialize is None else self._serialize(message), gone)

    async def send_initial_metadata(self, initial_metadata: Iterable[tuple[str, Value]]) -> None:
        """Send the head of the answer.

        Raises:
            grpc.aio.UsageError: the call is over, or its head is sent.
        """
        if self._over or self._headed:
            raise grpc.aio.UsageError("Send initial metadata failed: already sent")
        self._head(initial_metadata)

    def set_trailing_metadata(self, trailing_metadata: Iterable[tuple[str, Value]]) -> None:
        """Metadata for the end."""
        self._trailing = tuple(trailing_metadata)

    def trailing_metadata(self) -> Metadata:
        """What was set for the end."""
        return self._trailing

    def set_code(self, code: grpc.StatusCode) -> None:
        """The status to end with."""
        self._code = code

    def code(self) -> grpc.StatusCode:
        """The status to end with."""
        return self._code

    def set_details(self, details: str) -> None:
        """The status's words."""
        self._details = details

    def details(self) -> str:
        """The status's words."""
        return self._details

    async def abort(
        self,
        code: grpc.StatusCode,
        details: str = "",
        trailing_metadata: Iterable[tuple[str, Value]] = (),
    ) -> NoReturn:
        """End the call with a status now.

        Raises:
            grpc.aio.AbortError: always, for the handler to end with.
            grpc.aio.UsageError: the call is over, or the status is a good one.
        """
        if self._over:
            raise grpc.aio.UsageError("Abort already called!")
        if code is grpc.StatusCode.OK:
            raise grpc.aio.UsageError("Abort called with OK status!")
        self._trailing = tuple(trailing_metadata) or self._trailing
        self.finish(code, details)
        raise grpc.aio.AbortError("Locally aborted.")

    # --- for whom it is served by -------------------------------------------------------------------------------------

    def finish(self, code: grpc.StatusCode, details: str) -> None:
        """End the call, unless it is over."""
        if self._over:
            return
        self._over = True
        self._clear.set()
        self._code, self._details = code, details
        if self._headed:
            self._lane.fields(trailers(code, details, self._trailing), end=True)
        else:
            self._lane.refuse(trailers_only(code, details, self._trailing))

    def drop(self) -> None:
        """The call is over, and nobody is there to be told."""
        self._over = self._cancelled = True
        self._clear.set()
        self._lane.close()

    def expires(self, left: Callable[[], float]) -> None:
        """It has a deadline: who says how long it is until then."""
        self._left = left

    def expire(self) -> None:
        """It has not ended in time."""
        self._cancelled = True
        self.finish(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")

    def left(self) -> None:
        """The handler is done."""
        for callback in self._callbacks:
            callback(self)

    async def _cleared(self) -> None:
        while not self._lane.clear:
            self._clear.clear()
            await self._clear.wait()

    def _head(self, metadata: Iterable[tuple[str, Value]]) -> None:
        self._headed = True
        self._lane.fields(answer(metadata))
