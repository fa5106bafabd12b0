"""Every way speech can fail: what went wrong, whose fault it is, whether a retry is safe, how far it reaches.

    SpeechError
      .reason      one of `Reason`, the closed list
      .message     a sentence that says what was expected
      .retry_after_s   when trying again makes sense, if known

A `Reason` is what clients see; `PROPERTIES` is the one table about it. Bugs are not errors: they are assertions.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Whose(enum.StrEnum):
    """Who can fix it."""

    CLIENT = "client"
    VENDOR = "vendor"
    GATEWAY = "gateway"


class Reach(enum.StrEnum):
    """How much the error ends."""

    UTTERANCE = "utterance"
    STREAM = "stream"


class Reason(enum.StrEnum):
    """What went wrong, in the words of the contract."""

    BAD_FRAME = "bad_frame"
    BAD_ORDER = "bad_order"
    UNKNOWN_VOICE = "unknown_voice"
    UNKNOWN_FORMAT = "unknown_format"
    UNKNOWN_UTTERANCE = "unknown_utterance"
    TEXT_AFTER_END = "text_after_end"
    TEXT_TOO_LONG = "text_too_long"
    TOO_MANY_UTTERANCES = "too_many_utterances"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    QUOTA_EXCEEDED = "quota_exceeded"
    OVERLOADED = "overloaded"
    IDLE_TIMEOUT = "idle_timeout"
    VENDOR_UNREACHABLE = "vendor_unreachable"
    VENDOR_TIMEOUT = "vendor_timeout"
    VENDOR_REJECTED = "vendor_rejected"
    VENDOR_QUOTA = "vendor_quota"
    VENDOR_EMPTY = "vendor_empty"
    VENDOR_LOST = "vendor_lost"
    ALL_ROUTES_FAILED = "all_routes_failed"
    CANCELLED = "cancelled"
    SHUTTING_DOWN = "shutting_down"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class ReasonProperties:
    """One row of the table.

    Args:
        whose: who can fix it.
        may_retry: whether the same request may be sent again.
        reach: whether the utterance or the whole stream ends.
        grpc_code: name of the gRPC status code.
        close_code: WebSocket close code, if the error ends the stream.
        http_status: status of a one-shot HTTP answer.
    """

    whose: Whose
    may_retry: bool
    reach: Reach
    grpc_code: str
    close_code: int
    http_status: int


def _client(code: str, close: int, status: int, reach: Reach = Reach.UTTERANCE) -> ReasonProperties:
    return ReasonProperties(Whose.CLIENT, False, reach, code, close, status)


def _vendor(code: str, close: int, status: int) -> ReasonProperties:
    return ReasonProperties(Whose.VENDOR, True, Reach.UTTERANCE, code, close, status)


PROPERTIES: dict[Reason, ReasonProperties] = {
    Reason.BAD_FRAME: _client("INVALID_ARGUMENT", 1007, 400),
    Reason.BAD_ORDER: _client("FAILED_PRECONDITION", 1008, 409),
    Reason.UNKNOWN_VOICE: _client("NOT_FOUND", 1008, 404),
    Reason.UNKNOWN_FORMAT: _client("INVALID_ARGUMENT", 1008, 400),
    Reason.UNKNOWN_UTTERANCE: _client("NOT_FOUND", 1008, 404),
    Reason.TEXT_AFTER_END: _client("FAILED_PRECONDITION", 1008, 409),
    Reason.TEXT_TOO_LONG: _client("RESOURCE_EXHAUSTED", 1009, 413),
    Reason.TOO_MANY_UTTERANCES: _client("RESOURCE_EXHAUSTED", 1008, 429),
    Reason.UNAUTHENTICATED: _client("UNAUTHENTICATED", 1008, 401, Reach.STREAM),
    Reason.FORBIDDEN: _client("PERMISSION_DENIED", 1008, 403, Reach.STREAM),
    Reason.QUOTA_EXCEEDED: ReasonProperties(
        Whose.CLIENT, True, Reach.UTTERANCE, "RESOURCE_EXHAUSTED", 1013, 429
    ),
    Reason.OVERLOADED: ReasonProperties(Whose.GATEWAY, True, Reach.UTTERANCE, "UNAVAILABLE", 1013, 503),
    Reason.IDLE_TIMEOUT: ReasonProperties(Whose.CLIENT, True, Reach.STREAM, "DEADLINE_EXCEEDED", 1000, 408),
    Reason.VENDOR_UNREACHABLE: _vendor("UNAVAILABLE", 1014, 502),
    Reason.VENDOR_TIMEOUT: _vendor("UNAVAILABLE", 1014, 504),
    Reason.VENDOR_REJECTED: ReasonProperties(
        Whose.VENDOR, False, Reach.UTTERANCE, "FAILED_PRECONDITION", 1014, 502
    ),
    Reason.VENDOR_QUOTA: _vendor("RESOURCE_EXHAUSTED", 1014, 503),
    Reason.VENDOR_EMPTY: _vendor("UNAVAILABLE", 1014, 502),
    Reason.VENDOR_LOST: _vendor("UNAVAILABLE", 1014, 502),
    Reason.ALL_ROUTES_FAILED: _vendor("UNAVAILABLE", 1014, 503),
    Reason.CANCELLED: _client("CANCELLED", 1000, 499),
    Reason.SHUTTING_DOWN: ReasonProperties(Whose.GATEWAY, True, Reach.STREAM, "UNAVAILABLE", 1012, 503),
    Reason.INTERNAL: ReasonProperties(Whose.GATEWAY, True, Reach.STREAM, "INTERNAL", 1011, 500),
}


class SpeechError(Exception):
    """The root of every error that a client may see.

    Args:
        reason: one of the closed list.
        message: what was expected and what came instead; names no secret and quotes no user text.
        retry_after_s: seconds after which trying again makes sense, if known.
        utterance_id: the utterance it concerns; empty for the stream.
        field: the field of the request it concerns, if its dialect tells that apart from the message.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        retry_after_s: float | None = None,
        utterance_id: str = "",
        field: str = "",
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.retry_after_s = retry_after_s
        self.utterance_id = utterance_id
        self.field = field

    @property
    def properties(self) -> ReasonProperties:
        """Whose fault it is, whether to retry, and the codes on each wire."""
        return PROPERTIES[self.reason]

    def forget_where(self) -> None:
        """Let go of where it was raised: those frames have what was being read, and whoever keeps this error with it."""
        forget_where(self)

    def __reduce__(self) -> tuple[object, ...]:
        # An exception is made again of its `args`, which are the message alone: a pool of processes breaks on one that it cannot read.
        return _blank, (type(self), self.message), self.__dict__

    def __repr__(self) -> str:
        return f"SpeechError({self.reason.value}: {self.message})"


def forget_where(error: BaseException) -> None:
    """Let go of where an error was raised. One that is kept, by us or by a library, would keep those frames, and the cycle both."""
    error.__traceback__ = error.__cause__ = error.__context__ = None


def _blank(kind: type[SpeechError], message: str) -> SpeechError:
    return kind.__new__(kind, message)


def listed(names: Iterable[str]) -> str:
    """Names for an error message, in order: twenty of them, and how many more there are."""
    known = sorted(names)
    more = f" and {len(known) - 20} more" if len(known) > 20 else ""
    return ", ".join(known[:20]) + more
