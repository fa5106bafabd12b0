"""What all of Deepgram's speak endpoints share: the query, the key, the shape of errors and warnings.

Rules:
- `model` is the voice: a name in the catalogue. One of the vendor's own names (`aura-…`, `flux-…`), or none, means the default voice.
- Unknown query parameters are ignored: clients add their own.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import NOTHING_ASKED, UtteranceOptions
from legato.faces.errors import bad_frame, unknown_voice
from legato.faces.json_objects import read_object
from legato.faces.numbers import number_within
from legato.faces.rates import format_at
from legato.faces.retry_after import retry_after
from legato.faces.shown import shown
from legato.ports import Refusal, RequestHead

_TOKEN, _BEARER = "token", "bearer"
MOST_TURNS = 64
"""Flushes that may wait to be spoken: a model writes a dozen sentences while the first is heard, and none of them may be lost."""
_ENCODINGS = {
    "linear16": (Encoding.PCM_S16LE, 24_000),
    "mulaw": (Encoding.MULAW, 8_000),
    "alaw": (Encoding.ALAW, 8_000),
}
"""The encodings of the WebSockets, each with its usual sample rate."""
_VENDOR_VOICE = re.compile(r"(?:aura|flux)-[a-z0-9-]+")
_SPEEDS = (0.25, 4.0)

Errors = Mapping[Reason, tuple[int, str, int, str]]
ERRORS: Errors = {
    Reason.BAD_FRAME: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.BAD_ORDER: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.UNKNOWN_VOICE: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.UNKNOWN_FORMAT: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.UNKNOWN_UTTERANCE: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.TEXT_AFTER_END: (400, "INVALID_QUERY_PARAMETER", 1008, "DATA-0000"),
    Reason.TEXT_TOO_LONG: (413, "PAYLOAD_TOO_LARGE", 1009, "BIG-0001"),
    Reason.TOO_MANY_UTTERANCES: (429, "TOO_MANY_REQUESTS", 1008, "DATA-0001"),
    Reason.UNAUTHENTICATED: (401, "INVALID_AUTH", 1008, "DATA-0000"),
    Reason.FORBIDDEN: (403, "INSUFFICIENT_PERMISSIONS", 1008, "DATA-0000"),
    Reason.QUOTA_EXCEEDED: (429, "TOO_MANY_REQUESTS", 1008, "DATA-0001"),
    Reason.OVERLOADED: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.IDLE_TIMEOUT: (408, "REQUEST_TIMEOUT", 1011, "NET-0001"),
    Reason.VENDOR_UNREACHABLE: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.VENDOR_TIMEOUT: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.VENDOR_REJECTED: (502, "BAD_GATEWAY", 1011, "NET-0000"),
    Reason.VENDOR_QUOTA: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.VENDOR_EMPTY: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.VENDOR_LOST: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0002"),
    Reason.ALL_ROUTES_FAILED: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0000"),
    Reason.CANCELLED: (499, "REQUEST_CANCELLED", 1000, ""),
    Reason.SHUTTING_DOWN: (503, "SERVICE_UNAVAILABLE", 1011, "NET-0003"),
    Reason.INTERNAL: (500, "INTERNAL_SERVER_ERROR", 1011, "NET-0000"),
}
"""For every reason, the HTTP status, the `err_code`, the close code, and the code within the close reason."""


def refusal(error: SpeechError, request_id: str, errors: Errors = ERRORS) -> Refusal:
    """The HTTP answer: `dg-request-id` always, `dg-error`, and the body that the vendor's clients read."""
    status, err_code, _, _ = errors[error.reason]
    headers = {
        "content-type": "application/json",
        "dg-request-id": request_id,
        "dg-error": one_line(error.message),
        **retry_after(error),
    }
    body = {"err_code": err_code, "err_msg": error.message, "request_id": request_id}
    return Refusal(status, headers, json.dumps(body).encode(), error.reason)


def client_key(head: RequestHead) -> str:
    """The key from `Authorization: Token|Bearer KEY`, or from the subprotocols `token, KEY` or `bearer, KEY` that browsers send."""
    scheme, _, key = head.headers.get("authorization", "").partition(" ")
    if scheme.lower() in {_TOKEN, _BEARER}:
        return key.strip()
    return _from_browser(head)[1]


def selected(head: RequestHead) -> Mapping[str, str]:
    """The header that selects a subprotocol: a browser that asked for some hangs up if none is selected."""
    name, _ = _from_browser(head)
    return {"sec-websocket-protocol": name} if name else {}


def is_deepgram(head: RequestHead) -> bool:
    """Whether a request to a path that other vendors use too comes from one of this vendor's clients."""
    scheme = head.headers.get("authorization", "").partition(" ")[0]
    return scheme.lower() == _TOKEN or "deepgram" in head.headers.get("user-agent", "").lower()


def _from_browser(head: RequestHead) -> tuple[str, str]:
    """The scheme among the subprotocols, and the key after it. Clients put other subprotocols before and after these two."""
    asked = [name.strip() for name in head.headers.get("sec-websocket-protocol", "").split(",")]
    for scheme, key in zip(asked, (*asked[1:], ""), strict=True):
        if scheme.lower() in {_TOKEN, _BEARER}:
            return scheme, key
    return "", ""


def voice_of(query: Mapping[str, str], voices: Collection[str]) -> str:
    """The voice that `model` names; empty for the default.

    Raises:
        SpeechError: `unknown_voice`.
    """
    model = query.get("model", "")
    if model in voices:
        return model
    if not model or _VENDOR_VOICE.fullmatch(model):
        return ""
    raise unknown_voice(model, voices, "model")


def stream_format_of(query: Mapping[str, str]) -> AudioFormat:
    """The audio format of either WebSocket.

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
    return format_at(encoding, rate_of(query, usual_hz), named=f"encoding {asked}")


def rate_of(query: Mapping[str, str], usual_hz: int) -> int:
    """The sample rate.

    Raises:
        SpeechError: `bad_frame`.
    """
    value = query.get("sample_rate", "")
    if not value:
        return usual_hz
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise bad_frame(f"sample_rate must be a whole number of Hz; got {shown(value)}")
    return int(value)


def options_of(query: Mapping[str, str], speeds: tuple[float, float] = _SPEEDS) -> UtteranceOptions:
    """The speaking options.

    Raises:
        SpeechError: `bad_frame`.
    """
    value = query.get("speed", "")
    if not value:
        return NOTHING_ASKED
    return UtteranceOptions(speed=number_within(speeds, value, "speed"))


def one_line(message: str) -> str:
    """Return the message in a form that a header can carry: it may quote anything that a client has sent."""
    shown = "".join(char if char.isprintable() else "?" for char in " ".join(message.split()))
    return shown.encode("ascii", "replace").decode()


def message_of(frame: bytes | str) -> Mapping[str, Any]:
    """Parse a message of either WebSocket.

    Raises:
        SpeechError: `bad_frame`.
    """
    if not isinstance(frame, str):
        raise bad_frame("expected a text frame")
    return read_object(frame)


def warning(code: str, message: str) -> Mapping[str, object]:
    """A `Warning`, with the field names that the vendor's older clients read, and those that its newer ones read."""
    return {"type": "Warning", "code": code, "description": message, "warn_code": code, "warn_msg": message}
