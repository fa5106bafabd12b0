"""How long the body of a request may take: who sends it byte by byte would otherwise hold a connection for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from legato.domain.errors import Reason, SpeechError


@asynccontextmanager
async def in_time(body_s: float) -> AsyncIterator[None]:
    """What is read within this context must come within so many seconds.

    Raises:
        SpeechError: `idle_timeout`.
    """
    try:
        async with asyncio.timeout(body_s):
            yield
    except TimeoutError:
        raise SpeechError(
            Reason.IDLE_TIMEOUT, f"expected the whole body within {body_s:g} s of its head"
        ) from None
