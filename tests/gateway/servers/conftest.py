import logging

import pytest


@pytest.fixture(autouse=True)
def nothing_is_logged_as_an_error(caplog):
    """What grpc, aiohttp and picows log at ERROR is an exception of ours that no one caught."""
    yield
    loud = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not loud, loud
