"""The calls that speak: `Stream`, a conversation, and `Speak`, one text.

Rules:
- A request is heard within the call that brings it, and waits for no writer: a Cancel is never behind audio.
- Whatever ends the call, the session hears `Closed`; a cancellation goes on up.
"""

import math

from gateway.rpc.context import Context
from gateway.rpc.inbox import Inbox
from gateway.servers.fence import Fence
from gateway.servers.grpc_errors import end_with
from gateway.servers.knock import admit
from gateway.servers.outbox import Outbox, Send
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import ServedStream, Streams
from legato.domain.audio import AudioFormat
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import HalfClosed
from legato.domain.replies import AudioChunk, Opened, Reply, StreamError, UtteranceFailed
from legato.faces.native import NativeGrpc, NativeSpeak
from legato.ports import Face, RequestHead

_NAME = "grpc"


def request_head(method: str, context: Context) -> RequestHead:
    """The head of a call; binary metadata is left out."""
    metadata = context.invocation_metadata() or ()
    headers = {key.lower(): value for key, value in metadata if isinstance(value, str)}
    return RequestHead("POST", method, {}, headers)


class CallOutlet:
    """The way to a gRPC client: implements `ports.Outlet` over an outbox.

    Args:
        streams: the registry.
        face: of this call.
        max_backlog_bytes: unread replies beyond this end the call.
        send: writes to the client.
    """

    def __init__(self, streams: Streams, face: Face, max_backlog_bytes: int, send: Send) -> None:
        self.stream = ServedStream(streams, face, self)
        self.outbox = Outbox(max_backlog_bytes, self.eased, send)

    @property
    def paused(self) -> bool:
        """One message is with the transport and one waits."""
        return self.outbox.paused

    @property
    def room_ms(self) -> float:
        """Nobody tells what is unread."""
        return math.inf

    def write(self, reply: Reply) -> None:
        """Render and hand over."""
        beside = not isinstance(reply, AudioChunk)
        for frame in self.stream.render(reply):
            self.outbox.put(frame, beside=beside)

    def close(self, error: SpeechError | None) -> None:
        """End the call after everything written."""
        self.outbox.close(error)

    def eased(self) -> None:
        """There is room in the outbox again."""
        self.stream.drained()

    async def written(self) -> SpeechError | None:
        """Wait until everything is written.

        Returns:
            The error that the call is to end with.
        """
        try:
            return await self.outbox.over()
        except BrokenPipeError as error:
            return SpeechError(Reason.OVERLOADED, f"{error}: replies have piled up")


class StreamOutlet(CallOutlet):
    """As `CallOutlet`, fenced where the client tells what it has read: its windows alone would hold a minute of audio.

    A client that says so in its `Open` is held from the first chunk on, any other from its first answer on.
    """

    def __init__(self, streams: Streams, face: NativeGrpc, settings: ServerSettings, send: Send) -> None:
        super().__init__(streams, face, settings.max_backlog_bytes, send)
        self._face = face
        self._fence = Fence(settings.fence_ms, streams.clock)
        self._format: AudioFormat | None = None

    @property
    def paused(self) -> bool:
        """The outbox is full, or too much audio is beyond our write."""
        return self.outbox.paused or self._fence.shut

    @property
    def room_ms(self) -> float:
        """What the fence leaves."""
        return self._fence.room_ms

    def write(self, reply: Reply) -> None:
        """Render and hand over; audio is counted by its `server_seq`."""
        super().write(reply)
        quiet = self._fence.beyond_ms == 0  # the round trip is best learned while nothing is queued
        if isinstance(reply, Opened):
            self._format = reply.audio_format
        elif isinstance(reply, AudioChunk) and self._format is not None:
            self._fence.sent(self._format.ms(len(reply.data) // self._format.bytes_per_sample))
        elif not quiet:
            return
        self._fence.mark(self._face.server_seq)

    def receive(self, request: bytes) -> None:
        """A message of the client; what it says to have read opens the fence."""
        self.stream.receive(request)
        if self._face.acknowledges:
            self._fence.hold()
        was_shut = self._fence.shut  # only now: what was received may itself have had audio written
        self._fence.answered(self._face.acked_server_seq)
        if was_shut and not self._fence.shut:
            self.eased()

    def half_closed(self) -> None:
        """The client has ended its side: it can neither cancel nor tell what it reads, and all that is left is written."""
        was_shut = self._fence.shut
        self._fence.give_up()
        if was_shut:
            self.eased()
        self.stream.feed(HalfClosed())

    def eased(self) -> None:
        """There may be room again."""
        if not self.paused:
            super().eased()


class SpeakOutlet(CallOutlet):
    """As `CallOutlet`, where an error is the end of the call."""

    def write(self, reply: Reply) -> None:
        """Render and hand over; an error becomes the call's status."""
        if isinstance(reply, UtteranceFailed | StreamError):
            self.outbox.close(reply.error)
        else:
            super().write(reply)


class SpeechCalls:
    """The handlers of `Stream` and `Speak`, on raw bytes.

    Args:
        streams: the registry.
        settings: limits and times.
    """

    def __init__(self, streams: Streams, settings: ServerSettings) -> None:
        self._streams = streams
        self._settings = settings

    async def stream(self, requests: Inbox, context: Context) -> None:
        """A conversation."""
        face = NativeGrpc()
        outlet = StreamOutlet(self._streams, face, self._settings, context.send)
        await self._begin(outlet.stream, face, "/legato.v1.SpeechService/Stream", context)
        try:
            requests.listen(outlet.receive, outlet.half_closed)
            error = await outlet.written()
        finally:
            outlet.stream.close()
        if error is not None:
            await end_with(context, error)

    async def speak(self, request: bytes, context: Context) -> None:
        """One whole text."""
        face = NativeSpeak()
        outlet = SpeakOutlet(self._streams, face, self._settings.max_backlog_bytes, context.send)
        await self._begin(outlet.stream, face, "/legato.v1.SpeechService/Speak", context)
        try:
            outlet.stream.receive(request)
            error = await outlet.written()
        finally:
            outlet.stream.close()
        if error is not None:
            await end_with(context, error)

    async def _begin(
        self, stream: ServedStream, face: NativeGrpc | NativeSpeak, method: str, context: Context
    ) -> None:
        head = request_head(method, context)
        try:
            with self._streams.door(_NAME):
                principal = admit(self._streams, head)
            stream.begin(principal, _NAME, face.open(head).events)
        except SpeechError as error:
            await end_with(context, error)
