"""What all of ElevenLabs' speech endpoints share: the key, the voice, the format, the options, the shape of errors.

Rules:
- A voice of the catalogue is asked for by its name in the path; an id in the vendor's own form (20 letters and digits) that the
  catalogue lacks means the default voice.
- `model_id`, settings that have no counterpart here, and unknown parameters have no effect.
- mp3, the vendor's default, and opus are offered where they can be made. A client that asks for another format is told which there are.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from legato.audio.wav import wav_header
from legato.domain import events
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import NOTHING_ASKED, UtteranceOptions
from legato.domain.traces import trace_in
from legato.faces.elevenlabs_alignment import TimeBase
from legato.faces.errors import bad_frame, unknown_voice
from legato.faces.extras import Installed, lacking
from legato.faces.json_objects import read_object
from legato.faces.numbers import is_set, number_within
from legato.faces.retry_after import retry_after
from legato.faces.shown import shown
from legato.ports import Refusal, RequestHead

VENDOR_DEFAULT_FORMAT = "mp3_44100_128"
FORMATS: dict[str, AudioFormat] = {
    **{
        f"pcm_{hz}": AudioFormat(Encoding.PCM_S16LE, hz)
        for hz in (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
    },
    "ulaw_8000": AudioFormat(Encoding.MULAW, 8_000),
    "alaw_8000": AudioFormat(Encoding.ALAW, 8_000),
}
"""What `output_format` may be anywhere."""
WAV_FORMATS = {
    name.replace("pcm", "wav"): kind for name, kind in FORMATS.items() if kind.encoding is Encoding.PCM_S16LE
}
"""What it may be over HTTP as well: the same samples after a header."""
ENCODED_FORMATS: dict[str, AudioFormat] = {
    **{
        f"mp3_{hz}_{kbps}": AudioFormat(Encoding.MP3, hz, kbps)
        for hz, kbps in (
            (22_050, 32),
            (24_000, 48),
            (44_100, 32),
            (44_100, 64),
            (44_100, 96),
            (44_100, 128),
            (44_100, 192),
        )
    },
    **{f"opus_48000_{kbps}": AudioFormat(Encoding.OPUS, 48_000, kbps) for kbps in (32, 64, 96, 128, 192)},
}
"""What it may be as well where an extra is installed."""
_CONTENT_TYPES = {
    Encoding.PCM_S16LE: "audio/pcm",
    Encoding.MULAW: "audio/basic",
    Encoding.ALAW: "audio/x-alaw-basic",
    Encoding.MP3: "audio/mpeg",
    Encoding.OPUS: "audio/opus",
}
_VENDOR_VOICE = re.compile(r"[A-Za-z0-9]{20}")
_PLACE = re.compile(r"/text-to-speech/([^/]+)")
_SPEEDS = (0.25, 4.0)
_MOST_ID = 256

ERRORS: dict[Reason, tuple[int, str, str, int]] = {
    Reason.BAD_FRAME: (422, "invalid_request", "invalid_input_message", 1008),
    Reason.BAD_ORDER: (400, "invalid_request", "invalid_input_message", 1008),
    Reason.UNKNOWN_VOICE: (404, "voice_not_found", "voice_id_does_not_exist", 1008),
    Reason.UNKNOWN_FORMAT: (400, "invalid_output_format", "invalid_output_format", 1008),
    Reason.UNKNOWN_UTTERANCE: (400, "invalid_request", "invalid_input_message", 1008),
    Reason.TEXT_AFTER_END: (400, "invalid_request", "invalid_input_message", 1008),
    Reason.TEXT_TOO_LONG: (400, "max_character_limit_exceeded", "max_character_limit_exceeded", 1008),
    Reason.TOO_MANY_UTTERANCES: (429, "too_many_concurrent_requests", "max_active_conversations", 1008),
    Reason.UNAUTHENTICATED: (401, "invalid_api_key", "invalid_api_key", 1008),
    Reason.FORBIDDEN: (403, "missing_permissions", "missing_permissions", 1008),
    Reason.QUOTA_EXCEEDED: (429, "quota_exceeded", "quota_exceeded", 1008),
    Reason.OVERLOADED: (429, "system_busy", "system_busy", 1008),
    Reason.IDLE_TIMEOUT: (408, "input_timeout_exceeded", "input_timeout_exceeded", 1008),
    Reason.VENDOR_UNREACHABLE: (503, "service_unavailable", "internal_error", 1011),
    Reason.VENDOR_TIMEOUT: (504, "service_unavailable", "internal_error", 1011),
    Reason.VENDOR_REJECTED: (502, "bad_gateway", "internal_error", 1011),
    Reason.VENDOR_QUOTA: (503, "system_busy", "system_busy", 1011),
    Reason.VENDOR_EMPTY: (502, "bad_gateway", "internal_error", 1011),
    Reason.VENDOR_LOST: (502, "bad_gateway", "internal_error", 1011),
    Reason.ALL_ROUTES_FAILED: (503, "service_unavailable", "internal_error", 1011),
    Reason.CANCELLED: (499, "request_cancelled", "request_cancelled", 1008),
    Reason.SHUTTING_DOWN: (503, "service_unavailable", "internal_error", 1011),
    Reason.INTERNAL: (500, "internal_server_error", "internal_error", 1011),
}
"""For every reason, the HTTP status, the `status` in its body, the `error` of a WebSocket message, the close code."""


@dataclass(frozen=True, slots=True)
class ElevenLabsSwitches:
    """What the vendor leaves open, and what an operator may want to be different.

    Args:
        default_format: a key of `FORMATS` or `ENCODED_FORMATS`, for a client that names none; if empty, the vendor's default.
        alignment: where the times in a WebSocket's messages count from.
        installed: the encodings of `ENCODED_FORMATS` that can be made.
    """

    default_format: str = ""
    alignment: TimeBase = TimeBase.MESSAGE
    installed: Installed = None


def refusal(error: SpeechError, request_id: str) -> Refusal:
    """The HTTP answer: `{"detail": {"status", "message"}}`, or the list of what is wrong with the request."""
    status, name, _, _ = ERRORS[error.reason]
    headers = {"content-type": "application/json", "request-id": request_id, **retry_after(error)}
    detail: object = {"status": name, "message": error.message}
    if error.reason is Reason.BAD_FRAME:
        detail = [{"loc": ["body"], "msg": error.message, "type": "value_error"}]
    return Refusal(status, headers, json.dumps({"detail": detail}).encode(), error.reason)


def error_message(error: SpeechError) -> dict[str, object]:
    """The WebSocket message of an error."""
    _, _, name, close = ERRORS[error.reason]
    return {"message": error.message, "error": name, "code": close}


def farewell(error: SpeechError | None) -> tuple[int, str]:
    """The close code, and the message as its reason."""
    return (1000, "") if error is None else (ERRORS[error.reason][3], error.message)


def is_elevenlabs(head: RequestHead) -> bool:
    """Whether a request to a path that other vendors use too comes from one of this vendor's clients."""
    return "xi-api-key" in head.headers or "xi-api-key" in head.query


