import asyncio

import pytest
import uvloop

from tests.gateway.upstream.vendor import Vendor


def pytest_asyncio_loop_factories(config, item):
    """Run the tests on both loops, which differ in how they connect, pause and close."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def vendor():
    async with Vendor() as server:
        yield server
