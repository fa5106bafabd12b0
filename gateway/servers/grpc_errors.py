"""Errors on gRPC: a status code, with the reason again in the rich details."""

import asyncio
from collections.abc import Iterable
from typing import NoReturn

import grpc
import grpc.aio
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo  # type: ignore[import-untyped]  # ships no types
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types

from gateway.rpc.context import Context
from legato.domain.errors import PROPERTIES, Reason, SpeechError

DOMAIN = "legato"
_DETAILS = "grpc-status-details-bin"

CODES: dict[Reason, grpc.StatusCode] = {
    reason: grpc.StatusCode[row.grpc_code] for reason, row in PROPERTIES.items()
}
"""The status code that a call ends with, by reason."""


def status(error: SpeechError) -> Status:
    """Return the error as `google.rpc.Status`, with `ErrorInfo`, and with `RetryInfo` if it is known when to try again."""
    code: int = CODES[error.reason].value[0]
    told = Status(code=code, message=error.message)
    info = ErrorInfo(reason=error.reason.value.upper(), domain=DOMAIN)
    info.metadata["whose"] = error.properties.whose.value
    info.metadata["retryable"] = str(error.properties.may_retry).lower()
    if error.utterance_id:
        info.metadata["utterance_id"] = error.utterance_id
    told.details.add().Pack(info)
    if error.retry_after_s is not None:
        delay = Duration()
        delay.FromNanoseconds(int(error.retry_after_s * 1e9))
        told.details.add().Pack(RetryInfo(retry_delay=delay))
    return told


async def end_with(context: Context, error: SpeechError) -> NoReturn:
    """End the call with the error; does not return."""
    await abort(context, CODES[error.reason], error.message, ((_DETAILS, status(error).SerializeToString()),))


async def abort(
    context: Context, code: grpc.StatusCode, words: str, trailing: Iterable[tuple[str, bytes]] = ()
) -> NoReturn:
    """End the call with a status; does not return, even if the client has gone while the call was being ended."""
    try:
        await context.abort(code, words, trailing)
    except grpc.aio.AbortError:
        raise
    except grpc.aio.BaseError:
        raise asyncio.CancelledError from None