def client_key(head: RequestHead) -> str:
    """The key from the header `xi-api-key`, from `Authorization`, or from the query."""
    return (
        head.headers.get("xi-api-key", "").strip()
        or _bare(head.headers.get("authorization", ""))
        or head.query.get("xi-api-key", "")
        or _bare(head.query.get("authorization", ""))
        or head.query.get("single_use_token", "")
    )


def message_key(frame: bytes | str) -> str:
    """The key that a WebSocket's first message carries; empty for none. Never raises."""
    try:
        message = read_object(frame)
    except SpeechError:
        return ""
    for name in ("xi-api-key", "xi_api_key", "authorization", "single_use_token"):
        value = message.get(name)
        if isinstance(value, str) and value:
            return _bare(value)
    return ""


def _bare(value: str) -> str:
    scheme, _, key = value.strip().partition(" ")
    return key.strip() if scheme.lower() == "bearer" else value.strip()


def voice_of(head: RequestHead, voices: Collection[str]) -> str:
    """The voice that the path names; empty for the default.

    Raises:
        SpeechError: `unknown_voice`.
    """
    found = _PLACE.search(head.path)
    return voice_named(unquote(found.group(1)) if found else "", voices)


def voice_named(voice: str, voices: Collection[str]) -> str:
    """The voice with this id; empty for the default.

    Raises:
        SpeechError: `unknown_voice`.
    """
    if voice in voices:
        return voice
    if _VENDOR_VOICE.fullmatch(voice):
        return ""
    raise unknown_voice(voice, voices)


