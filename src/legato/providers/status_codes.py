"""Why a vendor said no: HTTP answers, closed WebSockets, ended gRPC calls and what cannot be read, as the gateway's reasons.

Rules:
- The vendor's own code decides if it names one; otherwise its status or close code does.
- No vendor is avoided for longer than a few minutes: one that means milliseconds, or gives the time of day, would not be asked for years.
- A message holds the vendor's name, its status and its code, never its words, which may quote a key or the text.
- A vendor that is a gateway itself says in its message, wherever its dialect has one, that it has seen the text before: the mistake
  is then the client's own, here as there.
"""

import math
import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from legato.domain import hops
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost
from legato.domain.protobuf_wire import NoMessageError, fields
from legato.domain.vendors import CallEnded, ResponseHead
from legato.providers.json_frames import json_object

LONGEST_S = 300.0
_KEY = r"(?<![A-Za-z0-9])(?:(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16}|[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3})"
"""So many letters and digits in a row, or a UUID, may be the key that was refused; codes have words."""
_CODE = re.compile(rf"(?!.*{_KEY})[A-Za-z0-9_.+-]{{1,64}}")
_STATUSES = {
    402: Reason.VENDOR_QUOTA,
    408: Reason.VENDOR_TIMEOUT,
    429: Reason.VENDOR_QUOTA,
    504: Reason.VENDOR_TIMEOUT,
}
_CLOSES = {
    1003: Reason.VENDOR_REJECTED,
    1007: Reason.VENDOR_REJECTED,
    1008: Reason.VENDOR_REJECTED,
    1009: Reason.VENDOR_REJECTED,
    1011: Reason.VENDOR_UNREACHABLE,
    1013: Reason.VENDOR_UNREACHABLE,
    1014: Reason.VENDOR_UNREACHABLE,
}
_NO_CODES = (0, 1006)
_CALLS = {
    "ABORTED": Reason.VENDOR_TIMEOUT,
    "DEADLINE_EXCEEDED": Reason.VENDOR_TIMEOUT,
    "DATA_LOSS": Reason.VENDOR_UNREACHABLE,
    "INTERNAL": Reason.VENDOR_UNREACHABLE,
    "UNAVAILABLE": Reason.VENDOR_UNREACHABLE,
    "UNKNOWN": Reason.VENDOR_UNREACHABLE,
    "RESOURCE_EXHAUSTED": Reason.VENDOR_QUOTA,
}
_RETRY_INFO = b"/google.rpc.RetryInfo"
_ELSEWHERE = ", a redirect, which is not followed: set the provider's url to the final address"
_NO_WEBSOCKET = " where a WebSocket was expected: check the path of the provider's url"

Reasons = Mapping[str, Reason]
"""What a vendor's own error codes mean."""


def refusal(vendor: str, answer: ResponseHead, body: bytes, reasons: Reasons) -> Failed:
    """Why an HTTP answer is not a success.

    Args:
        vendor: its name, for the message.
        answer: status and headers, names in lower case.
        body: the answer's body; JSON if the vendor explains itself.
        reasons: what the codes mean that the vendor names in the body.
    """
    if hops.LOOP.encode() in body:
        return _circle()
    known = [code for code in _codes(json_object(body)) if code in reasons]
    code = known[0] if known else next(iter(_codes(json_object(body))), "")
    reason = reasons[code] if known else by_status(answer.status)
    retry_after_s = _seconds(answer.headers)
    hint = _NO_WEBSOCKET if answer.status < 300 else ""
    if 300 <= answer.status < 400 and "location" in answer.headers:
        hint = _ELSEWHERE
    return Failed(reason, f"{vendor} answered {answer.status}{_named(code)}{hint}", retry_after_s)


def by_status(status: int) -> Reason:
    """What an unsuccessful HTTP status means."""
    found = _STATUSES.get(status)
    if found is not None:
        return found
    return Reason.VENDOR_UNREACHABLE if status >= 500 else Reason.VENDOR_REJECTED


def complaint(vendor: str, codes: Mapping[str, object], reasons: Reasons, usual: Reason) -> Failed:
    """What an error message on an open connection means.

    Args:
        vendor: its name, for the message.
        codes: the message's fields; a code is found in any of them, and so is what a gateway says in the others.
        reasons: what the codes mean that the vendor names.
        usual: the reason if it names none of them.
    """
    if _tells_of_circle(codes):
        return _circle()
    named = _codes(codes)
    known = [code for code in named if code in reasons]
    code = known[0] if known else next(iter(named), "")
    return Failed(reasons.get(code, usual), f"{vendor} reported an error{_named(code)}")


