"""One client connection, whichever its wire: the face in front, the session behind, and nothing that escapes.

    wire --frame--> ServedStream.receive -> face.parse -> session.feed
    session -> Outlet.write -> ServedStream.render -> face.render --frame--> wire

Rules:
- An exception that no one named is a bug: it is noted, the client is told `internal`, that stream ends and no other.
- `Closed` is fed once, whoever ends the stream; after it the session hears nothing more.
- The registry knows every open stream, so that the process can drain them.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

from gateway.servers.alarm import LoopAlarm
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import ClientEvent, Closed, Drain
from legato.domain.facts import BugFound, MessageRefused
from legato.domain.replies import Reply, StreamError
from legato.domain.speech import Principal
from legato.ports import Clock, Face, Observer, Outlet, Reception, SessionPort


class Streams:
    """Every open stream of this worker.

    Args:
        reception: who gives a stream its session.
        observer: told of bugs.
        clock: monotonic seconds, the sessions' own.
        name: of this gateway, for those that texts go through; empty where none of them may be its vendor.
    """

    def __init__(self, reception: Reception, observer: Observer, clock: Clock, name: str = "") -> None:
        self.reception = reception
        self.observer = observer
        self.clock = clock
        self.name = name
        self._open: set[ServedStream] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._draining: Drain | None = None

    def __len__(self) -> int:
        return len(self._open)

    @contextlib.contextmanager
    def door(self, face: str) -> Iterator[None]:
        """A refusal within is told: who is turned away has no session that would.

        Args:
            face: of the client.
        """
        try:
            yield
        except SpeechError as error:
            self.turned_away(face, error.reason)
            raise

    def turned_away(self, face: str, reason: Reason) -> None:
        """A client did not come in."""
        self.observer.note(MessageRefused("", reason, face))

    def add(self, stream: "ServedStream") -> None:
        """A stream has its session."""
        self._open.add(stream)
        self._empty.clear()
        if self._draining is not None:
            stream.feed(self._draining)

    def discard(self, stream: "ServedStream") -> None:
        """A stream has ended."""
        self._open.discard(stream)
        if not self._open:
            self._empty.set()

    def drain(self, deadline: float) -> None:
        """Tell every stream, and those that still come, that the gateway is going away."""
        self._draining = Drain(deadline)
        for stream in tuple(self._open):
            stream.feed(self._draining)

    def abandon(self) -> None:
        """End every stream now."""
        for stream in tuple(self._open):
            stream.fail(SpeechError(Reason.SHUTTING_DOWN, "the gateway has stopped", retry_after_s=1.0))

    async def empty(self) -> None:
        """Wait until no stream is open."""
        await self._empty.wait()


class ServedStream:
    """One stream between its wire and its session.

    Args:
        streams: the registry, with the ports that every stream needs.
        face: this connection's own.
        outlet: the way back to the client.
    """

    __slots__ = ("_alarm", "_ended", "_outlet", "_session", "_streams", "face")

    def __init__(self, streams: Streams, face: Face, outlet: Outlet) -> None:
        self.face = face
        self._streams = streams
        self._outlet = outlet
        self._alarm = LoopAlarm(streams.clock, self._tick)
        self._session: SessionPort | None = None
        self._ended = False

    def begin(self, principal: Principal, name: str, events: Sequence[ClientEvent]) -> None:
        """Get a session and feed it what the request head already says.

        Args:
            principal: who was let in.
            name: of the face, for facts.
            events: from `ports.Accepted`.

        Raises:
            SpeechError: there is no session to be had.
        """
        with self._streams.door(name):
            self._session = self._streams.reception.open(principal, name, self._outlet, self._alarm)
        self._streams.add(self)
        for event in events:
            self.feed(event)

    @property
    def ended(self) -> bool:
        """The session has been told `Closed`."""
        return self._ended

    def receive(self, frame: bytes | str) -> None:
        """A frame of the client."""
        if self._ended:
            return
        try:
            for event in self.face.parse(frame):
                self.feed(event)
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this stream alone
            self.broken("face.parse", error)

    def feed(self, event: ClientEvent) -> None:
        """An event of the client, or of the server on its behalf."""
        if self._ended or self._session is None:
            return
        try:
            self._session.feed(event)
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this stream alone
            self.broken("session.feed", error)

    def drained(self) -> None:
        """The outlet is below its low watermark."""
        if self._ended or self._session is None:
            return
        try:
            self._session.drained()
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this stream alone
            self.broken("session.drained", error)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Frames for a reply; none when rendering it is a bug, which then ends the stream."""
        try:
            return self.face.render(reply)
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this stream alone
            # The session is in the middle of a write: it must not be re-entered from here.
            asyncio.get_running_loop().call_soon(self.broken, "face.render", error)
            return ()

    def fail(self, error: SpeechError) -> None:
        """End the stream with an error, told to the client."""
        if not self._ended:
            self._outlet.write(StreamError(error))
            self._outlet.close(error)
            self._close(error.reason)

    def close(self) -> None:
        """The wire is gone or closing: the session hears `Closed`, once, and nothing more."""
        self._close(None)

    def _close(self, reason: Reason | None) -> None:
        if self._ended:
            return
        session = self._session
        self._ended = True
        self._alarm.close()
        self._streams.discard(self)
        if session is not None:
            try:
                session.feed(Closed(reason))
            except Exception as error:  # noqa: BLE001 the stream has ended; what is left is to say so
                self._note("session.feed", error)
        # Each of them has the others: together they would stay until the collector of garbage looks at everything.
        self._session, self._outlet = None, _NOWHERE

    def broken(self, where: str, error: Exception) -> None:
        """A bug, caught at a seam."""
        self._note(where, error)
        self.fail(SpeechError(Reason.INTERNAL, "a fault in the gateway ended this stream; others go on"))

    def _note(self, where: str, error: Exception) -> None:
        self._streams.observer.note(BugFound(f"{where} {_place(error)}", type(error).__name__))

    def _tick(self) -> None:
        if self._ended or self._session is None:
            return
        try:
            self._session.tick()
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this stream alone
            self.broken("session.tick", error)


class _Nowhere:
    """The outlet of a stream that has ended. Implements `ports.Outlet`."""

    paused = True
    room_ms = 0.0

    def write(self, reply: Reply) -> None:
        """Nobody is told."""

    def close(self, error: SpeechError | None) -> None:
        """It is."""


_NOWHERE = _Nowhere()


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
