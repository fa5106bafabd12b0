import asyncio
import logging

import grpc
import grpc.aio
import pytest

from gateway.rpc.inbox import Inbox
from gateway.rpc.messages import MessageError
from gateway.rpc.serving import serve


class Context:
    """What was written, and how it ended."""

    def __init__(self):
        self.written = []
        self.ended = None

    async def write(self, message):
        self.written.append(message)

    def code(self):
        return grpc.StatusCode.OK

    def details(self):
        return ""

    def finish(self, code, details):
        self.ended = self.ended or (code, details)


async def served(handler, *requests):
    inbox, context = Inbox(lambda size: None, None), Context()
    for request in requests:
        inbox.put(request)
    inbox.end()
    await serve("/a.B/C", handler, inbox, context)
    return context


async def echo(request, context):
    return request


async def echo_twice(request, context):
    yield request
    yield request


async def write_twice(request, context):
    await context.write(request)
    await context.write(request)


async def join(requests, context):
    return b"+".join([request async for request in requests])


async def echo_each(requests, context):
    async for request in requests:
        yield request


@pytest.mark.parametrize(
    ("handler", "written"),
    [
        (grpc.unary_unary_rpc_method_handler(echo), [b"one"]),
        (grpc.unary_unary_rpc_method_handler(lambda request, context: request), [b"one"]),
        (grpc.unary_stream_rpc_method_handler(echo_twice), [b"one", b"one"]),
        (grpc.unary_stream_rpc_method_handler(write_twice), [b"one", b"one"]),
        (grpc.unary_stream_rpc_method_handler(lambda request, context: iter((request,))), [b"one"]),
        (grpc.stream_unary_rpc_method_handler(join), [b"one+two"]),
        (grpc.stream_stream_rpc_method_handler(echo_each), [b"one", b"two"]),
    ],
)
async def test_the_four_kinds_of_handlers(handler, written):
    context = await served(handler, b"one", b"two")
    assert context.written == written
    assert context.ended == (grpc.StatusCode.OK, "")


def raising(error):
    async def handler(request, context):
        raise error

    return grpc.unary_unary_rpc_method_handler(handler)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (grpc.aio.AbortError("over"), grpc.StatusCode.UNKNOWN, "aborted without a status"),
        (MessageError(grpc.StatusCode.INTERNAL, "bad"), grpc.StatusCode.INTERNAL, "bad"),
    ],
)
async def test_an_error_with_a_name_is_the_calls_end(error, code, words, caplog):
    assert (await served(raising(error), b"one")).ended == (code, words)
    assert not caplog.records


async def test_an_error_without_one_is_told_once_and_ends_the_call(caplog):
    context = await served(raising(ValueError("oh")), b"one")
    assert context.ended == (grpc.StatusCode.UNKNOWN, "Unexpected <class 'ValueError'>: oh")
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "/a.B/C" in record.getMessage()
    assert record.exc_info[0] is ValueError


async def test_a_call_without_its_request_is_told_so():
    assert (await served(raising(ValueError()))).ended == (
        grpc.StatusCode.INTERNAL,
        "the call has no request",
    )


async def test_a_cancellation_goes_on_up_and_ends_the_call():
    """Also one that nobody asked for, as of a task that the handler waited for: the client would wait for ever."""
    inbox, context = Inbox(lambda size: None, None), Context()
    inbox.put(b"one")
    with pytest.raises(asyncio.CancelledError):
        await serve("/a.B/C", raising(asyncio.CancelledError()), inbox, context)
    assert context.ended == (grpc.StatusCode.CANCELLED, "the call was cancelled")
