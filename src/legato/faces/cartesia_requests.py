"""What all of Cartesia's speech endpoints share: the key, the version, the request, the shape of errors.

Rules:
- A voice is a string, `{"id": …}` or `{"mode": "id", "id": …}`: a name in the catalogue, or one of the vendor's own ids (a UUID),
  which means the default voice.
- Any `model_id` is accepted: the voice decides. Unknown fields are ignored: clients of other versions send them.
- From version 2026-03-01 on errors are objects. Before it they are text, but over WebSocket and in events both: clients of that time read
  the one or the other. A client that names no version is taken to be of the newest.
"""

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import UtteranceOptions
from legato.domain.traces import Trace, trace_in
from legato.faces.bearer import bearer_key
from legato.faces.cartesia_formats import OutputFormat, read_format
from legato.faces.errors import bad_frame, unknown_voice
from legato.faces.extras import Installed
from legato.faces.numbers import is_set, number_within
from legato.faces.retry_after import retry_after
from legato.faces.surrogates import without_surrogates
from legato.ports import Refusal, RequestHead

NEWEST = "2026-08-14"
_STRUCTURED = "2026-03-01"
_ERRORS_END = "2025-11-04"
_FLUSHES_FROM_0 = "2024-11-13"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_VENDOR_VOICE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WORD_SPEEDS = {"slow": 0.8, "normal": 1.0, "fast": 1.25}
_SPEEDS = (0.5, 2.0)
_VOLUMES = (0.1, 2.0)
_LIMITED = "concurrency_limited"

ERRORS: dict[Reason, tuple[int, str, str | None]] = {
    Reason.BAD_FRAME: (400, "Invalid request", None),
    Reason.BAD_ORDER: (400, "Invalid request", None),
    Reason.UNKNOWN_VOICE: (404, "Voice not found", "voice_not_found"),
    Reason.UNKNOWN_FORMAT: (400, "Invalid output format", None),
    Reason.UNKNOWN_UTTERANCE: (400, "Invalid context", None),
    Reason.TEXT_AFTER_END: (400, "Invalid context", None),
    Reason.TEXT_TOO_LONG: (400, "Transcript too long", None),
    Reason.TOO_MANY_UTTERANCES: (429, "Too many contexts", _LIMITED),
    Reason.UNAUTHENTICATED: (401, "Unauthorized", None),
    Reason.FORBIDDEN: (403, "Forbidden", None),
    Reason.QUOTA_EXCEEDED: (429, "Too many concurrent requests", _LIMITED),
    Reason.OVERLOADED: (503, "Overloaded", None),
    Reason.IDLE_TIMEOUT: (408, "Idle for too long", None),
    Reason.VENDOR_UNREACHABLE: (502, "Voice not reachable", None),
    Reason.VENDOR_TIMEOUT: (504, "Voice timed out", None),
    Reason.VENDOR_REJECTED: (502, "Voice refused", None),
    Reason.VENDOR_QUOTA: (503, "Voice out of quota", None),
    Reason.VENDOR_EMPTY: (502, "Voice gave no sound", None),
    Reason.VENDOR_LOST: (502, "Voice lost", None),
    Reason.ALL_ROUTES_FAILED: (503, "Voice not available", None),
    Reason.CANCELLED: (499, "Cancelled", None),
    Reason.SHUTTING_DOWN: (503, "Shutting down", None),
    Reason.INTERNAL: (500, "Internal error", None),
}
"""For every reason, the HTTP status, the title, and the vendor's `error_code` where it has one."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What the head of a request says about the client."""

    version: str
    trace: Trace

    @property
    def reads_objects(self) -> bool:
        """Whether errors are objects for it, not text."""
        return self.version >= _STRUCTURED

    @property
    def ends_with_errors(self) -> bool:
        """Whether an error is the last it reads of a context. Older clients, LiveKit's among them, ignore one while they write, and wait on."""
        return self.version >= _ERRORS_END

    @property
    def first_flush(self) -> int:
        """The `flush_id` of what sounds before the first flush.

        Older clients look up their queues by it, from 0, and play nothing more once they find none.
        """
        return 1 if self.version > _FLUSHES_FROM_0 else 0


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What is to be spoken, and how.

    Args:
        voice: a name in the catalogue; empty for the default voice.
        language: BCP 47 tag; empty for the voice's own.
        options: speed, volume, and whether word times are wanted.
        output: the audio format.
    """

    voice: str
    language: str
    options: UtteranceOptions
    output: OutputFormat


def caller_of(head: RequestHead) -> Caller:
    """Read version and trace; the query's version overrides the header's."""
    version = head.query.get("cartesia_version") or head.headers.get("cartesia-version", "")
    known = version if _DATE.fullmatch(version) else NEWEST
    return Caller(known, trace_in(head.headers))


def is_cartesia(head: RequestHead) -> bool:
    """Whether a request to a path that other vendors might use too comes from one of this vendor's clients."""
    return "cartesia-version" in head.headers or "cartesia_version" in head.query


