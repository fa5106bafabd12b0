import asyncio
import logging

import pytest
import uvloop


def pytest_asyncio_loop_factories(config, item):
    """Run the tests on both loops, which differ in how they write, pause and hand a connection from one protocol to the next."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(autouse=True)
def nothing_is_logged_as_an_error(caplog):
    """Check that nothing is logged at ERROR: there grpc, aiohttp and picows log exceptions of ours that nobody caught."""
    yield
    records = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    loud = [record.getMessage() for record in records if not _is_grpcs_own(record)]
    assert not loud, loud


def _is_grpcs_own(record):
    """Whether a record comes from grpc.aio's one poller for all loops of a process: a loop that is woken for what another has read finds
    an empty socket, and a wake-up for the loop of a test that is over finds that loop closed."""
    raised = record.exc_info[1] if record.exc_info else None
    known = isinstance(raised, BlockingIOError) or str(raised) == "Event loop is closed"
    return known and "PollerCompletionQueue._handle_events" in record.getMessage()