def closing(vendor: str, code: int, words: str, reasons: Mapping[str, Reason | None]) -> Failed | Lost:
    """What a closed WebSocket means.

    Args:
        vendor: its name, for the message.
        code: the close code; 1006 or 0 for none.
        words: the close reason; without a code, what the gateway itself saw, which goes into the message.
        reasons: what the codes mean that the vendor puts into the close reason; `None` for a mere loss.
    """
    if hops.LOOP in words:
        return _circle()
    found = next((name for name in reasons if name in words), "")
    reason = reasons[found] if found else _CLOSES.get(code)
    if code in _NO_CODES:
        message = f"the connection to {vendor} was lost{words and ': '}{words}"
    else:
        message = f"{vendor} closed the connection with {code}{_named(found)}"
    return Lost(message) if reason is None else Failed(reason, message)


def call_ended(vendor: str, ended: CallEnded) -> Failed | Lost:
    """What the bad end of a gRPC call means.

    Args:
        vendor: its name, for the message.
        ended: how it ended; what the gateway itself saw goes into the message.
    """
    message = f"{vendor} ended the call with {ended.code}"
    if ended.ours:
        message = f"the call to {vendor} ended with {ended.code}: {ended.message}"
    if ended.code in {"OK", "CANCELLED"}:
        return Lost(message)
    return Failed(_CALLS.get(ended.code, Reason.VENDOR_REJECTED), message, _retry_delay_s(ended.details))


def unreadable(vendor: str, what: str) -> Failed:
    """What it means that a vendor sent something that cannot be read.

    Args:
        vendor: its name, for the message.
        what: what it sent, such as "audio that is not base64".
    """
    return Failed(Reason.VENDOR_REJECTED, f"{vendor} sent {what}")


def _codes(message: Mapping[str, object] | None) -> list[str]:
    """Everything that looks like a code, the outermost first: vendors put it under different names, at most one level deep."""
    if not message:
        return []
    found: list[str] = []
    for name in ("err_code", "error_code", "code", "status", "error", "detail", "type", "title"):
        value = message.get(name)
        if isinstance(value, dict):
            found += _codes({key: inner for key, inner in value.items() if not isinstance(inner, dict)})
        elif isinstance(value, str) and _CODE.fullmatch(value):
            found.append(value)
    return found


def _circle() -> Failed:
    error = hops.circle()
    return Failed(error.reason, error.message)


def _tells_of_circle(message: Mapping[str, object]) -> bool:
    inner = [value for value in message.values() if isinstance(value, dict)]
    words = [value for fields in (message, *inner) for value in fields.values() if isinstance(value, str)]
    return any(hops.LOOP in value for value in words)


def _named(code: str) -> str:
    return f" ({code})" if code else ""


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Seconds until the vendor may be asked again.

    Some say it in milliseconds, which are exact; others in `Retry-After` alone: a number, or a date counted from the answer's own: there
    is no clock here.
    """
    told_ms = _number(headers.get("retry-after-ms", ""))
    if told_ms >= 0:
        return _bounded(told_ms / 1000)
    value = headers.get("retry-after", "")
    seconds = _number(value)
    return _bounded(_seconds_until(value, headers.get("date", "")) if math.isnan(seconds) else seconds)


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return math.nan


def _bounded(seconds: float) -> float | None:
    return min(seconds, LONGEST_S) if math.isfinite(seconds) and seconds >= 0 else None


def _retry_delay_s(status: bytes) -> float | None:
    """The delay that a `google.rpc.RetryInfo` among the details of a `google.rpc.Status` asks for."""
    try:
        for detail in _messages(status, 3):
            if next(_messages(detail, 1), b"").endswith(_RETRY_INFO):
                delay = next(_messages(next(_messages(detail, 2), b""), 1), b"")
                parts = {number: value for number, value in fields(delay) if isinstance(value, int)}
                seconds, nanos = parts.get(1, 0), parts.get(2, 0)
                return _bounded(seconds + nanos / 1e9) if max(seconds, nanos) < 1 << 63 else None
    except NoMessageError:
        pass  # what cannot be read says nothing
    return None


def _messages(message: bytes, number: int) -> Iterator[bytes]:
    return (value for found, value in fields(message) if found == number and isinstance(value, bytes))


def _seconds_until(moment: str, now: str) -> float:
    try:
        return (parsedate_to_datetime(moment) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return math.nan
