"""The calls that speak: `Stream`, a conversation, and `Speak`, one text.

Rules:
- A request is handled within the callback that delivers it, and waits for no writer: a Cancel never queues behind audio.
- Whatever ends the call, the session is fed `Closed`; a cancellation propagates.
"""

import math
from collections.abc import Callable

from gateway.rpc.context import Context
from gateway.rpc.inbox import Inbox
from gateway.servers.admission import admit
from gateway.servers.fence import Fence
from gateway.servers.grpc_errors import end_with
from gateway.servers.outbox import Outbox, Send
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import ServedStream, Streams
from legato.domain import traces
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import HalfClosed
from legato.domain.replies import AudioChunk, Opened, Reply, StreamError, UtteranceFailed
from legato.faces.native import NativeGrpc, NativeSpeak
from legato.ports import Face, RequestHead

Ping = Callable[[Callable[[], None]], None]
"""Pings a client's HTTP/2, and calls back when it has answered; not if the call ends first."""

_NAME = "grpc"


def request_head(method: str, context: Context) -> RequestHead:
    """Return the head of a call, without binary metadata."""
    metadata = context.invocation_metadata() or ()
    headers = {key.lower(): value for key, value in metadata if isinstance(value, str)}
    if traces.STATE in headers:  # the one header that may come in parts
        headers[traces.STATE] = ",".join(str(value) for key, value in metadata if key.lower() == traces.STATE)
    return RequestHead("POST", method, {}, headers)


class CallOutlet:
    """The way to a gRPC client: implements `ports.Outlet` over an outbox.

    Args:
        streams: the registry.
        face: the face of this call.
        max_backlog_bytes: more unread replies than this end the call.
        send: writes to the client.
    """

    def __init__(self, streams: Streams, face: Face, max_backlog_bytes: int, send: Send) -> None:
        self.stream = ServedStream(streams, face, self)
        self.outbox = Outbox(max_backlog_bytes, self.eased, send)

    @property
    def paused(self) -> bool:
        """Whether the outbox is full."""
        return self.outbox.paused

    @property
    def room_ms(self) -> float:
        """No bound: the client does not report what it has read."""
        return math.inf

    def write(self, reply: Reply) -> None:
        """Render a reply and put it into the outbox."""
        beside = not isinstance(reply, AudioChunk)
        for frame in self.stream.render(reply):
            self.outbox.put(frame, beside=beside)

    def close(self, error: SpeechError | None) -> None:
        """End the call once everything written has been sent."""
        self.outbox.close(error)

    def eased(self) -> None:
        """There is room in the outbox again."""
        self.stream.drained()

    async def written(self) -> SpeechError | None:
        """Wait until everything has been written.

        Returns:
            The error that the call is to end with; `None` for none.
        """
        try:
            return await self.outbox.over()
        except BrokenPipeError as error:
            return SpeechError(Reason.OVERLOADED, f"{error}: replies have piled up")


class StreamOutlet(CallOutlet):
    """A `CallOutlet` with a fence, for clients that report what they have read: HTTP/2 windows alone would hold a minute of audio.

    A client that announces this in its `Open` is held back from the first chunk on, any other from its first report on.

    Args:
        streams: the registry.
        face: the face of this call.
        settings: limits and times.
        send: writes to the client.
        ping: pings the client's HTTP/2.
    """

    def __init__(
        self, streams: Streams, face: NativeGrpc, settings: ServerSettings, send: Send, ping: Ping
    ) -> None:
        super().__init__(streams, face, settings.max_backlog_bytes, send)
        self._face = face
        self._ping = ping
        self._fence = Fence(settings.fence_ms, streams.clock)
        self._bytes_per_s = 0
        """Byte rate of the audio; 0 until its format is known."""

    @property
    def paused(self) -> bool:
        """Whether the outbox is full, or too much audio is beyond our write."""
        return self.outbox.paused or self._fence.shut

    @property
    def room_ms(self) -> float:
        """How much audio the fence still allows."""
        return self._fence.room_ms

    def write(self, reply: Reply) -> None:
        """Render a reply and put it into the outbox; audio is marked by its `server_seq`."""
        super().write(reply)
        if isinstance(reply, Opened):
            self._bytes_per_s = reply.audio_format.bytes_per_s
        elif isinstance(reply, AudioChunk) and self._bytes_per_s:
            self._fence.sent(len(reply.data) * 1000 / self._bytes_per_s)
        elif self._fence.beyond_ms:  # the round trip is best learned while nothing is queued
            return
        self._fence.mark(self._face.server_seq)

    def receive(self, request: bytes) -> None:
        """Take a message from the client; what it reports as read opens the fence."""
        self.stream.receive(request)
        if self._face.acknowledges:
            self._fence.hold()
        self._fence.answered(self._face.acked_server_seq)
        if self._fence.is_dry:
            self._fence.pinged()
            self._ping(self._ponged)
        self.eased()

    def half_closed(self) -> None:
        """The client has ended its side: it can neither cancel nor report what it reads, so all that is left is written."""
        self._fence.give_up()
        self.eased()
        self.stream.feed(HalfClosed())

    def _ponged(self) -> None:
        self._fence.ponged()
        self.eased()

    def eased(self) -> None:
        """There may be room again. The session knows whether it waits for that; the fence does not.

        A small chunk behind the one that shut the fence may open it, when another track had its audio decided at the same time.
        """
        if not self.paused:
            super().eased()


class SpeakOutlet(CallOutlet):
    """A `CallOutlet` that ends the call at an error."""

    def write(self, reply: Reply) -> None:
        """Render a reply and put it into the outbox; an error becomes the call's status."""
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
        """Serve a conversation."""
        face = NativeGrpc(self._streams.installed)
        outlet = StreamOutlet(self._streams, face, self._settings, context.send, context.ping)
        await self._begin(outlet.stream, face, "/legato.v1.SpeechService/Stream", context)
        try:
            requests.listen(outlet.receive, outlet.half_closed)
            error = await outlet.written()
        finally:
            outlet.stream.close()
        if error is not None:
            await end_with(context, error)

    async def speak(self, request: bytes, context: Context) -> None:
        """Speak one whole text."""
        face = NativeSpeak(self._streams.installed)
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
