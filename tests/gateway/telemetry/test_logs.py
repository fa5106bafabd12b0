import io
import json
import logging
import threading

import pytest

from gateway.telemetry import logs
from gateway.telemetry.logs import EventLogger, Logs, logger


class Terminal(io.StringIO):
    def isatty(self):
        return True


def written(level="info", style="auto", stream=None, play=lambda: None):
    stream = stream or io.StringIO()
    with Logs(level, style, stream):
        play()
    return stream.getvalue()


def test_our_lines_are_json_objects():
    text = written(play=lambda: logger("legato.test", stream_id="s1").info("utterance ended", ttfb_ms=1.5))
    line = json.loads(text)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "utterance ended",
        "level": "info",
        "logger": "legato.test",
        "stream_id": "s1",
        "ttfb_ms": 1.5,
    }


def test_lines_of_libraries_are_the_same():
    line = json.loads(written(play=lambda: logging.getLogger("aiohttp").warning("port %d", 80)))
    assert (line["event"], line["level"], line["logger"]) == ("port 80", "warning", "aiohttp")


def test_events_that_come_often_are_written_as_all_others():
    def play():
        EventLogger("legato.test").log(
            logging.INFO, "utterance ended", stream_id="sß", queued=False, ttfb_ms=1.5
        )
        logger("legato.test").info("utterance ended", stream_id="sß", queued=False, ttfb_ms=1.5)

    often, other = map(json.loads, written(play=play).splitlines())
    assert often.pop("timestamp")[:17] == other.pop("timestamp")[:17]
    assert often == other
    often, other = (
        {*line.split()[1:]} for line in written(style="text", stream=io.StringIO(), play=play).splitlines()
    )
    assert often == other


def test_events_are_left_out_below_the_level_and_told_to_other_handlers(caplog):
    often = EventLogger("legato.test")
    with Logs("warning", "json", io.StringIO()):
        assert not often.is_enabled_for(logging.INFO)
        assert often.is_enabled_for(logging.WARNING)
        logging.getLogger().addHandler(caplog.handler)
        often.log(logging.INFO, "no")
        often.log(logging.ERROR, "yes")
    assert [record.getMessage() for record in caplog.records] == ["yes"]
    assert "yes" in caplog.text


class Told(io.StringIO):
    """Says when something has come."""

    def __init__(self):
        super().__init__()
        self.came = threading.Event()

    def write(self, text):
        written = super().write(text)
        self.came.set()
        return written


class Counting(io.StringIO):
    writes = 0

    def write(self, text):
        self.writes += 1
        return super().write(text)


def test_lines_that_have_gathered_are_written_in_one():
    stream = Counting()

    def play():
        for number in range(100):
            EventLogger("legato.x").log(logging.INFO, "line", number=number, odd=object)

    lines = written(stream=stream, play=play).splitlines()
    assert [json.loads(line)["number"] for line in lines] == list(range(100))
    assert stream.writes < 10


def test_a_line_that_cannot_be_rendered_holds_up_none_of_those_before_it(capsys):
    def play():
        EventLogger("legato.x").log(logging.INFO, "one")
        logging.getLogger("legato.x").info("%d", "no number")

    for stop in (False, True):
        stream = Told()
        with Logs("info", "json", stream):
            play()
            if not stop:
                assert stream.came.wait(10)
        (line,) = stream.getvalue().splitlines()
        assert json.loads(line)["event"] == "one"
    assert capsys.readouterr().err


def test_less_severe_lines_are_left_out():
    def play():
        logger("legato.x").info("no")
        logging.getLogger("gateway.x").info("no")
        logger("legato.x").warning("yes")

    assert json.loads(written("warning", play=play))["event"] == "yes"


def test_the_level_can_be_changed_while_it_runs():
    stream, kept = io.StringIO(), logger("legato.kept")
    with Logs("info", "json", stream) as running:
        kept.debug("too early")
        running.set_level("debug")
        assert running.level == "debug"
        kept.debug("now")
        logging.getLogger("gateway.x").debug("now too")
        logging.getLogger("picows").info("never")
        running.set_level("error")
        kept.warning("too late")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["now", "now too"]


def test_a_level_that_there_is_not_is_refused_and_changes_nothing():
    with Logs("info", "json", io.StringIO()) as running:
        with pytest.raises(
            ValueError, match="unknown level 'loud'; expected one of debug, info, warning, error"
        ):
            running.set_level("loud")
        assert running.level == "info"


