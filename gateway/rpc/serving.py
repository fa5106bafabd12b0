"""Runs a handler of any of gRPC's four kinds on one call, and turns its end into a status."""

import asyncio
import logging
from collections.abc import AsyncIterable, Iterable
from inspect import isawaitable
from typing import Any

import grpc
import grpc.aio

from gateway.rpc.context import Context
from gateway.rpc.inbox import Inbox
from gateway.rpc.messages import MessageError

_log = logging.getLogger(__name__)


async def serve(method: str, handler: Any, inbox: Inbox, context: Context) -> None:  # noqa: ANN401 grpc's handlers have no common type
    """Run a handler on a call, then end the call.

    Args:
        method: its full name, for the log.
        handler: a `grpc.RpcMethodHandler` of coroutine functions or asynchronous generators.
        inbox: the requests of the call.
        context: the context of the call.
    """
    try:
        await _answer(handler, inbox, context)
        context.finish(context.code(), context.details())
    except grpc.aio.AbortError:
        context.finish(grpc.StatusCode.UNKNOWN, "aborted without a status")
    except MessageError as error:
        context.finish(error.code, error.words)
    except asyncio.CancelledError:
        context.finish(grpc.StatusCode.CANCELLED, "the call was cancelled")
        raise
    except Exception as error:  # noqa: BLE001 whatever a handler raises ends its call and no other
        failed(method, context, error)


def failed(method: str, context: Context, error: Exception) -> None:
    """End a call with an exception that its handler or listener has raised."""
    name = type(error).__name__
    _log.error("Unexpected [%s] raised by servicer method [%s]", name, method, exc_info=error)
    context.finish(grpc.StatusCode.UNKNOWN, f"Unexpected {type(error)}: {error}")


async def _answer(handler: Any, inbox: Inbox, context: Context) -> None:  # noqa: ANN401 as above
    behaviour = next(
        found
        for found in (handler.unary_unary, handler.unary_stream, handler.stream_unary, handler.stream_stream)
        if found is not None
    )
    requests = inbox if handler.request_streaming else await _only(inbox)
    answered = behaviour(requests, context)
    if isawaitable(answered):
        answered = await answered
    if not handler.response_streaming:
        await context.write(answered)
    elif isinstance(answered, AsyncIterable):
        async for message in answered:
            await context.write(message)
    elif isinstance(answered, Iterable):
        for message in answered:
            await context.write(message)


async def _only(inbox: Inbox) -> Any:  # noqa: ANN401 what the deserializer makes
    try:
        return await anext(inbox)
    except StopAsyncIteration:
        raise MessageError(grpc.StatusCode.INTERNAL, "the call has no request") from None
