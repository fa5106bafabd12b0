import asyncio

import pytest

from gateway.servers.bodies import in_time
from legato.domain.errors import Reason, SpeechError


async def test_what_never_comes_is_a_named_error():
    with pytest.raises(SpeechError, match="within 0 s") as caught:
        async with in_time(0):
            await asyncio.Event().wait()
    assert caught.value.reason is Reason.IDLE_TIMEOUT


async def test_what_comes_in_time_is_let_through_and_so_are_other_errors():
    async with in_time(60):
        await asyncio.sleep(0)
    with pytest.raises(ValueError, match="of its own"):
        async with in_time(60):
            raise ValueError("of its own")
