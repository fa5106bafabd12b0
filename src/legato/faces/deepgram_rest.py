"""Deepgram's speak endpoint (v1) over plain HTTP: one text, one streamed answer."""

import json
from collections.abc import Collection, Mapping, Sequence

from legato.audio.wav import wav_header
from legato.domain import events, replies
from legato.domain.errors import SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import trace_in
from legato.faces.deepgram_formats import FILE, format_of
from legato.faces.deepgram_markup import unmarked
from legato.faces.deepgram_models import model_uuid
from legato.faces.deepgram_requests import client_key, options_of, refusal, voice_of
from legato.faces.errors import bad_frame
from legato.faces.extras import Installed
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

_SPOKEN = "speech"


class DeepgramRest:
    """`POST /v1/speak`, one object per request.

    Args:
        request_id: goes back as `dg-request-id`.
        voices: names in the catalogue.
        installed: the encodings that can be made of those that need an extra.
    """

    name = "deepgram"

    def __init__(self, request_id: str, voices: Collection[str], installed: Installed = None) -> None:
        self._installed = installed
        self._request_id = request_id
        self._voices = voices
        self._opened: events.Open | None = None
        self._is_plain = False
        self._headers = {"dg-request-id": request_id}
        self._head = b""
        """The bytes before the first audio, until it comes."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The content type, and the vendor's headers about the request."""
        return self._headers

    def key(self, head: RequestHead) -> str:
        """The key of the Authorization header."""
        return client_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read the query."""
        query = head.query
        self._is_plain = head.headers.get("content-type", "").lower().startswith("text/plain")
        try:
            _refuse_callback(query)
            audio_format, content_type = format_of(query, self._installed)
            voice = voice_of(query, self._voices)
            options = options_of(query)
        except SpeechError as error:
            return self.refuse(error)
        trace = trace_in(head.headers)
        self._opened = events.Open(
            voice,
            audio_format,
            options=options,
            max_lead_ms=-1,
            traceparent=trace.parent,
            tracestate=trace.state,
        )
        if content_type == FILE:
            self._head = wav_header(audio_format.sample_rate_hz, audio_format.encoding)
        self._headers["content-type"] = content_type
        self._headers["dg-model-name"] = voice or "default"
        self._headers["dg-model-uuid"] = model_uuid(voice or "default")
        return Accepted({})

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """The whole conversation, or its refusal. Never raises."""
        assert self._opened is not None, "open comes first"
        try:
            text = self._text(frame)
        except SpeechError as error:
            return (events.Refused(error),)
        self._headers["dg-char-count"] = str(len(text))
        said = (events.Begin(_SPOKEN), events.Text(_SPOKEN, text), events.End(_SPOKEN))
        return (self._opened, *said, events.HalfClosed())

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Audio, or a file without samples if there is none; the dialect has no message for the rest."""
        if not isinstance(reply, replies.AudioChunk | replies.UtteranceFinished):
            return ()
        head, self._head = self._head, b""
        data = head + reply.data if isinstance(reply, replies.AudioChunk) else head
        return (data,) if data else ()

    def refuse(self, error: SpeechError) -> Refusal:
        """The error as the vendor's JSON."""
        return refusal(error, self._request_id)

    def _text(self, frame: bytes | str) -> str:
        try:
            # Editors put a byte order mark before it.
            body = frame.decode("utf-8-sig") if isinstance(frame, bytes) else frame
            text = body if self._is_plain else json.loads(body)["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise bad_frame('expected {"text": …} as JSON, or text/plain') from None
        if not isinstance(text, str) or not text.strip():
            raise bad_frame("text must be a non-empty string")
        return unmarked(without_surrogates(text))


def _refuse_callback(query: Mapping[str, str]) -> None:
    if query.get("callback"):
        raise bad_frame("callback is not supported: the audio is sent in the response")
