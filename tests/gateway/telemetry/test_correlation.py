from dataclasses import replace

import pytest

from gateway.telemetry.correlation import Correlation, remote, trace_of
from legato.domain.errors import Reason
from legato.domain.facts import BreakerMoved, BugFound, LineDialled, LineLost, RunTimedOut
from legato.domain.traces import NO_TRACE, Trace, read_trace


def play(correlation, *facts):
    for fact in facts:
        context = correlation.before(fact)
        correlation.after(fact, context)
    return context


def test_what_follows_an_open_stream_knows_its_face_and_principal(said):
    correlation = Correlation()
    context = play(correlation, said.opened, said.begun)
    assert (context.face, context.principal) == ("native", "shop")
    assert len(correlation) == 1


def test_an_utterance_has_its_own_trace_else_its_streams(said):
    correlation = Correlation()
    own = said.traceparent.replace("0af", "1bf")
    play(correlation, replace(said.opened, traceparent=said.traceparent))
    context = play(correlation, said.begun)
    assert context.trace_of(said.first) == said.trace
    context = play(correlation, replace(said.begun, utterance_id="u2", traceparent=own))
    assert context.trace_of(replace(said.first, utterance_id="u2")).startswith("1bf")
    assert context.trace_of(said.closed) == said.trace


@pytest.mark.parametrize(
    "fact",
    [
        LineDialled("v", 0.1),
        LineLost("v", Reason.VENDOR_LOST),
        BreakerMoved("v/voice", "shut"),
        RunTimedOut("v/voice", "finish"),
        BugFound("here", "KeyError"),
    ],
)
def test_facts_of_the_process_belong_to_no_stream(fact):
    correlation = Correlation()
    assert play(correlation, fact).face == "unknown"
    assert len(correlation) == 0


def test_without_spans_of_ours_vendors_are_told_the_clients(said):
    correlation = Correlation()
    play(correlation, said.opened, replace(said.begun, traceparent=said.traceparent, tracestate="a=1"))
    assert correlation.trace("s1", "u1") == Trace(said.traceparent, "a=1")
    assert correlation.trace("s1", "u2") == correlation.trace("s2", "u1") == NO_TRACE
    play(correlation, said.ended)
    assert correlation.trace("s1", "u1") == NO_TRACE


@pytest.mark.parametrize("tail", ["-more\rX: y", " ", "\t"])
def test_what_is_passed_on_is_written_anew(said, tail):
    correlation = Correlation()
    told = said.traceparent.replace("00-", "01-", 1) + tail
    play(correlation, said.opened, replace(said.begun, traceparent=told, tracestate=f"a=1{tail}"))
    assert correlation.trace("s1", "u1").parent in {said.traceparent, ""}
    assert correlation.trace("s1", "u1").state in {"a=1", ""}


def test_a_trace_that_is_not_sampled_is_no_exemplar(said):
    """It led nowhere, and took the place of one that did."""
    correlation = Correlation()
    unsampled = said.traceparent.removesuffix("01") + "00"
    context = play(correlation, said.opened, replace(said.begun, traceparent=unsampled))
    assert (context.trace_of(said.first), context.exemplar_of(said.first)) == (said.trace, "")
    play(correlation, said.ended)
    assert context.unsampled == set()
    context = play(correlation, replace(said.begun, traceparent=said.traceparent))
    assert context.exemplar_of(said.first) == said.trace


def test_nothing_is_kept_of_what_has_ended(said):
    correlation = Correlation()
    context = play(correlation, replace(said.opened, traceparent=said.traceparent), said.begun, said.ended)
    assert context.utterance_traces == context.parents == {}
    play(correlation, said.closed)
    assert len(correlation) == 0


def test_facts_without_an_open_stream_have_a_context_too(said):
    correlation = Correlation()
    for fact in (said.begun, said.ended, said.served, said.closed, said.bug):
        context = play(correlation, fact)
        assert context.face == "unknown"
        assert context.trace_of(fact) == ""
    assert len(correlation) == 0


def test_a_clients_span_is_read():
    context = remote(read_trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "b=2, a=1"))
    assert context is not None
    assert context.span_id == 0xB7AD6B7169203331
    assert context.trace_flags.sampled
    assert context.is_remote
    assert list(context.trace_state.items()) == [("b", "2"), ("a", "1")]
    assert trace_of(context).state == "b=2,a=1"
    assert remote(NO_TRACE) is None