def client_key(head: RequestHead) -> str:
    """The key from `Authorization: Bearer`, `X-API-Key`, or the query, where browsers put it."""
    return (
        bearer_key(head)
        or head.headers.get("x-api-key", "")
        or head.query.get("api_key", "")
        or head.query.get("access_token", "")
    )


def read_request(
    message: Mapping[str, Any],
    voices: Collection[str],
    containers: tuple[str, ...],
    installed: Installed = None,
) -> SpeechRequest:
    """Parse all of a request but its text.

    Raises:
        SpeechError: `bad_frame`, `unknown_voice` or `unknown_format`.
    """
    return SpeechRequest(
        voice_of(message.get("voice"), voices),
        _language(message),
        _options(message),
        read_format(message.get("output_format"), containers, installed),
    )


def transcript_of(message: Mapping[str, Any]) -> str:
    """The text; empty if there is none.

    Raises:
        SpeechError: `bad_frame`.
    """
    transcript = message.get("transcript")
    if transcript is None:
        return ""
    if not isinstance(transcript, str):
        raise bad_frame("transcript must be a string")
    return without_surrogates(transcript)


def voice_of(asked: object, voices: Collection[str]) -> str:
    """The voice; empty for the default.

    Raises:
        SpeechError: `bad_frame` or `unknown_voice`.
    """
    name = asked.get("id") if isinstance(asked, Mapping) else asked
    if not isinstance(name, str) or not name:
        raise bad_frame("voice must be an id, or an object with an id")
    if name in voices:
        return name
    if _VENDOR_VOICE.fullmatch(name):
        return ""
    raise unknown_voice(name, voices)


def refusal(error: SpeechError, request_id: str, caller: Caller) -> Refusal:
    """The HTTP response to an error, as the client's version has it."""
    status, title, _ = ERRORS[error.reason]
    headers = {"x-request-id": request_id, **retry_after(error)}
    if caller.reads_objects:
        body = json.dumps(error_object(error, request_id))
        return Refusal(status, {**headers, "content-type": "application/json"}, body.encode(), error.reason)
    text = f"{title}: {error.message}"
    headers["content-type"] = "text/plain; charset=utf-8"
    return Refusal(status, headers, text.encode(), error.reason)


def error_object(error: SpeechError, request_id: str) -> Mapping[str, object]:
    """The fields of an error."""
    _, title, code = ERRORS[error.reason]
    return {"error_code": code, "title": title, "message": error.message, "request_id": request_id}


def _language(message: Mapping[str, Any]) -> str:
    tag = message.get("locale") or message.get("language") or ""
    if not isinstance(tag, str):
        raise bad_frame("language must be a string")
    return tag


def _options(message: Mapping[str, Any]) -> UtteranceOptions:
    config = message.get("generation_config")
    if config is None:
        config = {}
    if not isinstance(config, Mapping):
        raise bad_frame("generation_config must be an object")
    speed = _number(config, "speed", _SPEEDS)
    if speed is None:
        speed = _old_speed(message.get("speed"))
    volume = _number(config, "volume", _VOLUMES)
    return UtteranceOptions(
        speed=speed,
        volume=None if volume is None else 20 * math.log10(volume),
        words=is_set(message.get("add_timestamps")),
    )


def _old_speed(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, str) and value in _WORD_SPEEDS:
        return _WORD_SPEEDS[value]
    return number_within(_SPEEDS, value, "speed", f"one of {', '.join(_WORD_SPEEDS)}, or ")


def _number(config: Mapping[str, Any], field: str, bounds: tuple[float, float]) -> float | None:
    value = config.get(field)
    return None if value is None else number_within(bounds, value, f"generation_config.{field}")
