"""Runs spoken as gRPC calls."""

from dataclasses import replace

import pytest

from legato.domain.delivery import Delivery
from legato.domain.errors import Reason
from legato.domain.events import Audio, Finished, Joined, Lost, Marker
from legato.domain.protobuf_wire import NoMessageError
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import CallEnded, HalfClose, ResponseHead
from legato.ports import LineRequest
from legato.providers.calls import Calls, sounded

RATE = 8_000
REQUEST = LineRequest(Route("v", "voice"), "en", UtteranceOptions(), Principal(), "s", "u", 0.0)


class Plain:
    """A method whose messages are samples; it keeps what it is told to, and `nonsense` is no message."""

    def __init__(self, *, keeps=False):
        self.keeps, self.kept = keeps, []

    def begin(self, request):
        self.kept = []
        return (b"open " + request.language.encode(),)

    def inputs(self, reading):
        if self.keeps:
            self.kept.append(reading.text)
            return ()
        return (reading.text.encode(),)

    def rest(self):
        return tuple(text.encode() for text in self.kept)

    def blank(self):
        return (b" ",)

    def read(self, call, message):
        if message == b"nonsense":
            raise NoMessageError
        return sounded(call, message)


@pytest.fixture
def calls():
    made = Calls("v", Plain(), RATE)
    made.begin(1, REQUEST, 0.0)
    return made


def hear(calls, frame):
    return list(calls.hear(frame, 0.0))


def test_a_run_is_a_call_that_its_text_ends():
    calls = Calls("v", Plain(), RATE)
    assert list(calls.greet(0.0)) == []
    assert list(calls.begin(1, REQUEST, 0.0)) == [b"open en"]
    assert list(calls.say(1, 0, Reading("a"), 0.0)) == [b"a"]
    assert list(calls.end_input(1, 0.0)) == [HalfClose()]
    assert list(calls.say(1, 1, Reading("b"), 0.0)) == list(calls.end_input(1, 0.0)) == []
    assert calls.open_runs == 1


def test_what_was_kept_is_sent_when_the_text_is_complete():
    calls = Calls("v", Plain(keeps=True), RATE)
    calls.begin(1, REQUEST, 0.0)
    assert list(calls.say(1, 0, Reading("a"), 0.0)) == []
    assert list(calls.end_input(1, 0.0)) == [b"a", HalfClose()]


def test_only_a_call_that_waits_for_text_is_kept_open(calls):
    assert list(calls.keep_alive(0.0)) == [b" "]
    calls.end_input(1, 0.0)
    assert list(calls.keep_alive(0.0)) == []
    calls.begin(2, REQUEST, 0.0)
    calls.cancel(2, 0.0)
    assert list(calls.keep_alive(0.0)) == []


def test_a_call_gives_its_markers_with_its_end(calls):
    calls.say(1, 0, Reading("a"), 0.0)
    calls.end_input(1, 0.0)
    assert hear(calls, b"\1\2\3") == [(1, Audio(b"\1\2"))]
    assert hear(calls, b"\4") == [(1, Audio(b"\3\4"))]
    assert hear(calls, b"") == []
    assert hear(calls, CallEnded("OK")) == [(1, Marker(0)), (1, Finished())]
    assert (calls.open_runs, hear(calls, b"ab")) == (0, [])


@pytest.mark.parametrize(("speed", "whole"), [(None, False), (0.5, False), (4.0, True)])
def test_r4_a_call_that_spoke_only_its_first_input_has_failed(speed, whole):
    """A service that takes one request a call ends it well: the words of the others were lost in silence."""
    calls = Calls("v", Plain(), RATE)
    calls.begin(1, replace(REQUEST, options=UtteranceOptions(speed=speed)), 0.0)
    calls.say(1, 0, Reading("One short clause,"), 0.0)
    calls.say(1, 1, Reading("and a much longer one that nobody has heard, which goes on and on"), 0.0)
    calls.end_input(1, 0.0)
    calls.hear(bytes(2 * RATE), 0.0)
    told = hear(calls, CallEnded("OK"))
    assert (told[-1] == (1, Finished())) is whole
    assert whole or told[-1][1].reason is Reason.VENDOR_EMPTY
    assert calls.open_runs == 0


def test_r4_a_text_that_asks_to_be_spoken_fast_takes_less(calls):
    text = "a clause of the text that takes about a second if it is spoken fast"
    calls.say(1, 0, Reading(text, delivery=Delivery(2.0)), 0.0)
    calls.end_input(1, 0.0)
    calls.hear(bytes(2 * RATE), 0.0)
    assert hear(calls, CallEnded("OK"))[-1] == (1, Finished())


def test_an_end_before_the_text_had_ended_is_a_loss(calls):
    ((run, event),) = hear(calls, CallEnded("OK"))
    assert run == 1
    assert isinstance(event, Lost)


def test_a_cancelled_call_is_over(calls):
    assert list(calls.cancel(2, 0.0)) == []
    assert calls.open_runs == 1, "another's"
    assert list(calls.cancel(1, 0.0)) == []
    assert calls.open_runs == 0
    assert list(calls.say(1, 0, Reading("a"), 0.0)) == []
    assert hear(calls, b"ab") == hear(calls, CallEnded("CANCELLED")) == []
    calls.begin(2, REQUEST, 0.0)
    assert list(calls.say(1, 1, Reading("a"), 0.0)) == list(calls.end_input(1, 0.0)) == []
    assert hear(calls, b"ab") == [(2, Audio(b"ab"))]


def test_a_failed_call_counts_until_it_has_ended(calls):
    ((run, failed),) = hear(calls, b"nonsense")
    assert (run, failed.reason) == (1, Reason.VENDOR_REJECTED)
    assert (calls.open_runs, hear(calls, b"ab")) == (1, [])
    assert list(calls.say(1, 0, Reading("a"), 0.0)) == []
    assert hear(calls, CallEnded("OK")) == []
    assert calls.open_runs == 0


def test_a_bad_end_is_a_reason(calls):
    ((_, failed),) = hear(calls, CallEnded("UNAVAILABLE"))
    assert failed.reason is Reason.VENDOR_UNREACHABLE


def test_who_does_not_speak_grpc_refuses_as_over_http(calls):
    assert calls.refused(ResponseHead(503, {}), b"").reason is Reason.VENDOR_UNREACHABLE
    body = b'{"error": {"status": "RESOURCE_EXHAUSTED"}}'
    assert calls.refused(ResponseHead(400, {}), body).reason is Reason.VENDOR_QUOTA
    assert isinstance(calls.broke(1006, ""), Lost)


def test_segments_of_a_call_are_joined_as_they_are_said(calls):
    calls.say(1, 0, Reading("a"), 0.0)
    assert hear(calls, b"ab") == [(1, Audio(b"ab"))]
    calls.say(1, 1, Reading("b"), 0.0)
    calls.say(1, 2, Reading("c"), 0.0)
    assert hear(calls, b"ab") == [(1, Joined(1)), (1, Joined(2)), (1, Audio(b"ab"))]
    assert hear(calls, b"ab") == [(1, Audio(b"ab"))]
