"""Deepgram's speak endpoint (v1) over plain HTTP: one text, one streamed answer.

Rules:
- Audio comes as WAV unless `container=none`, `mulaw` and `alaw` too.
- mp3, the vendor's default, is offered where it can be made: at 22,050 Hz, and the vendor's two bit rates.
"""

import json
from collections.abc import Collection, Mapping, Sequence

from legato.audio.wav import wav_header
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.traces import trace_in
from legato.faces.deepgram_markup import unmarked
from legato.faces.deepgram_requests import client_key, options_of, rate_of, refusal, voice_of
from legato.faces.halves import whole
from legato.faces.rates import format_at
from legato.faces.shown import shown
from legato.ports import Accepted, Refusal, RequestHead

_SPOKEN = "speech"
_FILE = "audio/wav"
_FORMATS = {
    ("linear16", "wav"): (Encoding.PCM_S16LE, 24_000, _FILE),
    ("linear16", "none"): (Encoding.PCM_S16LE, 24_000, "audio/l16;rate={}"),
    ("mulaw", "wav"): (Encoding.MULAW, 8_000, _FILE),
    ("mulaw", "none"): (Encoding.MULAW, 8_000, "audio/mulaw;rate={}"),
    ("alaw", "wav"): (Encoding.ALAW, 8_000, _FILE),
    ("alaw", "none"): (Encoding.ALAW, 8_000, "audio/alaw;rate={}"),
}
_USUAL_CONTAINER = {encoding: "wav" for encoding, _ in _FORMATS}
_MP3, _MP3_HZ = "mp3", 22_050
_MP3_BIT_RATES = {"32000": 32, "48000": 48}
_USUAL_BIT_RATE = "48000"


class DeepgramRest:
    """`POST /v1/speak`, one object per request.

    Args:
        request_id: goes back as `dg-request-id`.
        voices: names in the catalogue.
        mp3: whether MP3 can be made.
    """

    name = "deepgram"

    def __init__(self, request_id: str, voices: Collection[str], *, mp3: bool = False) -> None:
        self._mp3 = mp3
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
            audio_format, content_type = _format(query, mp3=self._mp3)
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
        if content_type == _FILE:
            self._head = wav_header(audio_format.sample_rate_hz, audio_format.encoding)
        self._headers["content-type"] = content_type
        self._headers["dg-model-name"] = voice or "default"
        self._headers["dg-model-uuid"] = self._request_id
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

    def idle(self) -> Sequence[bytes | str]:
        """No frames."""
        return ()

    def refuse(self, error: SpeechError) -> Refusal:
        """The error as the vendor's JSON."""
        return refusal(error, self._request_id)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """Never called: this is not a WebSocket."""
        return (1000, "") if error is None else (1011, error.reason.value)

    def _text(self, frame: bytes | str) -> str:
        try:
            # Editors put a byte order mark before it.
            body = frame.decode("utf-8-sig") if isinstance(frame, bytes) else frame
            text = body if self._is_plain else json.loads(body)["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise SpeechError(Reason.BAD_FRAME, 'expected {"text": …} as JSON, or text/plain') from None
        if not isinstance(text, str) or not text.strip():
            raise SpeechError(Reason.BAD_FRAME, "text must be a non-empty string")
        return unmarked(whole(text))


def _refuse_callback(query: Mapping[str, str]) -> None:
    if query.get("callback"):
        raise SpeechError(Reason.BAD_FRAME, "callback is not supported: the audio is sent in the response")


def _asked(query: Mapping[str, str]) -> str:
    container = f"&container={query['container']}" if query.get("container") else ""
    return f"encoding={query.get('encoding') or 'mp3'}{container}" + (
        "" if query.get("encoding") else " (the default)"
    )


def _format(query: Mapping[str, str], *, mp3: bool) -> tuple[AudioFormat, str]:
    encoding = query.get("encoding") or _MP3
    container = query.get("container") or _USUAL_CONTAINER.get(encoding, "none")
    if mp3 and (encoding, container) == (_MP3, "none"):
        return _mp3_format(query), "audio/mpeg"
    found = _FORMATS.get((encoding, container))
    if found is None:
        names = [*_FORMATS, (_MP3, "none")] if mp3 else _FORMATS
        offered = ", ".join(f"encoding={one}&container={other}" for one, other in names)
        raise SpeechError(Reason.UNKNOWN_FORMAT, f"{_asked(query)} is not supported; supported: {offered}")
    kind, usual_hz, content_type = found
    audio_format = format_at(kind, rate_of(query, usual_hz), named=f"encoding {encoding}")
    return audio_format, content_type.format(audio_format.sample_rate_hz)


def _mp3_format(query: Mapping[str, str]) -> AudioFormat:
    asked = query.get("bit_rate") or _USUAL_BIT_RATE
    rate = rate_of(query, _MP3_HZ)
    if rate != _MP3_HZ:
        told = f"sample_rate {rate} is not supported with encoding mp3; supported: {_MP3_HZ}"
        raise SpeechError(Reason.UNKNOWN_FORMAT, told)
    if asked not in _MP3_BIT_RATES:
        offered = ", ".join(_MP3_BIT_RATES)
        told = f"bit_rate {shown(asked)} is not supported with encoding mp3; supported: {offered}"
        raise SpeechError(Reason.UNKNOWN_FORMAT, told)
    return AudioFormat(Encoding.MP3, _MP3_HZ, _MP3_BIT_RATES[asked])
