"""What every WebSocket needs, whoever owns its socket: fencing, pings, closing; and admission to the native contract.

A `WebSocketOutlet` is the stream's outlet over some `Frames`: the picows listener, or aiohttp's writer, which serves the dialects, and the
native contract on a connection that carried plain HTTP before it was upgraded. Both behave alike.
"""

import asyncio
import struct
from typing import Protocol

from gateway.servers.admission import admit
from gateway.servers.fence import Fence
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import ServedStream, Streams
from legato.domain.coalescing import together
from legato.domain.errors import SpeechError
from legato.domain.replies import AudioChunk, Opened, Reply
from legato.faces.native import NativeWebSocket, refusal
from legato.ports import Accepted, Face, Refusal, RequestHead

NORMAL_CLOSURE = 1000
PROTOCOL_ERROR = 1002
INVALID_TEXT = 1007
TOO_BIG = 1009
FRAMES_A_TURN = 64
"""After this many frames from one client the others get their turn."""
_MAX_REASON_BYTES = 123
_NEVER_SENT = frozenset((0, 1004, 1005, 1006, 1015))
"""Close codes that a frame must not carry; the libraries refuse those below 3000 that they do not know."""
_UNASSIGNED = 5000
_PING = struct.Struct("<4sI")
_PING_MARK = b"lgto"
_FIRST_PONG_S = 1.0
"""A client that has not answered the first ping by then may never do so, and is no longer held back."""
_NAME = "websocket"


def answering(code: int) -> int:
    """Return the close code that answers a client's: its own, unless it is one that no frame may have (RFC 6455, section 7.4)."""
    return PROTOCOL_ERROR if code in _NEVER_SENT or code >= _UNASSIGNED else code


class Frames(Protocol):
    """The socket's side of a WebSocket."""

    @property
    def jammed(self) -> bool:
        """Whether the transport holds more than it should; `WebSocketOutlet.eased` is called when it no longer does."""

    def send(self, frame: bytes | str) -> None:
        """Write a text or binary frame."""

    def ping(self, payload: bytes) -> None:
        """Write a ping."""

    def close(self, code: int, reason: str) -> None:
        """Write a close frame after everything written, then close the connection."""


class _Gone:
    """The socket of a connection that is over. Implements `Frames`."""

    jammed = False

    def send(self, frame: bytes | str) -> None:
        """Drop the frame."""

    def ping(self, payload: bytes) -> None:
        """Drop the ping."""

    def close(self, code: int, reason: str) -> None:
        """Do nothing: it is closed."""


_GONE = _Gone()


class WebSocketOutlet:
    """Implements `ports.Outlet` for one WebSocket.

    Args:
        streams: the registry.
        settings: times and limits.
        face: the face of this connection.
        frames: the socket's side of it.
    """

    __slots__ = (
        "_beat",
        "_bytes_per_s",
        "_closed",
        "_fence",
        "_frames",
        "_serial",
        "_settings",
        "paused",
        "stream",
    )

    def __init__(self, streams: Streams, settings: ServerSettings, face: Face, frames: Frames) -> None:
        self.stream = ServedStream(streams, face, self)
        self._settings = settings
        self._frames = frames
        self._fence = Fence(settings.fence_ms, streams.clock)
        self._bytes_per_s = 0
        """Byte rate of the audio; 0 until its format is known."""
        self._serial = 0
        self.paused = False
        """Whether the transport is full, too much audio is beyond our write, or the outlet is closed."""
        self._closed = False
        self._beat: asyncio.TimerHandle | None = None

    @property
    def room_ms(self) -> float:
        """How much audio the fence still allows."""
        return self._fence.room_ms

    @property
    def closed(self) -> bool:
        """Whether nothing more is written, or read from the client."""
        return self._closed

    def start(self) -> None:
        """The upgrade is done: ping at once, to learn the round trip while nothing is queued, and then at intervals."""
        self._fence.hold()  # every library answers pings
        self._ping()
        self._beat_in(min(_FIRST_PONG_S, self._settings.ping_s))

    def write(self, reply: Reply) -> None:
        """Render and send; audio is followed by a ping when it is time for one."""
        if self._closed:
            return
        for frame in self.stream.render(reply):
            self._frames.send(frame)
        if type(reply) is AudioChunk:
            if self._bytes_per_s and self._fence.sent(len(reply.data) * 1000 / self._bytes_per_s):
                self._ping()
        elif isinstance(reply, Opened):
            self._bytes_per_s = reply.audio_format.bytes_per_s
        if self._fence.shut or self._frames.jammed:
            self.paused = True

    def close(self, error: SpeechError | None) -> None:
        """Close once everything written has been sent."""
        code = NORMAL_CLOSURE if error is None else error.properties.close_code
        self.hang_up(code, "" if error is None else error.message)

    def hang_up(self, code: int, reason: str) -> None:
        """Close with this code, once; a reason too long for the frame is cut at a character."""
        if not self._closed:
            self._closed = self.paused = True
            self._rest()
            cut = reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")
            self._frames.close(code, cut)

    def violated(self, code: int, reason: str) -> None:
        """The client has broken the protocol: tell it so, and end the stream."""
        self.hang_up(code, reason)
        self.stream.close()

    def pong(self, payload: bytes) -> None:
        """The client has read up to that ping."""
        if len(payload) == _PING.size and payload.startswith(_PING_MARK):
            self._fence.answered(_PING.unpack(payload)[1])
            # A bound that shrinks may shut the fence after audio that has no mark yet.
            if self._fence.is_dry or self._fence.wants_mark:
                self._ping()
            self.eased()

    def eased(self) -> None:
        """There may be room again."""
        if self.paused and not self._closed and not self._full():
            self.paused = False
            self.stream.drained()

    def jammed(self) -> None:
        """There is no room any more."""
        self.paused = True

    def gone(self) -> None:
        """The connection is over."""
        self._closed = self.paused = True
        self._rest()
        self.stream.close()
        self._frames = _GONE  # they refer to this outlet: the cycle would keep it

    def _beat_in(self, delay_s: float) -> None:
        self._beat = asyncio.get_running_loop().call_later(delay_s, self._turn)

    def _turn(self) -> None:
        now, ping_s = asyncio.get_running_loop().time(), self._settings.ping_s
        self._beat_in(together(now, ping_s) + ping_s - now)
        self._fence.let_go()
        self._ping()
        self.eased()

    def _full(self) -> bool:
        return self._frames.jammed or self._fence.shut

    def _ping(self) -> None:
        self._serial += 1
        self._fence.mark(self._serial)
        self._frames.ping(_PING.pack(_PING_MARK, self._serial))

    def _rest(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None


def enter(
    streams: Streams, head: RequestHead, face: NativeWebSocket, stream: ServedStream
) -> Accepted | Refusal:
    """Check who is asking for the native contract, and get the stream its session.

    Args:
        streams: the registry.
        head: head of the upgrade request.
        face: face of the connection.
        stream: gets the session.

    Returns:
        The headers of the 101 answer, or the HTTP answer that says why there is none.
    """
    try:
        with streams.door(_NAME):
            principal = admit(streams, head)
        answer = face.open(head)
        if isinstance(answer, Accepted):
            stream.begin(principal, _NAME, answer.events)
            return answer
    except SpeechError as error:
        return refusal(error)
    streams.turned_away(_NAME, answer.reason)
    return answer
