"""Cartesia over plain HTTP: one transcript, answered with bare audio or with server-sent events.

Rules:
- Bare audio comes in a `raw`, `wav` or `mp3` container, mp3 where it can be made; events carry `raw` audio in the same objects as the WebSocket's.
- A failure before the first audio has its HTTP status. After that, bare audio is cut off, and events end with an `error`.
"""

import json
from collections.abc import Collection, Mapping, Sequence

from legato.audio.wav import soundless
from legato.domain import events, replies
from legato.domain.audio import Encoding
from legato.domain.errors import SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import NO_TRACE
from legato.faces.cartesia_formats import OutputFormat
from legato.faces.cartesia_frames import Context, Frame, error_frame
from legato.faces.cartesia_markup import unmarked
from legato.faces.cartesia_requests import (
    NEWEST,
    Caller,
    caller_of,
    client_key,
    read_request,
    refusal,
    transcript_of,
)
from legato.faces.errors import bad_frame
from legato.faces.extras import Installed
from legato.faces.json_objects import read_object
from legato.ports import Accepted, Refusal, RequestHead

_SPOKEN = "speech"


class CartesiaRequest:
    """What both HTTP endpoints share; one object per request.

    Args:
        request_id: goes back in errors.
        voices: names in the catalogue.
    """

    name = "cartesia"
    containers: tuple[str, ...] = ("raw",)
    installed: Installed = None

    def __init__(self, request_id: str, voices: Collection[str]) -> None:
        self._request_id = request_id
        self._voices = voices
        self._caller = Caller(NEWEST, NO_TRACE)
        self._context = Context(request_id, _SPOKEN)
        self._content_type = ""

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's id and the content type."""
        return {"x-request-id": self._request_id, "content-type": self._content_type}

    def key(self, head: RequestHead) -> str:
        """The key; from here on errors have the shape of the client's version."""
        self._caller = caller_of(head)
        return client_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Accept: the request is in the body."""
        self._caller = caller_of(head)
        return Accepted({})

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """The whole conversation, or its refusal. Never raises."""
        try:
            return self._read(frame)
        except SpeechError as error:
            return (events.Refused(error),)

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response that says why."""
        return refusal(error, self._request_id, self._caller)

    def _read(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        message = read_object(frame)
        text = transcript_of(message)
        if not text.strip():
            raise bad_frame("transcript must be a non-empty string")
        request = read_request(message, self._voices, self.containers, self.installed)
        context_id = message.get("context_id")
        if isinstance(context_id, str) and context_id:
            self._context.context_id = context_id
        self._context.output = request.output
        self._context.first_flush = self._caller.first_flush
        self._content_type = self._type_of(request.output)
        return (
            events.Open(
                "",
                request.output.audio_format,
                max_lead_ms=-1,
                traceparent=self._caller.trace.parent,
                tracestate=self._caller.trace.state,
            ),
            events.Begin(_SPOKEN, voice=request.voice, language=request.language, options=request.options),
            events.Text(_SPOKEN, unmarked(text)),
            events.End(_SPOKEN),
            events.HalfClosed(),
        )

    def _type_of(self, output: OutputFormat) -> str:
        return output.content_type


class CartesiaBytes(CartesiaRequest):
    """`POST /tts/bytes`: bare audio.

    Args:
        request_id: goes back in errors.
        voices: names in the catalogue.
        installed: the encodings that can be made of those that need an extra.
    """

    def __init__(self, request_id: str, voices: Collection[str], installed: Installed = None) -> None:
        super().__init__(request_id, voices)
        self.containers = ("raw", "wav", "mp3") if Encoding.MP3 in (installed or ()) else ("raw", "wav")
        self.installed = installed
        self._has_begun = False

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Audio, or a file without samples if there is none; the dialect has no message for the rest."""
        output = self._context.output
        if isinstance(reply, replies.UtteranceFinished) and not self._has_begun and output is not None:
            return (output.head,) if output.head else soundless(output.audio_format)
        if not isinstance(reply, replies.AudioChunk) or output is None or not reply.data:
            return ()
        head = b"" if self._has_begun else output.head
        self._has_begun = True
        return (head + output.sound(reply.data),)


class CartesiaEvents(CartesiaRequest):
    """`POST /tts/sse`: server-sent events."""

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Events; a reply for which the dialect has no message is left out."""
        context = self._context
        if isinstance(reply, replies.UtteranceFailed | replies.StreamError):
            return (_event(error_frame(reply.error, context.context_id, self._request_id, self._caller)),)
        frame = context.frame(reply)
        return () if frame is None else (_event(frame),)

    def _type_of(self, output: OutputFormat) -> str:
        del output
        return "text/event-stream"


def _event(frame: Frame) -> str:
    return f"event: {frame['type']}\ndata: {json.dumps(frame)}\n\n"
