import logging

import pytest
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage

from gateway.servers.mistakes import AiohttpLog, PicowsLog

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
