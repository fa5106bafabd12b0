"""OpenAI's speech endpoint: one JSON request, an answer of audio bytes or of server-sent events.

Rules:
- A voice of the catalogue is asked for by name; one of the vendor's own names that the catalogue lacks means the default voice.
- Any model is accepted: the voice decides. `instructions` are read and have no effect.
- `pcm` is 24 kHz s16le mono without a header. A request that names no format means the vendor's default, mp3, unless another one
  is configured here. A format that is not offered is refused by name; so is one whose extra is not installed, with the extra's name.
"""

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from legato.audio.wav import soundless
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.speech import UtteranceOptions
from legato.domain.traces import NO_TRACE, trace_in
from legato.faces.bearer import bearer_key
from legato.faces.errors import bad_frame, unknown_voice
from legato.faces.extras import Installed, lacking
from legato.faces.json_objects import read_object
from legato.faces.numbers import number_within
from legato.faces.retry_after import retry_after
from legato.faces.shown import shown
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

VENDOR_VOICES = frozenset(
    [
        "alloy",
        "ash",
        "ballad",
        "cedar",
        "coral",
        "echo",
        "fable",
        "marin",
        "nova",
        "onyx",
        "sage",
        "shimmer",
        "verse",
    ]
)
FORMATS = {
    "pcm": (AudioFormat(Encoding.PCM_S16LE, 24_000), "audio/pcm"),
    "wav": (AudioFormat(Encoding.WAV, 24_000), "audio/wav"),
}
ENCODED_FORMATS = {
    "mp3": (AudioFormat(Encoding.MP3, 24_000, 128), "audio/mpeg"),
    "opus": (AudioFormat(Encoding.OPUS, 24_000, 64), "audio/opus"),
    "aac": (AudioFormat(Encoding.AAC, 24_000, 96), "audio/aac"),
    "flac": (AudioFormat(Encoding.FLAC, 24_000), "audio/flac"),
}
"""Those that need an extra."""
_VENDOR_DEFAULT_FORMAT = "mp3"
_SPOKEN = "speech"
_SPEEDS = (0.25, 4.0)

ERRORS: dict[Reason, tuple[int, str]] = {
    Reason.BAD_FRAME: (400, "invalid_request_error"),
    Reason.BAD_ORDER: (400, "invalid_request_error"),
    Reason.UNKNOWN_VOICE: (400, "invalid_request_error"),
    Reason.UNKNOWN_FORMAT: (400, "invalid_request_error"),
    Reason.UNKNOWN_UTTERANCE: (400, "invalid_request_error"),
    Reason.TEXT_AFTER_END: (400, "invalid_request_error"),
    Reason.TEXT_TOO_LONG: (400, "invalid_request_error"),
    Reason.TOO_MANY_UTTERANCES: (429, "rate_limit_error"),
    Reason.UNAUTHENTICATED: (401, "authentication_error"),
    Reason.FORBIDDEN: (403, "permission_error"),
    Reason.QUOTA_EXCEEDED: (429, "insufficient_quota"),
    Reason.OVERLOADED: (503, "server_error"),
    Reason.IDLE_TIMEOUT: (408, "invalid_request_error"),
    Reason.VENDOR_UNREACHABLE: (502, "server_error"),
    Reason.VENDOR_TIMEOUT: (504, "server_error"),
    Reason.VENDOR_REJECTED: (502, "server_error"),
    Reason.VENDOR_QUOTA: (503, "server_error"),
    Reason.VENDOR_EMPTY: (502, "server_error"),
    Reason.VENDOR_LOST: (502, "server_error"),
    Reason.ALL_ROUTES_FAILED: (503, "server_error"),
    Reason.CANCELLED: (499, "invalid_request_error"),
    Reason.SHUTTING_DOWN: (503, "server_error"),
    Reason.INTERNAL: (500, "server_error"),
}
"""For every reason, the HTTP status and the `type`; the reason itself is the `code`."""
_PARAMS = {
    Reason.UNKNOWN_VOICE: "voice",
    Reason.UNKNOWN_FORMAT: "response_format",
    Reason.TEXT_TOO_LONG: "input",
}
"""The field that a reason is always about."""