@pytest.fixture
def verbose_root():
    """The program that runs the gateway lets every library speak. Without it Python's own default would hide what the gateway forgets."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.NOTSET)
    yield
    root.setLevel(before)


@pytest.mark.usefixtures("verbose_root")
def test_libraries_do_not_tell_what_is_on_the_wire():
    def play():
        logging.getLogger("picows").debug("my secret diary")
        logging.getLogger("picows").info("my secret diary")
        logger("legato.x").debug("yes")

    assert json.loads(written("debug", play=play))["event"] == "yes"


@pytest.mark.usefixtures("verbose_root")
def test_libraries_keep_to_a_level_above_theirs():
    def play():
        logging.getLogger("picows").warning("no")
        logging.getLogger("picows").error("yes")

    assert json.loads(written("error", play=play))["event"] == "yes"


def test_on_a_terminal_lines_are_for_people():
    text = written(stream=Terminal(), play=lambda: logger("legato.x").info("ready", port=80))
    assert "ready" in text
    assert not text.startswith("{")


@pytest.mark.parametrize(("style", "is_json"), [("json", True), ("text", False)])
def test_a_style_that_is_asked_for_is_kept(style, is_json):
    for stream in (io.StringIO(), Terminal()):
        text = written(style=style, stream=stream, play=lambda: logger("legato.x").info("ready"))
        assert text.startswith("{") is is_json


def fail(error):
    try:
        raise error
    except type(error):
        logging.getLogger("x").exception("it broke")


@pytest.mark.parametrize("style", ["json", "text"])
def test_an_exception_is_told_by_kind_and_place_and_never_by_what_it_quotes(style):
    text = written(style=style, play=lambda: fail(ValueError("my secret diary")))
    assert "ValueError at test_logs.py:" in text
    assert "fail" in text
    assert "diary" not in text


def test_what_the_system_says_is_kept():
    text = written(play=lambda: fail(OSError(98, "Address already in use")))
    assert "OSError: Address already in use at" in json.loads(text)["exception"]


class Stuck(io.StringIO):
    def __init__(self):
        super().__init__()
        self.go = threading.Event()

    def write(self, text):
        self.go.wait(10)
        return super().write(text)


def test_a_reader_that_does_not_read_holds_nobody_up_and_loses_lines():
    stream = Stuck()
    with Logs("info", "json", stream, queued=5) as running:
        for number in range(50):
            logger("legato.x").info("line", number=number)
        lost = running.dropped
        stream.go.set()
    lines = stream.getvalue().splitlines()
    assert lost >= 40
    assert len(lines) + lost == 50
    assert json.loads(lines[0])["number"] == 0


class Full(io.StringIO):
    """A file on a disk that has no room once."""

    full = True

    def write(self, text):
        if self.full:
            self.full = False
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_lines_that_cannot_be_written_are_counted_and_later_ones_are_written(monkeypatch):
    monkeypatch.setattr(logs, "_MOST_LINES", 2)
    stream = Full()
    with Logs("info", "json", stream) as running:
        for number in range(5):
            logger("legato.x").info("line", number=number)
    written = [json.loads(line)["number"] for line in stream.getvalue().splitlines()]
    assert running.dropped in {1, 2}
    assert written == [*range(running.dropped, 5)]


def test_the_end_does_not_wait_for_a_reader_that_never_reads(monkeypatch):
    monkeypatch.setattr(logs, "STOP_S", 0.01)
    for queued in (1, 5):  # with room for the end of the queue, and without
        stream = Stuck()
        with Logs("info", "json", stream, queued=queued):
            logger("legato.x").info("one")
            logger("legato.x").info("two")
        stream.go.set()


def test_logging_is_left_as_it_was_found():
    root = logging.getLogger()
    before = root.level, logging.getLogger("legato").level, root.handlers[:]
    written()
    assert (root.level, logging.getLogger("legato").level, root.handlers) == before


def test_a_workers_lines_carry_its_number_the_libraries_as_well():
    stream = io.StringIO()
    with Logs("info", "json", stream, worker=3):
        logger("legato.x").info("ours")
        logging.getLogger("library").warning("theirs")
        logger("legato.x").info("of another", worker=1)
    assert [json.loads(line)["worker"] for line in stream.getvalue().splitlines()] == [3, 3, 1]