def file_format_of(query: Mapping[str, str], switches: ElevenLabsSwitches) -> tuple[AudioFormat, bytes]:
    """The audio format over HTTP, and the bytes before the first sample.

    Raises:
        SpeechError: `unknown_format`; the message lists what is offered.
    """
    found = WAV_FORMATS.get(query.get("output_format", ""))
    if found is not None:
        return found, wav_header(found.sample_rate_hz)
    return format_of(query, switches, more=WAV_FORMATS), b""


def format_of(
    query: Mapping[str, str], switches: ElevenLabsSwitches, *, more: Collection[str] = ()
) -> AudioFormat:
    """The audio format; `more` is offered besides, to those who ask for something else.

    Raises:
        SpeechError: `unknown_format`; the message lists what is offered.
    """
    asked = query.get("output_format") or switches.default_format
    name = asked or VENDOR_DEFAULT_FORMAT
    installed = switches.installed or ()
    found = FORMATS.get(name) or ENCODED_FORMATS.get(name)
    if found is not None and (name in FORMATS or found.encoding in installed):
        return found
    named = asked or f"{VENDOR_DEFAULT_FORMAT} (the default)"
    made = (one for one, kind in ENCODED_FORMATS.items() if kind.encoding in installed)
    offered = ", ".join((*FORMATS, *more, *made))
    raise SpeechError(
        Reason.UNKNOWN_FORMAT,
        f"output_format {named} is not supported{lacking(found, switches.installed)}; supported: {offered}",
    )


def content_type(audio_format: AudioFormat, head: bytes = b"") -> str:
    """The content type of audio in this format, which begins with these bytes."""
    return "audio/wav" if head else _CONTENT_TYPES[audio_format.encoding]


def language_of(body: Mapping[str, object]) -> str:
    """The language of a request over HTTP; empty for the voice's own.

    Raises:
        SpeechError: `bad_frame`.
    """
    language = body.get("language_code")
    if language is not None and not isinstance(language, str):
        raise bad_frame(f"language_code must be a string; got {shown(language)}")
    return language or ""


def options_of(query: Mapping[str, str], *, words: bool) -> UtteranceOptions:
    """The speaking options of the query; `words` asks for word times."""
    return UtteranceOptions(
        ssml=True if is_set(query.get("enable_ssml_parsing")) else None, words=words or None
    )


def opening(head: RequestHead, voices: Collection[str], switches: ElevenLabsSwitches) -> events.Open:
    """What path and query of a WebSocket's handshake mean.

    Raises:
        SpeechError: `unknown_format`, `unknown_voice`.
    """
    audio_format, trace = format_of(head.query, switches), trace_in(head.headers)
    return events.Open(
        voice_of(head, voices),
        audio_format,
        language=head.query.get("language_code", ""),
        options=options_of(head.query, words=True),
        traceparent=trace.parent,
        tracestate=trace.state,
    )


def speed_of(settings: object) -> UtteranceOptions:
    """The options that `voice_settings` name; none for `null` and `{}`.

    Raises:
        SpeechError: `bad_frame`.
    """
    if settings is None:
        return NOTHING_ASKED
    if not isinstance(settings, dict):
        raise bad_frame("voice_settings must be an object")
    value = settings.get("speed")
    if value is None:
        return NOTHING_ASKED
    return UtteranceOptions(speed=number_within(_SPEEDS, value, "voice_settings.speed"))


def context_named(value: object) -> str:
    """The id of a context, which is in every message about it.

    Raises:
        SpeechError: `bad_frame`.
    """
    name = str(value)
    if len(name) > _MOST_ID:
        raise bad_frame(f"context_id must have at most {_MOST_ID} characters; this one has {len(name)}")
    return name
