"""The native face: one contract, two wires, and `Speak` as a conversation of one utterance.

    NativeGrpc        bytes of StreamRequest in, bytes of StreamResponse out
    NativeWebSocket   proto3 JSON in text frames both ways; audio out as binary frames
    NativeSpeak       one SpeakRequest in, bytes of SpeakResponse out

Rules:
- A message that cannot be read becomes `events.Refused` with a named error; parsing never raises, and the call goes on.
- The first message must be `Open`; anything before it is `bad_order`.
- `server_seq` counts the responses from 1; each of them also carries the highest `client_seq` read.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from google.protobuf.message import DecodeError

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import NO_TRACE, read_trace, trace_in
from legato.faces import native_replies
from legato.faces.errors import bad_frame
from legato.faces.extras import Installed
from legato.faces.native_brief import brief_event, brief_frame
from legato.faces.native_formats import write_format
from legato.faces.native_frames import audio_frame
from legato.faces.native_json import decoded, request_of, write
from legato.faces.native_requests import client_event, speak_events
from legato.faces.native_written import audio_response, response_json
from legato.faces.retry_after import retry_after
from legato.ports import Accepted, Refusal, RequestHead
from legato.v1 import speech_pb2

SUBPROTOCOL = "legato.v1"
WEBSOCKET_PATH = "/v1/stream"
SPOKEN = "speech"
"""The id of the only utterance of a `Speak` call."""

_JSON = {"content-type": "application/json"}


def refusal(error: SpeechError) -> Refusal:
    """The answer to a client that is not let in: its HTTP status and the error as JSON."""
    headers = {**_JSON, **retry_after(error)}
    body = f'{{"error":{write(native_replies.error(error))}}}'
    return Refusal(error.properties.http_status, headers, body.encode(), error.reason)


class _Conversation:
    """What both wires share: the counters, and the check that `Open` comes first.

    Args:
        installed: the encodings that can be made of those that need an extra.
        server_seq: number of the last response rendered.
        acked_server_seq: the highest number that the client says it has read.
        acknowledges: whether its `Open` says that it will acknowledge what it reads.
    """

    __slots__ = (
        "_acked",
        "_installed",
        "_opened",
        "_trace",
        "acked_server_seq",
        "acknowledges",
        "server_seq",
    )

    def __init__(self, installed: Installed = None) -> None:
        self._installed = installed
        self.server_seq = 0
        self.acked_server_seq = 0
        self.acknowledges = False
        self._acked = 0
        self._opened = False
        self._trace = NO_TRACE

    def _enter(self, head: RequestHead) -> None:
        # A page in a browser cannot send headers with an upgrade, so it puts this into the query.
        self._trace = trace_in(head.headers) or trace_in(head.query)

    def _understand(self, request: speech_pb2.StreamRequest) -> Sequence[events.ClientEvent]:
        self._acked = max(self._acked, request.client_seq)
        self.acknowledges = self.acknowledges or request.open.acknowledges
        if request.acked_server_seq:
            self._heard(request.acked_server_seq)
            if request.WhichOneof("request") is None:
                return ()
        event = client_event(request, self._installed)
        if not self._opened:
            event = self._first(event)
        return (event,)

    def _heard(self, server_seq: int) -> None:
        if server_seq > self.server_seq:
            raise bad_frame(
                f"acked_server_seq must be at most {self.server_seq}, the last one sent; got {server_seq}"
            )
        self.acked_server_seq = max(self.acked_server_seq, server_seq)

    def _first(self, event: events.ClientEvent) -> events.ClientEvent:
        if not isinstance(event, events.Open):
            name = type(event).__name__
            raise SpeechError(Reason.BAD_ORDER, f"the first message of a stream must be Open; got {name}")
        self._opened = True
        if event.traceparent or not self._trace:
            return event
        return replace(event, traceparent=self._trace.parent, tracestate=self._trace.state)


class NativeGrpc(_Conversation):
    """The native contract on a gRPC stream; parses the bytes itself, so that a bad message does not end the call."""

    __slots__ = ()

    def open(self, head: RequestHead) -> Accepted:
        """Accept; the trace context in the metadata applies if `Open` has none."""
        self._enter(head)
        return Accepted({})

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """One event per message. Never raises."""
        try:
            return self._understand(_decode(speech_pb2.StreamRequest, frame))
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """One message per reply."""
        self.server_seq += 1
        if isinstance(reply, replies.AudioChunk):
            return (audio_response(reply, self.server_seq, self._acked),)
        return (native_replies.response(reply, self.server_seq, self._acked).SerializeToString(),)


class NativeWebSocket(_Conversation):
    """The native contract on `/v1/stream`, subprotocol `legato.v1`."""

    __slots__ = ()

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Accept a client that asks for `legato.v1`, or for no subprotocol at all."""
        self._enter(head)
        asked = [name.strip() for name in head.headers.get("sec-websocket-protocol", "").split(",")]
        if SUBPROTOCOL in asked:
            return Accepted({"sec-websocket-protocol": SUBPROTOCOL})
        if asked == [""]:
            return Accepted({})
        return refusal(bad_frame(f"{WEBSOCKET_PATH} speaks the subprotocol {SUBPROTOCOL}"))

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """One event per text frame; a binary one is `bad_frame`. Never raises."""
        if not isinstance(frame, str):
            return (
                events.Refused(bad_frame("expected a text frame with a StreamRequest; got a binary one")),
            )
        event = brief_frame(frame) if self._opened else None
        if event is not None:
            return (event,)
        try:
            value = decoded(frame, "StreamRequest")
            event = brief_event(value) if self._opened else None
            return self._understand(request_of(value, self._installed)) if event is None else (event,)
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """A binary frame for audio, a text frame for the rest."""
        self.server_seq += 1
        if isinstance(reply, replies.AudioChunk):
            chunk = audio_frame(
                reply.ordinal, self.server_seq, reply.generation, reply.sample_offset, reply.data
            )
            return (chunk,)
        text = response_json(reply, self.server_seq, self._acked)
        return (text or write(native_replies.response(reply, self.server_seq, self._acked)),)