class OpenAISpeech:
    """`POST /v1/audio/speech`, one object per request.

    Args:
        request_id: goes back as `x-request-id`.
        voices: names in the catalogue.
        default_format: one of `FORMATS` or `ENCODED_FORMATS`, for a client that asks for none.
        installed: the encodings of `ENCODED_FORMATS` that can be made.
    """

    name = "openai"

    def __init__(
        self,
        request_id: str,
        voices: Collection[str],
        default_format: str = "",
        *,
        installed: Installed = None,
    ) -> None:
        self._request_id = request_id
        self._voices = voices
        self._default_format = default_format
        self._installed = installed
        self._formats = FORMATS | {
            name: one for name, one in ENCODED_FORMATS.items() if one[0].encoding in (installed or ())
        }
        self._content_type = "audio/pcm"
        self._format, _ = FORMATS["pcm"]
        self._has_begun = False
        self._trace = NO_TRACE

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's id and the content type."""
        return {"content-type": self._content_type, "x-request-id": self._request_id}

    def key(self, head: RequestHead) -> str:
        """The bearer key."""
        return bearer_key(head)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Accept: the request is in the body."""
        self._trace = trace_in(head.headers)
        return Accepted({})

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """The whole conversation, or its refusal. Never raises."""
        try:
            return self._read(read_object(frame, "the body must be"))
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Audio as it is, or as events; a reply for which the dialect has no message is left out."""
        streams_events = self._content_type == "text/event-stream"
        if isinstance(reply, replies.AudioChunk):
            self._has_begun = True
            if not streams_events:
                return (reply.data,)
            data = base64.b64encode(reply.data).decode()
            return (_event({"type": "speech.audio.delta", "audio": data}),)
        if not streams_events:
            is_silent = isinstance(reply, replies.UtteranceFinished) and not self._has_begun
            return soundless(self._format) if is_silent else ()
        if isinstance(reply, replies.UtteranceFinished):
            return (_event({"type": "speech.audio.done", "usage": _usage(reply.receipt.accepted_chars)}),)
        if isinstance(reply, replies.UtteranceFailed | replies.StreamError):
            return (_event({"type": "error", "error": error_object(reply.error)}),)
        return ()

    def refuse(self, error: SpeechError) -> Refusal:
        """The error as OpenAI's clients read it; a header tells them whether to retry."""
        headers = {
            "content-type": "application/json",
            "x-request-id": self._request_id,
            "x-should-retry": "true" if error.properties.may_retry else "false",
            **retry_after(error),
        }
        body = json.dumps({"error": error_object(error)})
        return Refusal(ERRORS[error.reason][0], headers, body.encode(), error.reason)

    def _read(self, request: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        text = request.get("input")
        if not isinstance(text, str) or not text:
            raise bad_frame("input must be a non-empty string", field="input")
        asked = request.get("response_format") or self._default_format
        self._format, self._content_type = _format(asked, self._formats, self._installed)
        if _choice(request, "stream_format", ("audio", "sse")) == "sse":
            self._content_type = "text/event-stream"
        opened = events.Open(
            voice=self._voice(request.get("voice")),
            audio_format=self._format,
            options=UtteranceOptions(speed=_speed(request.get("speed"))),
            max_lead_ms=-1,
            traceparent=self._trace.parent,
            tracestate=self._trace.state,
        )
        said = (events.Begin(_SPOKEN), events.Text(_SPOKEN, without_surrogates(text)), events.End(_SPOKEN))
        return (opened, *said, events.HalfClosed())

    def _voice(self, asked: object) -> str:
        name = asked.get("id") if isinstance(asked, dict) else asked
        if not isinstance(name, str) or not name:
            raise bad_frame("voice must be a name, or an object with an id", field="voice")
        if name in self._voices:
            return name
        if name in VENDOR_VOICES:
            return ""
        raise unknown_voice(name, self._voices)


def error_object(error: SpeechError) -> Mapping[str, object]:
    """The object inside `{"error": …}`."""
    return {
        "message": error.message,
        "type": ERRORS[error.reason][1],
        "param": error.field or _PARAMS.get(error.reason),
        "code": error.reason.value,
    }


def _event(data: Mapping[str, object]) -> str:
    return f"data: {json.dumps(data)}\n\n"


def _usage(chars: int) -> Mapping[str, int]:
    # The gateway counts characters; it has no tokens.
    return {"input_tokens": chars, "output_tokens": 0, "total_tokens": chars}


def _choice(request: Mapping[str, Any], field: str, choices: Sequence[str]) -> str:
    value = request.get(field) or choices[0]
    if value not in choices:
        raise bad_frame(f"{field} must be one of {', '.join(choices)}; got {shown(value)}", field=field)
    return str(value)


def _format(
    asked: object, formats: Mapping[str, tuple[AudioFormat, str]], installed: Installed
) -> tuple[AudioFormat, str]:
    name = asked or _VENDOR_DEFAULT_FORMAT
    found = formats.get(name) if isinstance(name, str) else None
    if found is None:
        named = shown(asked) if asked else f"{_VENDOR_DEFAULT_FORMAT} (the default)"
        unmade, _ = ENCODED_FORMATS.get(name, (None, "")) if isinstance(name, str) else (None, "")
        raise SpeechError(
            Reason.UNKNOWN_FORMAT,
            f"response_format {named} is not supported{lacking(unmade, installed)}; supported: {', '.join(formats)}",
        )
    return found


def _speed(value: object) -> float | None:
    return None if value is None else number_within(_SPEEDS, value, "speed")
