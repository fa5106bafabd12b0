"""The requests of Deepgram's speak WebSocket (v2): the query, the table of errors, the numbers in its messages.

Rules:
- `model` is required: a name in the catalogue, or one of the vendor's own (`flux-…`), which means the default voice.
- Unknown query parameters are ignored; the vendor would refuse them.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from legato.domain import replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError, listed
from legato.domain.replies import Reply
from legato.domain.speech import UtteranceOptions
from legato.faces import deepgram_requests
from legato.faces.numbers import number
from legato.faces.rates import format_at
from legato.faces.shown import shown
from legato.ports import Refusal

_ENCODINGS = {
    "linear16": (Encoding.PCM_S16LE, 24_000),
    "mulaw": (Encoding.MULAW, 8_000),
    "alaw": (Encoding.ALAW, 8_000),
}
_VENDOR_VOICE = re.compile(r"flux-[a-z0-9-]+")
SPEEDS = (0.5, 1.5)
SPEED_STEP = 0.05

ERRORS: deepgram_requests.Errors = {
    Reason.BAD_FRAME: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.BAD_ORDER: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.UNKNOWN_VOICE: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.UNKNOWN_FORMAT: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.UNKNOWN_UTTERANCE: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.TEXT_AFTER_END: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.TEXT_TOO_LONG: (413, "PAYLOAD_TOO_LARGE", 1009, "BIG-0000"),
    Reason.TOO_MANY_UTTERANCES: (429, "TOO_MANY_REQUESTS", 1008, "DATA-0002"),
    Reason.UNAUTHENTICATED: (401, "INVALID_AUTH", 1008, "DATA-0000"),
    Reason.FORBIDDEN: (403, "INSUFFICIENT_PERMISSIONS", 1008, "DATA-0000"),
    Reason.QUOTA_EXCEEDED: (429, "TOO_MANY_REQUESTS", 1008, "DATA-0002"),
    Reason.OVERLOADED: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.IDLE_TIMEOUT: (408, "REQUEST_TIMEOUT", 1011, "NET-0004"),
    Reason.VENDOR_UNREACHABLE: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.VENDOR_TIMEOUT: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0001"),
    Reason.VENDOR_REJECTED: (502, "BAD_GATEWAY", 1011, "NET-0000"),
    Reason.VENDOR_QUOTA: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.VENDOR_EMPTY: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.VENDOR_LOST: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0002"),
    Reason.ALL_ROUTES_FAILED: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.CANCELLED: (499, "REQUEST_CANCELLED", 1000, ""),
    Reason.SHUTTING_DOWN: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0003"),
    Reason.INTERNAL: (500, "INTERNAL_SERVER_ERROR", 1011, "NET-0000"),
}
"""For every reason, the HTTP status, the `err_code`, the close code, and the `code` of an `Error` message."""

WARNINGS = {"nothing_to_say": "NO_SYNTHESIZABLE_TEXT", "seam": "SYNTHESIS_RETRYING"}
"""The vendor's codes for the session's warnings; other codes are sent as they are, in capitals."""


def refusal(error: SpeechError, request_id: str) -> Refusal:
    """The HTTP answer."""
    return deepgram_requests.refusal(error, request_id, ERRORS)


def format_of(query: Mapping[str, str]) -> AudioFormat:
    """The audio format.

    Raises:
        SpeechError: `unknown_format` or `bad_frame`.
    """
    asked = query.get("encoding") or "linear16"
    found = _ENCODINGS.get(asked)
    if found is None:
        raise SpeechError(
            Reason.UNKNOWN_FORMAT, f"encoding {asked!r} is not supported; supported: {', '.join(_ENCODINGS)}"
        )
    encoding, usual_hz = found
    return format_at(encoding, deepgram_requests.rate_of(query, usual_hz), named=f"encoding {asked}")


def voice_of(query: Mapping[str, str], voices: Collection[str]) -> str:
    """The voice that `model` names; empty for the default.

    Raises:
        SpeechError: `unknown_voice`.
    """
    model = query.get("model", "")
    if model in voices:
        return model
    if _VENDOR_VOICE.fullmatch(model):
        return ""
    told = f"there is no model {model[:80]!r} for this version" if model else "model is required"
    raise SpeechError(Reason.UNKNOWN_VOICE, f"{told}; the models are {listed(voices)}")


def options_of(query: Mapping[str, str]) -> UtteranceOptions:
    """The speaking options.

    Raises:
        SpeechError: `bad_frame`.
    """
    return deepgram_requests.options_of(query, SPEEDS)


def speed_mistake(value: object) -> tuple[str, str] | None:
    """What is wrong with a `Configure`'s speed: the vendor's code and a sentence; `None` if nothing is."""
    speed = number(value)
    least, most = SPEEDS
    if not least <= speed <= most:
        return "SPEED_OUT_OF_RANGE", f"speed must be a number from {least} to {most}; got {shown(value)}"
    steps = speed / SPEED_STEP
    if abs(steps - round(steps)) > 1e-6:
        return "SPEED_INCREMENT_INVALID", f"speed must be a multiple of {SPEED_STEP}; got {shown(value)}"
    return None


def playback_ms(offset: object) -> int | None:
    """The milliseconds of a `playback_offset`; `None` for one that cannot be read."""
    if not isinstance(offset, dict) or offset.get("type", "time_ms") != "time_ms":
        return None
    value = number(offset.get("value"))
    return int(value) if 0 <= value < 2**53 else None


def warned(reply: Reply) -> Sequence[Mapping[str, object]]:
    """The `Warning` that a reply becomes, if any."""
    if isinstance(reply, replies.Warned):
        return (warning(WARNINGS.get(reply.code, reply.code.upper()), reply.message),)
    if isinstance(reply, replies.Seam):
        return (warning(WARNINGS["seam"], "the speech continues from another source"),)
    if isinstance(reply, replies.GoAway):
        return (warning("NET-0003", f"this connection closes within {reply.in_s:.0f} s"),)
    return ()


def warning(code: str, message: str) -> Mapping[str, object]:
    """A `Warning`, with its older and its newer field names."""
    return {"type": "Warning", "code": code, "description": message, "warn_code": code, "warn_msg": message}
