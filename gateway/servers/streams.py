"""One client connection over any wire: the face in front, the session behind, and no exception that escapes.

    wire --frame--> ServedStream.receive -> face.parse -> session.feed
    session -> Outlet.write -> ServedStream.render -> face.render --frame--> wire

Rules:
- An unexpected exception is a bug: it is noted, the client is told `internal`, and that stream ends, no other.
- `Closed` is fed once, whoever ends the stream; the session is told nothing after it.
- The registry knows every open stream, so that the process can drain them.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

from gateway.servers.alarm import LoopAlarm
from gateway.session import faults
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import ClientEvent, Closed, Drain
from legato.domain.facts import BugFound, MessageRefused
from legato.domain.replies import Reply, StreamError
from legato.domain.speech import Principal
from legato.faces.extras import Installed
from legato.ports import Clock, Face, Observer, Outlet, Reception, SessionPort


class Streams:
    """Every open stream of this worker.

    Args:
        reception: gives a stream its session.
        observer: told of bugs.
        clock: monotonic seconds, the sessions' own.
        name: this gateway's name, by which it recognises texts that it has sent out itself; empty if no gateway may be its vendor.
        installed: the encodings that can be made of those that need an extra.
    """

    def __init__(
        self,
        reception: Reception,
        observer: Observer,
        clock: Clock,
        name: str = "",
        installed: Installed = None,
    ) -> None:
        self.reception = reception
        self.observer = observer
        self.clock = clock
        self.name = name
        self.installed = installed
        self._open: set[ServedStream] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._draining: Drain | None = None

    def __len__(self) -> int:
        return len(self._open)

    @contextlib.contextmanager
    def door(self, face: str) -> Iterator[None]:
        """Report a refusal raised within: a client that is turned away has no session to do so.

        Args:
            face: name of the client's face.
        """
        try:
            yield
        except SpeechError as error:
            self.turned_away(face, error.reason)
            raise

    def turned_away(self, face: str, reason: Reason) -> None:
        """Report that a client was not let in."""
        self.observer.note(MessageRefused("", reason, face))

    def add(self, stream: "ServedStream") -> None:
        """A stream has got its session."""
        self._open.add(stream)
        self._empty.clear()
        if self._draining is not None:
            stream.feed(self._draining)

    def discard(self, stream: "ServedStream") -> None:
        """A stream has ended."""
        self._open.discard(stream)
        if not self._open:
            self._empty.set()

    @property
    def draining(self) -> bool:
        """Whether the gateway is going away."""
        return self._draining is not None

    def drain(self, deadline: float) -> None:
        """Tell every stream, including those still to come, that the gateway is going away."""
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
        face: the face of this connection.
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
            name: name of the face, for facts.
            events: from `ports.Accepted`.

        Raises:
            SpeechError: no session can be opened.
        """
        with self._streams.door(name):
            self._session = self._streams.reception.open(principal, name, self._outlet, self._alarm)
        self._streams.add(self)
        for event in events:
            self.feed(event)

    @property
    def ended(self) -> bool:
        """Whether the session has been told `Closed`."""
        return self._ended

    def receive(self, frame: bytes | str) -> None:
        """Take a frame from the client."""
        if self._ended:
            return
        try:
            for event in self.face.parse(frame):
                self.feed(event)
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this stream alone
            self.broken("face.parse", error)

    def feed(self, event: ClientEvent) -> None:
        """Feed an event from the client, or from the server on its behalf."""
        if self._ended or self._session is None:
            return
        try:
            self._session.feed(event)
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this stream alone
            self.broken("session.feed", error)

    def drained(self) -> None:
        """The outlet has fallen below its low watermark."""
        if self._ended or self._session is None:
            return
        try:
            self._session.drained()
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this stream alone
            self.broken("session.drained", error)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Render a reply into frames; none if that raises, which is a bug and ends the stream."""
        try:
            return self.face.render(reply)
        except Exception as error:  # noqa: BLE001 a seam: an unnamed exception ends this stream alone
            # The session is in the middle of a write: it must not be re-entered from here.
            asyncio.get_running_loop().call_soon(self.broken, "face.render", error)
            return ()

    def fail(self, error: SpeechError) -> None:
        """End the stream with an error, of which the client is told."""
        if not self._ended:
            self._outlet.write(StreamError(error))
            self._outlet.close(error)
            self._close(error.reason)

    def close(self) -> None:
        """The wire is gone or closing: feed the session `Closed`, once, and nothing after it."""
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
        # They refer to each other: the cycle would stay until a full garbage collection.
        self._session, self._outlet = None, _NOWHERE

    def broken(self, where: str, error: Exception) -> None:
        """Report a bug that was caught at a seam, and end the stream."""
        self._note(where, error)
        self.fail(faults.broken())

    def _note(self, where: str, error: Exception) -> None:
        self._streams.observer.note(BugFound.of(where, error))

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
        """Drop the reply."""

    def close(self, error: SpeechError | None) -> None:
        """Do nothing: it is closed."""


_NOWHERE = _Nowhere()
