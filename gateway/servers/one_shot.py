"""One request, one streamed answer: speech over plain HTTP, in whatever form the face gives it.

Rules:
- The status is sent with the first frame: a failure before it is an HTTP error in the client's own form.
- A failure after it cuts the body off, so that no client takes half a sentence for a whole one, unless the face has a frame that
  reports the failure.
- A client that hangs up stops the speech, even while nothing is being written; one that merely reads slowly is waited for, also with
  the last of the answer.
"""

import asyncio
import math

from aiohttp import HttpVersion11, web

from gateway.servers.awaited_outbox import AwaitedOutbox
from gateway.servers.client_sockets import leave, retune, unsent
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import ServedStream, Streams
from legato.domain import events
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply, StreamError, UtteranceCancelled, UtteranceFailed
from legato.domain.speech import Principal
from legato.ports import DialectFace

_LOOK_S = 0.2
"""How often to check whether a waiting client is still there."""
_BRISK_S, _BRISK_LOOK_S = 2.0, 0.01
"""At first it is checked more often whether a client has taken the answer: most take it at once, and their next request waits for that."""


class OneShotOutlet:
    """Implements `ports.Outlet` for one HTTP answer.

    Args:
        request: the request that is answered.
        streams: the registry.
        settings: limits.
        face: the face of this request.
    """

    def __init__(
        self, request: web.Request, streams: Streams, settings: ServerSettings, face: DialectFace
    ) -> None:
        self.stream = ServedStream(streams, face, self)
        self.outbox = AwaitedOutbox(settings.max_backlog_bytes, self.stream.drained)
        self.error: SpeechError | None = None
        self.explained = False
        self.decided = asyncio.Event()
        """Set once there is a frame, or the stream is over."""
        self._request = request
        self._settings = settings
        self._look: asyncio.TimerHandle | None = None

    @property
    def paused(self) -> bool:
        """Whether there is no room for audio."""
        return self.outbox.paused

    @property
    def room_ms(self) -> float:
        """No bound: the client does not report what it has read."""
        return math.inf

    def write(self, reply: Reply) -> None:
        """Render a reply into the body, or keep its error."""
        error = _error_of(reply)
        self.error = self.error or error
        if error is not None and not self.decided.is_set():
            self.close(error)
            return
        for frame in self.stream.render(reply):
            self.explained = error is not None
            self.outbox.put(frame)
            self.decided.set()
        if error is not None and not self.explained:
            self.close(error)  # what else was asked for would be spoken into a body that is cut off

    def close(self, error: SpeechError | None) -> None:
        """End the answer after what has been written."""
        self.error = self.error or error
        self.outbox.close(error)
        self.decided.set()

    def watch(self) -> None:
        """Check, now and at intervals, whether the client is still there."""
        transport = self._request.transport
        if transport is None or transport.is_closing():
            self.gone()
            self.close(SpeechError(Reason.CANCELLED, "the client disconnected"))
        else:
            retune(transport.get_extra_info("socket"), self._settings)
            self._look = asyncio.get_running_loop().call_later(_LOOK_S, self.watch)

    async def taken(self) -> None:
        """Keep the connection until the client has room for the last of the answer, or the kernel gives the client up.

        A paused player may take minutes. On a connection that is closed meanwhile, the kernel would drop what is left.
        """
        self.stream.close()
        clock = asyncio.get_running_loop().time
        brisk_until = clock() + _BRISK_S
        while (transport := self._request.transport) is not None and not transport.is_closing():
            if not unsent(transport.get_extra_info("socket")):
                return
            await asyncio.sleep(_BRISK_LOOK_S if clock() < brisk_until else _LOOK_S)

    def gone(self) -> None:
        """The answer is over."""
        if self._look is not None:
            self._look.cancel()
        transport = self._request.transport
        if transport is not None and not transport.is_closing():
            leave(transport.get_extra_info("socket"), self._settings)
        self.stream.close()
        self.outbox.forget()


async def serve(
    request: web.Request,
    body: bytes,
    streams: Streams,
    settings: ServerSettings,
    face: DialectFace,
    principal: Principal,
) -> web.StreamResponse:
    """Speak what the body asks for.

    Raises:
        SpeechError: it cannot be spoken, and nothing was written yet.
    """
    told = face.parse(body)
    for event in told:
        if isinstance(event, events.Refused):
            streams.turned_away(face.name, event.error.reason)
            raise event.error
    outlet = OneShotOutlet(request, streams, settings, face)
    try:
        outlet.stream.begin(principal, face.name, told)
        outlet.watch()
        return await _answer(request, outlet, face)
    finally:
        outlet.gone()


async def _answer(request: web.Request, outlet: OneShotOutlet, face: DialectFace) -> web.StreamResponse:
    await outlet.decided.wait()
    if outlet.error is not None and not outlet.outbox.waiting:
        raise outlet.error
    response = web.StreamResponse(headers=dict(face.headers))
    if request.version < HttpVersion11:
        response.force_close()  # HTTP/1.0 has no chunks: only the end of the connection marks the end of the body

    async def send(frame: bytes | str) -> None:
        await response.write(frame.encode() if isinstance(frame, str) else frame)

    try:
        await response.prepare(request)
        await outlet.outbox.run(send)
        is_whole = outlet.error is None or outlet.explained
        if is_whole:
            await response.write_eof()
    except ConnectionError:
        is_whole = False  # the client has hung up
    if is_whole:
        await outlet.taken()
    elif request.transport is not None:
        request.transport.abort()
    return response


def _error_of(reply: Reply) -> SpeechError | None:
    if isinstance(reply, UtteranceFailed | StreamError):
        return reply.error
    if isinstance(reply, UtteranceCancelled):
        return SpeechError(Reason.CANCELLED, "the speech was cancelled")
    return None
