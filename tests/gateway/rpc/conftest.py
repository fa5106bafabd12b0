import asyncio

import uvloop


def pytest_asyncio_loop_factories(config, item):
    """Run the tests on both loops, which differ in how they reset, pause and hand a connection from one protocol to the next."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
