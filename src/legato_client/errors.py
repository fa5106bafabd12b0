"""What can go wrong, as a program that uses this client sees it.

SpeechError              the gateway said so: `.reason`, `.message`, `.retry_after_s`
  UtteranceError         one utterance failed: also `.unspoken` and `.receipt`
ConnectionError          of the standard library
  ConnectionLostError    the gateway cannot be reached, or went away: `.may_retry`
"""

import json
import os
import re
import ssl
from collections.abc import Mapping
from http.client import BadStatusLine, RemoteDisconnected

from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt

_TITLE = re.compile(r"<title>([^<]{1,200})</title>", re.IGNORECASE)
_ERRNO = re.compile(r"\[Errno (\d+)\]")


class UtteranceError(SpeechError):
    """An utterance ended with an error; the stream goes on.

    Args:
        error: what the gateway said.
        unspoken: the text that was not said.
        receipt: where its time went.
    """

    def __init__(self, error: SpeechError, unspoken: str, receipt: Receipt) -> None:
        super().__init__(
            error.reason,
            error.message,
            retry_after_s=error.retry_after_s,
            utterance_id=error.utterance_id,
        )
        self.unspoken = unspoken
        self.receipt = receipt


class ConnectionLostError(ConnectionError):
    """The gateway cannot be reached, or the connection to it broke.

    Args:
        message: what was seen on the wire.
        may_retry: another attempt may succeed.
    """

    def __init__(self, message: str, *, may_retry: bool = True) -> None:
        super().__init__(message)
        self.may_retry = may_retry


Trouble = SpeechError | ConnectionLostError
"""Every exception that this library raises because of the gateway or the way to it."""


NO_TLS = "what answers there does not speak TLS: grpc://, ws:// and http:// are without it"
NO_HTTP = (
    "what answers there does not speak HTTP: a gateway has a port of its own for gRPC, grpc://, "
    "and one with TLS needs wss:// or https://"
)
NO_GRPC = (
    "what answers there does not speak gRPC: a gateway has a port of its own for WebSocket and HTTP, ws://"
)
HUNG_UP = (
    "what answers there closes the connection at once; a port with TLS needs grpcs://, wss:// or https://"
)


def cause(error: BaseException) -> str:
    """What went wrong on a socket: the system's own message, without the address and number that libraries put around it."""
    if isinstance(error, ssl.SSLError):
        return NO_TLS if "WRONG_VERSION_NUMBER" in str(error) else str(error)
    if isinstance(error, RemoteDisconnected):
        return HUNG_UP
    if isinstance(error, OSError):
        number = error.errno or _number(str(error))
        if number > 0:
            return os.strerror(number).lower()
        return (error.strerror or str(error)).lower()
    if isinstance(error, BadStatusLine):
        return NO_HTTP
    return str(error)


def is_lasting(error: BaseException) -> bool:
    """Return whether the next attempt will meet the same: what answers speaks something else, or shows a certificate that is not trusted."""
    wrong_scheme = isinstance(error, ssl.SSLError) and "WRONG_VERSION_NUMBER" in str(error)
    return wrong_scheme or isinstance(error, ssl.SSLCertVerificationError)


def _number(said: str) -> int:
    """The number of the first of several errors in one message, as asyncio writes it after trying each address of a host."""
    found = _ERRNO.search(said)
    return int(found[1]) if found else 0


def may_retry(error: Trouble) -> bool:
    """Whether a new connection may help."""
    return error.may_retry if isinstance(error, ConnectionLostError) else error.properties.may_retry


def retry_after_s(error: Trouble) -> float:
    """Seconds for which the gateway asked to be left alone."""
    return 0.0 if isinstance(error, ConnectionLostError) else error.retry_after_s or 0.0


def reason_named(name: str) -> Reason | None:
    """The reason with that name, if there is one."""
    return Reason(name) if name in Reason.__members__.values() else None


_MEANINGS: Mapping[object, Reason] = {
    "UNAUTHENTICATED": Reason.UNAUTHENTICATED,
    "PERMISSION_DENIED": Reason.FORBIDDEN,
    "RESOURCE_EXHAUSTED": Reason.QUOTA_EXCEEDED,
    401: Reason.UNAUTHENTICATED,
    403: Reason.FORBIDDEN,
    429: Reason.QUOTA_EXCEEDED,
}
_PASSING = frozenset({"UNAVAILABLE", "INTERNAL", "UNKNOWN", "ABORTED", "CANCELLED", "DEADLINE_EXCEEDED", 408})


def refused_by_http(status: int, body: bytes | bytearray) -> Trouble:
    """What an HTTP refusal means: the gateway's own error in its body, `{"error": {"reason", "message", …}}`, or its status."""
    try:
        told = json.loads(body)["error"]
        reason = reason_named(told["reason"])
        if reason is not None:
            return SpeechError(reason, told["message"], retry_after_s=told.get("retryAfterS"))
    except (ValueError, LookupError, TypeError):
        pass  # not the gateway's error: perhaps from something in front of it
    said = _brief(body.decode(errors="replace")).removeprefix(f"{status} ")
    return refused_with(status, said or "no body")


def _brief(body: str) -> str:
    """A body on one line; a proxy's page as its title."""
    found = _TITLE.search(body)
    return " ".join((found[1] if found else body[:200]).split())


def refused_with(status: str | int, message: str) -> Trouble:
    """What a bare status means, where the gateway gave no reason of its own.

    Args:
        status: name of a gRPC status code, or an HTTP status.
        message: what came with it.
    """
    if status in _MEANINGS:
        return SpeechError(_MEANINGS[status], message)
    passing = status in _PASSING or (isinstance(status, int) and status >= 500)
    return ConnectionLostError(f"{status}: {message}", may_retry=passing)
