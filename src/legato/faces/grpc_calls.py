"""What the faces on gRPC share: how a call ends, whose key it brings, and the messages of a request."""

from collections.abc import Mapping, Sequence

from legato.domain import events
from legato.domain.errors import Reason, SpeechError
from legato.domain.protobuf_wire import NoMessageError, fields
from legato.ports import Refusal, RequestHead

OK = 0
_NUMBERS = {
    "CANCELLED": 1,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "UNAUTHENTICATED": 16,
}
Fields = Mapping[int, int | bytes]
"""The last value of each field of a message."""


def farewell(error: SpeechError | None, other: Mapping[Reason, str]) -> tuple[int, str]:
    """The status that a call ends with: its number, and the words.

    Args:
        error: it ends with; `None` for a good end.
        other: names of codes, where this vendor's differ from the house's.
    """
    if error is None:
        return OK, ""
    return _NUMBERS[other.get(error.reason, error.properties.grpc_code)], error.message


def refused(error: SpeechError) -> Refusal:
    """As HTTP would have it: nobody on gRPC reads it."""
    return Refusal(error.properties.http_status, {}, error.message.encode(), error.reason)


def bearer(head: RequestHead) -> str:
    """The key of a call's metadata."""
    scheme, _, key = head.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def read(message: bytes | str) -> Fields:
    """A message's fields.

    Raises:
        SpeechError: `bad_frame`, the bytes are no message.
    """
    try:
        return dict(fields(message.encode() if isinstance(message, str) else message))
    except NoMessageError as error:
        raise bad(f"no message: {error}") from None


def inside(message: Fields, number: int) -> Fields:
    """The message in this field; empty where there is none.

    Raises:
        SpeechError: `bad_frame`, its bytes are no message.
    """
    value = message.get(number, b"")
    return read(value) if isinstance(value, bytes) else {}


def words_in(message: Fields, number: int) -> str:
    """The text in this field; empty where there is none."""
    value = message.get(number, b"")
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def number_in(message: Fields, number: int) -> int:
    """The whole number in this field; 0 where there is none."""
    value = message.get(number, 0)
    return value if isinstance(value, int) else 0


def bad(words: str) -> SpeechError:
    """The client has sent what cannot be used."""
    return SpeechError(Reason.BAD_FRAME, words)


def as_events(refusal: SpeechError) -> Sequence[events.ClientEvent]:
    """A message that means nothing."""
    return (events.Refused(refusal),)
