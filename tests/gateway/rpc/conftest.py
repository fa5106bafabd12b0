import asyncio

import uvloop


def pytest_asyncio_loop_factories(config, item):
    """Both loops: they differ in how they reset, pause and hand a connection from one protocol to the next."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
