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
    records = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    loud = [record.getMessage() for record in records if not _is_grpcs_own(record)]
    assert not loud, loud


def _is_grpcs_own(record):
    """grpc.aio has one poller for all loops of a process: one that is woken for what another has read finds an empty socket, and what is
    meant for the loop of a test that is over finds it closed."""
    raised = record.exc_info[1] if record.exc_info else None
    known = isinstance(raised, BlockingIOError) or str(raised) == "Event loop is closed"
    return known and "PollerCompletionQueue._handle_events" in record.getMessage()
