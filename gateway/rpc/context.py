"""The context that a handler gets: as much of `grpc.aio.ServicerContext` as handlers use.

Rules:
- `write` does not suspend while the client's flow control windows and the socket have room. A handler that must never suspend uses
  `send`, and `Inbox.listen` for the requests.
- A call ends once, whichever side ends it. A later write raises grpc's own error; a later end does nothing.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import grpc
import grpc.aio

from gateway.rpc.answer_lane import AnswerLane
from gateway.rpc.echoes import Answered
from gateway.rpc.heads import answer, trailers, trailers_only
from gateway.rpc.inbox import Inbox
from gateway.rpc.lane import Gone
from gateway.rpc.metadata import Metadata, Value, write


class Context:
    """The context of one call.

    Args:
        lane: the sending half of its stream.
        inbox: its requests.
        metadata: the request's metadata.
        peer: the client's address as grpc writes it ("ipv4:127.0.0.1:5000").
        serialize: turns a message into bytes; `None` if messages are bytes already.
    """

    def __init__(
        self,
        lane: AnswerLane,
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
        self._remaining_s: Callable[[], float | None] = lambda: None
        self._callbacks: list[Callable[[Any], None]] = []
        self._pinged: deque[Answered] = deque()

    # --- the request --------------------------------------------------------------------------------------------------

    def invocation_metadata(self) -> Metadata:
        """The metadata that the client sent."""
        return self._metadata

    def peer(self) -> str:
        """The client's address."""
        return self._peer

    def time_remaining(self) -> float | None:
        """Seconds until its deadline; `None` without one."""
        return self._remaining_s()

    def cancelled(self) -> bool:
        """Whether the client or the deadline has ended the call."""
        return self._cancelled

    def done(self) -> bool:
        """Whether the call is over."""
        return self._over

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Call `callback` with this context when the handler has returned."""
        self._callbacks.append(callback)

    async def read(self) -> Any:  # noqa: ANN401 what the deserializer makes
        """The next request, or `grpc.aio.EOF`."""
        return await anext(self._inbox, grpc.aio.EOF)

    # --- the answer ---------------------------------------------------------------------------------------------------

    async def write(self, message: Any) -> None:  # noqa: ANN401 what the serializer takes
        """Send a message, waiting until there is room for it.

        Raises:
            grpc.aio.UsageError: the call is over.
        """
        await self._cleared()
        if self._over:
            raise grpc.aio.UsageError("RPC already finished.")
        if not self.send(message, self._clear.set):
            await self._cleared()

    def send(self, message: Any, gone: Gone) -> bool:  # noqa: ANN401 as above
        """Send a message without waiting, once the one before has been sent. Does nothing when the call is over.

        Args:
            message: what to send.
            gone: called when the message has been sent, if that is not at once.

        Returns:
            Whether it was sent at once.
        """
        if self._over:
            return False
        if not self._headed:
            self._head(())
        return self._lane.message(message if self._serialize is None else self._serialize(message), gone)

    def ping(self, answered: Answered) -> None:
        """Ping the client. Nothing is sent or called once the call is over.

        Args:
            answered: called when the client's HTTP/2 has answered, whether the client reads or not.
        """
        if not self._over:
            self._pinged.append(answered)
            self._lane.ping(self._ponged)

    async def send_initial_metadata(self, initial_metadata: Iterable[tuple[str, Value]]) -> None:
        """Send the initial metadata of the answer.

        Raises:
            grpc.aio.UsageError: the call is over, or the initial metadata has been sent.
        """
        if self._over or self._headed:
            raise grpc.aio.UsageError("Send initial metadata failed: already sent")
        self._head(initial_metadata)

    def set_trailing_metadata(self, trailing_metadata: Iterable[tuple[str, Value]]) -> None:
        """Set the metadata to send with the status.

        Raises:
            Exception: it cannot be sent, as when a key is not ASCII. At the end of the call it would be too late to say so.
        """
        trailing = tuple(trailing_metadata)
        write(trailing)
        self._trailing = trailing

    def trailing_metadata(self) -> Metadata:
        """The metadata to send with the status."""
        return self._trailing

    def set_code(self, code: grpc.StatusCode) -> None:
        """Set the status that the call ends with."""
        self._code = code

    def code(self) -> grpc.StatusCode:
        """The status that the call ends with."""
        return self._code

    def set_details(self, details: str) -> None:
        """Set the message of the status."""
        self._details = details

    def details(self) -> str:
        """The message of the status."""
        return self._details

    async def abort(
        self,
        code: grpc.StatusCode,
        details: str = "",
        trailing_metadata: Iterable[tuple[str, Value]] = (),
    ) -> NoReturn:
        """End the call with a status now.

        Raises:
            grpc.aio.AbortError: always, so that the handler ends.
            grpc.aio.UsageError: the call is over, or the status is OK.
        """
        if self._over:
            raise grpc.aio.UsageError("Abort already called!")
        if code is grpc.StatusCode.OK:
            raise grpc.aio.UsageError("Abort called with OK status!")
        if trailing := tuple(trailing_metadata):
            self.set_trailing_metadata(trailing)
        self.finish(code, details)
        raise grpc.aio.AbortError("Locally aborted.")

    # --- for the call that owns this context --------------------------------------------------------------------------

    def finish(self, code: grpc.StatusCode, details: str) -> None:
        """End the call with a status, unless it is over."""
        if self._over:
            return
        self._over = True
        self._clear.set()
        self._pinged.clear()
        self._code, self._details = code, details
        if self._headed:
            self._lane.fields(trailers(code, details, self._trailing), end=True)
        else:
            self._lane.refuse(trailers_only(code, details, self._trailing))

    def drop(self) -> None:
        """End the call without a status: the client is gone."""
        self._over = self._cancelled = True
        self._clear.set()
        self._pinged.clear()
        self._lane.close()

    def set_deadline(self, remaining_s: Callable[[], float]) -> None:
        """Give the call a deadline; `remaining_s` returns the seconds until then."""
        self._remaining_s = remaining_s

    def expire(self) -> None:
        """End the call: its deadline has passed."""
        self._cancelled = True
        self.finish(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")

    def handler_returned(self) -> None:
        """Call the callbacks: the handler has returned."""
        for callback in self._callbacks:
            callback(self)

    def _ponged(self) -> None:
        if self._pinged:  # a client's answer may come after the end of the call
            self._pinged.popleft()()

    async def _cleared(self) -> None:
        while not self._lane.clear:
            self._clear.clear()
            await self._clear.wait()

    def _head(self, metadata: Iterable[tuple[str, Value]]) -> None:
        self._headed = True
        self._lane.fields(answer(metadata))
