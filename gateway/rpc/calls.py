"""One call: its incoming requests, its handler's task, its deadline, and its end from either side."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc

from gateway.rpc.answer_lane import AnswerLane
from gateway.rpc.context import Context
from gateway.rpc.guards import Turn
from gateway.rpc.heads import CallHead
from gateway.rpc.inbox import Consumed, Inbox
from gateway.rpc.messages import MessageError, Unpacker
from gateway.rpc.serving import failed, serve

_BYTES_AT_COST = 4096
"""Decompressed bytes that count as one more frame: decompressing and reading a megabyte takes milliseconds."""


class Call:
    """One call.

    Args:
        head: the parsed head of its request.
        handler: the `grpc.RpcMethodHandler` of the method.
        lane: the sending half of its stream.
        peer: the client's address, as grpc writes it.
        max_bytes: the longest request message, in bytes.
        consumed: called with the number of request bytes that were read.
        turn: the connection's; each further message of a frame, and what swells when it is decompressed, counts as more frames.
    """

    def __init__(
        self,
        head: CallHead,
        handler: Any,  # noqa: ANN401 grpc's handlers have no common type
        lane: AnswerLane,
        peer: str,
        max_bytes: int,
        consumed: Consumed,
        turn: Turn,
    ) -> None:
        self._head = head
        self._handler = handler
        self._max_bytes = max_bytes
        self._unpacker = Unpacker(max_bytes, head.encoding)
        self._inbox = Inbox(consumed, handler.request_deserializer)
        self._consumed = consumed
        self._turn = turn
        self._behind = self._ends = False
        self._lane = lane
        self._context = Context(lane, self._inbox, head.metadata, peer, handler.response_serializer)
        self._task: asyncio.Task[None] | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def begin(self, over: Callable[[], None]) -> None:
        """Start the handler.

        Args:
            over: called when the handler has returned and the call is answered.
        """
        loop = asyncio.get_running_loop()
        serving = serve(self._head.method, self._handler, self._inbox, self._context)
        self._task = loop.create_task(serving, name=self._head.method)
        self._task.add_done_callback(lambda _: self._done(over))
        if self._head.timeout_s is not None:
            ends_at = loop.time() + self._head.timeout_s
            self._deadline = loop.call_at(ends_at, self._expire)
            self._context.set_deadline(lambda: max(0.0, ends_at - loop.time()))

    def receive(self, data: bytes, size: int) -> None:
        """Bytes of the requests have arrived.

        Args:
            data: the bytes.
            size: what they used of the flow control window, padding included.
        """
        self._lane.heard()
        if self._context.done():
            self._consumed(size)
            return
        self._read(data, 0)
        self._inbox.owe(size)

    def half_close(self) -> None:
        """The client has ended its side."""
        self._lane.heard()
        if self._behind:
            self._ends = True
        elif self._unpacker.partial:
            self._refuse(grpc.StatusCode.INTERNAL, "the last message is incomplete")
        elif not self._context.done():
            try:
                self._inbox.end()
            except Exception as error:  # noqa: BLE001 as above
                self._fail(error)

    def cancel(self) -> None:
        """The client has cancelled the call or disconnected."""
        self._context.drop()
        self._stop()

    def give_up(self) -> None:
        """End the call because the server stops; the connection closes behind it, so the status is not held back."""
        self._lane.heard()
        self._refuse(grpc.StatusCode.UNAVAILABLE, "the server is shutting down")

    async def ended(self) -> None:
        """Wait until the handler has returned."""
        if self._task is not None:
            await asyncio.wait((self._task,))

    def _read(self, data: bytes, cost: int) -> None:
        """Read messages for as long as the turn lasts.

        Args:
            data: bytes of the requests.
            cost: what the first message counts; 0 if its frame has been counted.
        """
        try:
            for message in self._unpacker.feed(data):
                if swollen := self._inbox.put(message):
                    cost += swollen // _BYTES_AT_COST
                if cost:
                    self._turn.spend(cost)
                    if self._turn.over:
                        self._behind = True
                        self._turn.postpone(self._read_on)
                        return
                cost = 1
        except MessageError as error:
            self._turn.spend(self._max_bytes // _BYTES_AT_COST)  # it may have been decompressed
            self._refuse(error.code, error.words)
        except Exception as error:  # noqa: BLE001 who listens is of the handler
            self._fail(error)

    def _read_on(self) -> None:
        self._behind = False
        if not self._context.done():
            self._read(b"", 1)
            if self._ends and not self._behind:
                self.half_close()

    def _expire(self) -> None:
        self._context.expire()
        self._stop()

    def _refuse(self, code: grpc.StatusCode, words: str) -> None:
        self._context.finish(code, words)
        self._stop()

    def _fail(self, error: Exception) -> None:
        failed(self._head.method, self._context, error)
        self._stop()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _done(self, over: Callable[[], None]) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._context.handler_returned()
        self._inbox.close()
        self._lane.settle(over)
