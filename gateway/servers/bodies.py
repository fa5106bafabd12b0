"""The body of a request: how long it may take to come, and which error is raised if it cannot be read.

A client that sends it byte by byte would otherwise hold a connection for ever, and its mistakes would look like faults of the gateway.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from legato.domain.errors import Reason, SpeechError


@asynccontextmanager
async def in_time(body_s: float) -> AsyncIterator[None]:
    """Require the body that is read within this context to come within this many seconds.

    Raises:
        SpeechError: `idle_timeout`; `bad_frame` for a body not encoded as its head says; `cancelled` if the client has gone.
    """
    try:
        async with asyncio.timeout(body_s):
            yield
    except TimeoutError:
        raise SpeechError(
            Reason.IDLE_TIMEOUT, f"expected the whole body within {body_s:g} s of its headers"
        ) from None
    except web.RequestPayloadError:
        raise SpeechError(
            Reason.BAD_FRAME, "the body does not match its Content-Encoding: expected none, gzip or deflate"
        ) from None
    except ConnectionError:
        raise SpeechError(Reason.CANCELLED, "the client disconnected before its body was complete") from None
