from dataclasses import replace

import pytest
import structlog
from structlog.testing import CapturingLogger

from gateway.telemetry.correlation import Context
from gateway.telemetry.log_lines import LogLines
from legato.domain.errors import Reason
from legato.domain.facts import AttemptEnded, AttemptMade, BreakerMoved, MessageRefused

HERE = Context(face="native", principal="shop", trace_id="abc")


@pytest.fixture
def captured():
    return CapturingLogger()


@pytest.fixture
def write(captured):
    logger = structlog.wrap_logger(
        captured, processors=[], wrapper_class=structlog.make_filtering_bound_logger(0)
    )

    def write(fact):
        captured.calls.clear()
        LogLines(logger).take(fact, HERE)
        (call,) = captured.calls
        return call.method_name, call.kwargs

    return write


def test_an_utterance_is_one_line_with_its_ids_and_its_times(write, said):
    level, line = write(said.ended)
    assert level == "info"
    assert line == {
        "event": "utterance ended",
        "stream_id": "s1",
        "utterance_id": "u1",
        "trace_id": "abc",
        "face": "native",
        "principal": "shop",
        "voice": "joe",
        "outcome": "finished",
        "reason": "",
        "route": "joe/",
        "ttfb_ms": 120.0,
        "ttfb_speakable_ms": 70.0,
        "queued": False,
        "chars": 20,
        "audio_ms": 2000,
        "attempts": 1,
    }


def test_an_utterance_without_audio_says_so(write, said):
    level, line = write(said.failed)
    assert (level, line["reason"], line["ttfb_ms"], line["audio_ms"]) == ("warning", "vendor_lost", None, 0)


def test_levels_follow_what_happened(write, said):
    levels = {
        fact: write(fact)[0]
        for fact in (said.opened, said.closed, said.begun, said.first, said.bug, said.refused)
    }
    assert list(levels.values()) == ["info", "info", "debug", "debug", "error", "debug"]
    assert write(AttemptMade("s1", "u1", "joe/", False, 0.1, "vendor_lost"))[0] == "warning"
    assert write(said.attempt)[0] == "debug"
    assert write(AttemptEnded("s1", "u1", "joe/", "vendor_lost", 3, 0.1, 0.2))[0] == "warning"
    assert write(AttemptEnded("s1", "u1", "joe/", "let_go", 3, 0.1, 0.2))[0] == "debug"
    assert write(MessageRefused("s1", Reason.INTERNAL))[0] == "warning"
    assert write(MessageRefused("", Reason.OVERLOADED, "grpc"))[0] == "warning", "nobody else would say so"


def test_why_something_failed_is_told_and_empty_where_nothing_did(write):
    why = "OpenAI answered 401 (invalid_api_key)"
    for fact in (
        AttemptMade("s1", "u1", "joe/", False, 0.1, "vendor_rejected", why=why),
        AttemptEnded("s1", "u1", "joe/", "vendor_rejected", 3, 0.1, 0.2, why),
        BreakerMoved("joe/", "shut", why),
    ):
        assert write(fact)[1]["why"] == why
    assert write(BreakerMoved("joe/", "admitting"))[1]["why"] == ""


def test_values_are_plain(write, said):
    assert write(said.refused)[1]["reason"] == "bad_frame"
    assert write(said.served)[1]["took_ms"] == 3.0
    traced = replace(said.opened, traceparent=said.traceparent, tracestate="a=1")
    assert not {"traceparent", "tracestate"} & {*write(traced)[1]}


def test_without_a_trace_there_is_no_trace_id(captured, said):
    logger = structlog.wrap_logger(
        captured, processors=[], wrapper_class=structlog.make_filtering_bound_logger(0)
    )
    LogLines(logger).take(said.closed, Context())
    assert "trace_id" not in captured.calls[0].kwargs


def test_of_many_turned_away_one_a_minute_is_a_warning_which_counts_the_others(captured):
    """A full gateway wrote 45 such lines a second."""
    logger = structlog.wrap_logger(
        captured, processors=[], wrapper_class=structlog.make_filtering_bound_logger(0)
    )
    now = [0.0]
    lines = LogLines(logger, lambda: now[0])
    full = MessageRefused("", Reason.OVERLOADED, "native")
    for now[0] in (0.0, 1.0, 59.9, 60.0, 61.0, 180.0):
        lines.take(full, HERE)
    told = [(call.method_name, call.kwargs.get("more")) for call in captured.calls]
    first, others, second = ("warning", None), ("debug", None), ("warning", 2)
    assert told == [first, others, others, second, others, ("warning", 1)]
    captured.calls.clear()
    for fact in (
        replace(full, face="deepgram"),
        replace(full, reason=Reason.INTERNAL),
        *[replace(full, stream_id="s")] * 2,
    ):
        lines.take(fact, HERE)
    assert [call.method_name for call in captured.calls] == ["warning"] * 4
