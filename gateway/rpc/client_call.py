"""One call of a client: messages out as its windows allow, messages in as they come, its end once.

Rules:
- Whoever listens is called in the turn that reads a message. While the call is held, messages wait here, and their bytes are not returned
  to the server's window: it stops.
- Whatever the server does wrong within a call ends this call and no other.
"""

from collections import deque
from typing import Any, Protocol

import grpc
from h2.errors import ErrorCodes

from gateway.rpc import answers
from gateway.rpc.answers import Ending
from gateway.rpc.client_wire import ClientWire
from gateway.rpc.lane import Lane, Road
from gateway.rpc.messages import MessageError, Unpacker


class CallListener(Protocol):
    """Takes what comes of a call."""

    def heard(self, message: bytes) -> None:
        """A message."""
        ...

    def over(self, ending: Ending) -> None:
        """The call has ended; nothing more comes."""
        ...


class ClientCall:
    """One call.

    Args:
        wire: the connection's HTTP/2 state.
        road: the way to the connection's socket.
        stream_id: the stream's number.
        max_bytes: the longest message that may come.
        listener: takes what comes.
    """

    def __init__(
        self, wire: ClientWire, road: Road, stream_id: int, max_bytes: int, listener: CallListener
    ) -> None:
        self._wire = wire
        self._road = road
        self._lane = Lane(wire, road, stream_id)
        self.stream_id = stream_id
        self._unpacker = Unpacker(max_bytes)
        self._listener: CallListener | None = listener
        self._unsent: deque[bytes | None] = deque()
        self._unread: deque[bytes] = deque()
        self._owed = 0
        self._held = self._headed = self._half_closed = False
        self._ending: Ending | None = None

    @property
    def has_ended(self) -> bool:
        """Whether the server has ended it; what came before may still be held."""
        return self._ending is not None

    @property
    def keeps(self) -> bool:
        """Whether something that has come is still to be passed on: messages, or its end."""
        return self._listener is not None and (bool(self._unread) or self._ending is not None)

    # --- out ----------------------------------------------------------------------------------------------------------

    def send(self, message: bytes | None) -> None:
        """Send a message, in order; `None` ends our side."""
        if self._half_closed or self._ending is not None:
            return
        self._half_closed = message is None
        self._unsent.append(message)
        self._gone()

    def _gone(self) -> None:
        """What waited has been sent: send what follows."""
        while self._unsent and self._lane.clear:
            message = self._unsent.popleft()
            if message is None:
                self._road.send(self._wire.end(self.stream_id))
            else:
                self._lane.message(message, self._gone)

    # --- in -----------------------------------------------------------------------------------------------------------

    def headed(self, fields: Any, *, ended: bool) -> None:  # noqa: ANN401 h2's own header type
        """The head of the answer has come, or its trailers."""
        if self._headed or ended:
            self._end(answers.ending(fields) if self._headed else answers.whole(fields))
            return
        self._headed = True
        wrong = answers.not_an_answer(fields)
        if wrong is not None:
            self._end(wrong)

    def data(self, data: bytes, size: int, *, ended: bool) -> None:
        """Bytes of the answer, which took this much of its window."""
        if not self._headed:
            self._end(answers.seen(grpc.StatusCode.INTERNAL, "the answer has no head"))
            return
        self._owed += size
        try:
            for message in self._unpacker.feed(data):
                assert isinstance(message, bytes), "no compression was agreed upon"
                self._hear(message)
        except MessageError as error:
            # Not with the error's own code: of a server's, RESOURCE_EXHAUSTED means that it is asked for too much.
            self._end(answers.seen(grpc.StatusCode.INTERNAL, error.words.removeprefix("SERVER: ")))
            return
        if ended:
            self._end(answers.seen(grpc.StatusCode.UNKNOWN, "the call ended without a status"))
        elif not self._unread:
            self._give_back()

    def reset(self, code: int, *, remote: bool) -> None:
        """The stream was reset, by the server or by this side."""
        self._end(answers.reset(code, remote=remote))

    def hold(self) -> None:
        """Keep what comes."""
        self._held = True

    def release(self) -> None:
        """Pass on what was kept, and what comes."""
        self._held = False
        while self._unread and not self._held and self._listener is not None:
            self._listener.heard(self._unread.popleft())
        if not self._unread and self._listener is not None:
            self._give_back()
            if self._ending is not None and not self._held:
                self._tell(self._ending)

    def close(self) -> None:
        """Nobody listens any more: cancel it, unless it has ended."""
        self._listener = None
        self._unread.clear()
        self._drop(ErrorCodes.CANCEL)

    def _drop(self, code: ErrorCodes) -> None:
        """Nothing more is sent or read."""
        self._lane.close()
        self._unsent.clear()
        self._wire.forget(self.stream_id)
        self._wire.reset(self.stream_id, code)

    def _hear(self, message: bytes) -> None:
        if self._held or self._unread:
            self._unread.append(message)
        elif self._listener is not None:
            self._listener.heard(message)

    def _give_back(self) -> None:
        owed, self._owed = self._owed, 0
        self._wire.consumed(self.stream_id, owed)

    def _end(self, ending: Ending) -> None:
        if self._ending is not None or self._listener is None:
            return
        if ending.code is grpc.StatusCode.OK and self._unpacker.partial:
            ending = answers.seen(grpc.StatusCode.INTERNAL, "the last message is incomplete")
        self._ending = ending
        self._drop(ErrorCodes.NO_ERROR)
        if not (self._unread or self._held):
            self._tell(ending)

    def _tell(self, ending: Ending) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.over(ending)
