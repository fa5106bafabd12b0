import asyncio
import logging

import pytest
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage

from gateway.servers.mistakes import AiohttpLog, PicowsLog
from tests.virtual_time import on_virtual_time

LOGGER = logging.getLogger("test.mistakes")


def levels(caplog):
    found = [record.levelname for record in caplog.records]
    caplog.clear()
    return found


def test_what_picows_calls_an_error_is_told_quietly_and_an_exception_is_not(caplog):
    caplog.set_level(logging.INFO)
    refused = []
    log = PicowsLog(LOGGER, lambda: refused.append("told"))
    log.error("parser: %s", "bad frame")
    assert (levels(caplog), refused) == (["INFO"], ["told"])
    exception = log.exception
    exception("from a callback")
    assert levels(caplog) == ["ERROR"]


@pytest.mark.parametrize("mistake", [BadHttpMessage("no"), web.RequestPayloadError("no")])
def test_a_request_that_does_not_parse_is_told_quietly_and_an_exception_is_not(caplog, mistake):
    caplog.set_level(logging.INFO)
    log = AiohttpLog(LOGGER)
    exception = log.exception
    exception("request from %s", "127.0.0.1", exc_info=mistake)
    assert levels(caplog) == ["INFO"]
    exception("unhandled", exc_info=ValueError("ours"))
    assert levels(caplog) == ["ERROR"]


class Deaf(asyncio.Transport):
    """A transport to nobody."""

    def write(self, data):
        pass

    writelines = write

    def close(self):
        pass

    def is_closing(self):
        return False


@on_virtual_time
async def test_a_request_that_ends_just_when_the_server_gives_it_up_is_no_fault(caplog):
    """On a busy loop aiohttp's own InvalidStateError was logged as an unhandled exception."""
    caplog.set_level(logging.INFO)

    async def handler(_):
        await asyncio.sleep(1)
        return web.Response()

    server = web.Server(handler, access_log=None, logger=AiohttpLog(LOGGER))
    request = server()
    request.connection_made(Deaf())
    request.data_received(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    await asyncio.sleep(0)
    await server.shutdown(1)
    assert levels(caplog) == ["INFO"]


def test_the_same_error_from_elsewhere_is_a_fault(caplog):
    exception = AiohttpLog(LOGGER).exception
    exception("unhandled", exc_info=asyncio.InvalidStateError("ours"))
    assert levels(caplog) == ["ERROR"]
