"""What the faces on gRPC share: how a call ends, and how its messages are read."""

from collections.abc import Mapping

from legato.domain.errors import Reason, SpeechError
from legato.domain.protobuf_wire import NoMessageError, fields
from legato.faces.errors import bad_frame
from legato.ports import Refusal

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
    """Return the status that a call ends with: its code and message.

    Args:
        error: what ended it; `None` for OK.
        other: names of the codes in which this vendor differs from the gateway.
    """
    if error is None:
        return OK, ""
    return _NUMBERS[other.get(error.reason, error.properties.grpc_code)], error.message


def refused(error: SpeechError) -> Refusal:
    """Return the error as an HTTP response, which no gRPC client sees."""
    return Refusal(error.properties.http_status, {}, error.message.encode(), error.reason)


def read(message: bytes | str) -> Fields:
    """Parse the fields of a message.

    Raises:
        SpeechError: `bad_frame`: the bytes are not a message.
    """
    try:
        return dict(fields(message.encode() if isinstance(message, str) else message))
    except NoMessageError as error:
        raise bad_frame(f"expected a protobuf message: {error}") from None


def inside(message: Fields, number: int) -> Fields:
    """The message in this field; empty if there is none.

    Raises:
        SpeechError: `bad_frame`: its bytes are not a message.
    """
    value = message.get(number, b"")
    return read(value) if isinstance(value, bytes) else {}


def words_in(message: Fields, number: int) -> str:
    """The text in this field; empty if there is none."""
    value = message.get(number, b"")
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def number_in(message: Fields, number: int) -> int:
    """The whole number in this field; 0 if there is none."""
    value = message.get(number, 0)
    return value if isinstance(value, int) else 0
