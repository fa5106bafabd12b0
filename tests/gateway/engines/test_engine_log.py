import io
import logging

import pytest

from gateway.engines.engine_log import Discreet, write_to

SAID = "what somebody wants to hear"


@pytest.fixture
def written():
    """What this process logs, while the test lasts."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    stream = io.StringIO()
    write_to(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def speak(text):
    raise ValueError(f"cannot say {text!r}")


def test_of_an_exception_the_kind_and_the_places_are_told_and_not_what_it_quotes(written):
    try:
        speak(SAID)
    except ValueError:
        logging.getLogger("engine").exception("the voice %s failed", "parrot")
    (line,) = written.getvalue().splitlines()
    assert line.startswith("ERROR engine the voice parrot failed (ValueError at test_engine_log.py:")
    assert line.endswith(" speak)")
    assert SAID not in line


def test_what_the_loop_says_of_a_callback_is_not_repeated(written):
    error = ValueError(SAID)
    logging.getLogger("asyncio").error("Exception in callback say(%r)", SAID, exc_info=error)
    assert written.getvalue() == "ERROR asyncio exception on the loop (ValueError at no place)\n"


def test_less_than_a_warning_is_left_out(written):
    logging.getLogger("engine").info("all is well")
    logging.getLogger("engine").warning("it is late")
    assert written.getvalue() == "WARNING engine it is late\n"


def test_a_record_may_say_that_there_was_no_exception():
    record = logging.makeLogRecord(
        {"levelname": "ERROR", "name": "engine", "msg": "odd", "exc_info": (None,) * 3}
    )
    assert Discreet().format(record) == "ERROR engine odd"
