import asyncio

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo

from gateway.servers.grpc_errors import CODES, end_with, status
from legato.domain.errors import PROPERTIES, Reason, SpeechError


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_status(reason):
    told = status(SpeechError(reason, "expected else"))
    assert CODES[reason].name == PROPERTIES[reason].grpc_code
    assert told.code == CODES[reason].value[0]
    assert told.message == "expected else"
    info = ErrorInfo()
    assert told.details[0].Unpack(info)
    assert (info.reason, info.domain) == (reason.value.upper(), "legato")
    assert info.metadata["whose"] == PROPERTIES[reason].whose.value


def test_details_tell_the_utterance_and_when_to_come_back():
    told = status(SpeechError(Reason.OVERLOADED, "full", retry_after_s=2.5, utterance_id="a"))
    info, retry = ErrorInfo(), RetryInfo()
    assert told.details[0].Unpack(info)
    assert told.details[1].Unpack(retry)
    assert info.metadata["utterance_id"] == "a"
    assert info.metadata["retryable"] == "true"
    assert (retry.retry_delay.seconds, retry.retry_delay.nanos) == (2, 500_000_000)


class Context:
    def __init__(self, answer):
        self.answer = answer

    async def abort(self, code, message, trailing_metadata):
        self.told = (code, message, trailing_metadata[0][0])
        raise self.answer


async def test_a_call_ends_with_the_error():
    context = Context(grpc.aio.AbortError("over"))
    with pytest.raises(grpc.aio.AbortError):
        await end_with(context, SpeechError(Reason.OVERLOADED, "full"))
    assert context.told == (grpc.StatusCode.UNAVAILABLE, "full", "grpc-status-details-bin")


async def test_a_client_that_went_meanwhile_is_a_cancelled_call():
    with pytest.raises(asyncio.CancelledError):
        await end_with(Context(grpc.aio.UsageError("over")), SpeechError(Reason.OVERLOADED, "full"))
