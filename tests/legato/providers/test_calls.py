"""Runs spoken as gRPC calls."""

from legato.domain.errors import Reason
from legato.domain.events import Audio, Finished, Joined, Lost, Marker
from legato.domain.protobuf_wire import NoMessageError
from legato.domain.text import Reading
from legato.domain.vendors import CallEnded
from legato.providers.calls import Calls, sounded


def begun():
    calls = Calls("v", sounded)
    calls.begin(1)
    return calls, calls.of_run(1)


def test_a_call_gives_its_markers_with_its_end():
    calls, call = begun()
    calls.said(call, 0, Reading("a"))
    call.ended = True
    assert calls.hear(b"\1\2\3") == [(1, Audio(b"\1\2"))]
    assert calls.hear(b"\4") == [(1, Audio(b"\3\4"))]
    assert calls.hear(b"") == []
    assert calls.hear(CallEnded("OK")) == [(1, Marker(0)), (1, Finished())]
    assert (calls.open_runs, calls.hear(b"ab")) == (0, ())


def test_an_end_before_the_text_had_ended_is_a_loss():
    calls, _ = begun()
    ((run, event),) = calls.hear(CallEnded("OK"))
    assert run == 1
    assert isinstance(event, Lost)


def test_a_cancelled_call_is_over():
    calls, _ = begun()
    calls.cancel(2)
    assert calls.of_run(1)
    calls.cancel(1)
    assert (calls.of_run(1), calls.open_runs) == (None, 0)
    assert calls.hear(b"ab") == ()
    assert calls.hear(CallEnded("CANCELLED")) == ()
    calls.begin(2)
    assert calls.hear(b"ab") == [(2, Audio(b"ab"))]


def test_a_failed_call_counts_until_it_has_ended():
    def no_message(call, data):
        raise NoMessageError

    calls = Calls("v", no_message)
    calls.begin(1)
    ((run, failed),) = calls.hear(b"x")
    assert (run, failed.reason) == (1, Reason.VENDOR_REJECTED)
    assert (calls.open_runs, calls.hear(b"x")) == (1, ())
    assert calls.hear(CallEnded("OK")) == ()
    assert calls.open_runs == 0


def test_a_bad_end_is_a_reason():
    calls, _ = begun()
    ((_, failed),) = calls.hear(CallEnded("UNAVAILABLE"))
    assert failed.reason is Reason.VENDOR_UNREACHABLE


def test_segments_of_a_call_are_joined_as_they_are_said():
    calls, call = begun()
    calls.said(call, 0, Reading("a"))
    assert calls.hear(b"ab") == [(1, Audio(b"ab"))]
    calls.said(call, 1, Reading("b"))
    calls.said(call, 2, Reading("c"))
    assert calls.hear(b"ab") == [(1, Joined(1)), (1, Joined(2)), (1, Audio(b"ab"))]
    assert calls.hear(b"ab") == [(1, Audio(b"ab"))]
