import gc
import io
import json
import sys
import threading
import warnings

import pytest

from gateway.telemetry.logs import Logs

SECRET = "ombrophobe"


class Falls:
    """Raises where nobody can take it."""

    def __del__(self):
        raise ValueError(f"cannot say {SECRET}")


def fall():
    Falls()
    gc.collect()


def end_a_thread():
    def work():
        raise ValueError(f"cannot say {SECRET}")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def written(play, capsys):
    stream = io.StringIO()
    with Logs("info", "json", stream):
        play()
    said = capsys.readouterr()
    assert said.err == said.out == ""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("play", "event"),
    [(fall, "unraisable exception"), (end_a_thread, "exception that ended a thread")],
)
def test_what_nobody_takes_is_a_line_without_its_words(play, event, capsys):
    (line,) = written(play, capsys)
    assert (line["event"], line["level"], line["logger"]) == (event, "error", "legato.process")
    assert line["exception"].startswith("ValueError at ")
    assert "test_strays.py:" in line["exception"]
    assert SECRET not in str(line)


def test_a_thread_that_just_ends_is_nothing(capsys):
    def leave():
        thread = threading.Thread(target=sys.exit)
        thread.start()
        thread.join()

    assert written(leave, capsys) == []


def test_pythons_warnings_are_lines(capsys):
    def warn():
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("this is old", DeprecationWarning, stacklevel=1)

    (line,) = written(warn, capsys)
    assert (line["level"], line["logger"]) == ("warning", "py.warnings")
    assert "DeprecationWarning: this is old" in line["event"]


def test_behind_it_all_is_as_before():
    before = sys.unraisablehook, threading.excepthook, warnings.showwarning
    with Logs("info", "json", io.StringIO()):
        assert sys.unraisablehook is not before[0]
    assert (sys.unraisablehook, threading.excepthook, warnings.showwarning) == before
