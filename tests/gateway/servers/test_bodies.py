import asyncio

import pytest
from aiohttp import web

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


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (web.RequestPayloadError("no gzip"), Reason.BAD_FRAME),
        (ConnectionResetError("gone"), Reason.CANCELLED),
    ],
)
async def test_a_body_that_cannot_be_read_is_no_fault_of_the_gateway(fault, reason):
    with pytest.raises(SpeechError, match="body") as caught:
        async with in_time(60):
            raise fault
    assert caught.value.reason is reason
