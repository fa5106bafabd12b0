import asyncio
import logging

import pytest
import uvloop


def pytest_asyncio_loop_factories(config, item):
    """Both loops: they differ in how they write, pause and hand a connection from one protocol to the next."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(autouse=True)
def nothing_is_logged_as_an_error(caplog):
    """What grpc, aiohttp and picows log at ERROR is an exception of ours that no one caught."""
    yield
    loud = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not loud, loud