class NativeSpeak:
    """One whole text in, its audio out. Replies for which `SpeakResponse` has no field are left out; errors end the call.

    Args:
        installed: the encodings that can be made of those that need an extra.
    """

    __slots__ = ("_installed", "_trace")

    def __init__(self, installed: Installed = None) -> None:
        self._installed = installed
        self._trace = NO_TRACE

    def open(self, head: RequestHead) -> Accepted:
        """Accept."""
        self._trace = trace_in(head.headers)
        return Accepted({})

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """The whole conversation at once, or the refusal that ends the call. Never raises."""
        try:
            request = _decode(speech_pb2.SpeakRequest, frame)
            if not read_trace(request.traceparent):
                request.traceparent, request.tracestate = self._trace.parent, self._trace.state
            return speak_events(request, SPOKEN, self._installed)
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """One message, or none if `SpeakResponse` has no field for the reply."""
        if isinstance(reply, replies.AudioChunk):
            answer = speech_pb2.SpeakResponse(audio=native_replies.audio(reply))
        elif isinstance(reply, replies.Opened):
            answer = speech_pb2.SpeakResponse(format=write_format(reply.audio_format))
        elif isinstance(reply, replies.WordSpoken):
            answer = speech_pb2.SpeakResponse(words=native_replies.words(reply))
        elif isinstance(reply, replies.Warned):
            answer = speech_pb2.SpeakResponse(warning=native_replies.warning(reply))
        elif isinstance(reply, replies.UtteranceFinished):
            answer = speech_pb2.SpeakResponse(finished=native_replies.finished(reply))
        else:
            return ()
        return (answer.SerializeToString(),)


_M = TypeVar("_M", speech_pb2.StreamRequest, speech_pb2.SpeakRequest)


def _decode(kind: type[_M], frame: bytes | str) -> _M:
    name = kind.DESCRIPTOR.full_name
    if isinstance(frame, str):
        raise bad_frame(f"expected the bytes of a {name}; got text")
    try:
        return kind.FromString(frame)
    except DecodeError as error:
        why = (
            "a string in it is not UTF-8" if "UTF-8" in str(error) else "the message is malformed or cut off"
        )
        raise bad_frame(f"expected the bytes of a {name}: {why}") from None
