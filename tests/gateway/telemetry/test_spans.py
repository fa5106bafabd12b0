from dataclasses import replace

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import NoOpTracer, StatusCode

from gateway.telemetry.metrics import Metrics
from gateway.telemetry.observer import Telemetry
from gateway.telemetry.spans import Spans
from legato.domain.traces import Trace

SECOND = 1_000_000_000


class Clock:
    """Monotonic; the wall clock is the same until it is set."""

    ns = 1_000 * SECOND
    set_by_ns = 0

    def __call__(self):
        return self.ns


@pytest.fixture
def exported():
    return InMemorySpanExporter()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def spans(exported, clock):
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exported))
    return Spans(provider.get_tracer("legato"), lambda: clock() + clock.set_by_ns, clock)


def play(sink, *facts):
    telemetry = Telemetry([sink])
    for fact in facts:
        telemetry.note(fact)


def named(exported, name):
    return [span for span in exported.get_finished_spans() if span.name == name]


def test_a_span_of_ours_goes_before_the_clients_own(spans, exported, said):
    telemetry = Telemetry([spans])
    telemetry.note(said.opened)
    telemetry.note(replace(said.begun, traceparent=said.traceparent, tracestate="acme@dd=t61,congo=-x-"))
    told = telemetry.trace("s1", "u1")
    telemetry.note(said.ended)
    (utterance,) = named(exported, "utterance")
    assert told == Trace(f"00-{said.trace}-{utterance.context.span_id:016x}-01", "acme@dd=t61,congo=-x-")
    assert utterance.context.trace_state.to_header() == told.state


def test_a_stream_and_its_utterance_are_two_spans_linked(spans, exported, said):
    play(spans, said.opened, said.begun, said.attempt, said.first, said.ended, said.closed)
    (stream,), (utterance,) = named(exported, "stream"), named(exported, "utterance")
    assert stream.attributes["legato.stream_id"] == "s1"
    assert stream.attributes["legato.face"] == "native"
    assert stream.attributes["legato.utterances"] == 1
    assert utterance.links[0].context == stream.context
    assert utterance.parent is None
    assert utterance.context.trace_id != stream.context.trace_id
    assert utterance.attributes["legato.voice"] == "joe"
    assert utterance.attributes["legato.ttfb_ms"] == pytest.approx(120)
    assert utterance.attributes["legato.stage.vendor_ms"] == pytest.approx(70)
    assert utterance.attributes["legato.outcome"] == "finished"
    assert len(spans) == 0


def test_spans_join_the_clients_trace(spans, exported, said):
    play(
        spans,
        replace(said.opened, traceparent=said.traceparent),
        replace(said.begun, traceparent=said.traceparent),
        said.ended,
        said.closed,
    )
    for span in exported.get_finished_spans():
        assert format(span.context.trace_id, "032x") == said.trace
        assert format(span.parent.span_id, "016x") == "b7ad6b7169203331"
        assert span.parent.is_remote


@pytest.mark.parametrize(("share", "kept"), [(0.0, False), (1.0, True)])
def test_only_what_is_sampled_here_is_an_exemplar(said, share, kept):
    provider = TracerProvider(shutdown_on_exit=False, sampler=TraceIdRatioBased(share))
    metrics = Metrics("1")
    telemetry = Telemetry([Spans(provider.get_tracer("legato")), metrics])
    for fact in (said.opened, said.begun, said.ended):
        telemetry.note(fact)
    body, _ = metrics.expose("application/openmetrics-text")
    assert (b"trace_id=" in body) is kept


def test_a_client_that_does_not_sample_is_not_sampled(spans, exported, said):
    play(spans, replace(said.opened, traceparent=said.traceparent.removesuffix("01") + "00"), said.closed)
    assert exported.get_finished_spans() == ()


@pytest.mark.parametrize("set_by_s", [-3_600, 3_600])
def test_a_wall_clock_that_is_set_meanwhile_makes_no_span_longer_or_shorter(
    spans, exported, clock, said, set_by_s
):
    telemetry = Telemetry([spans])
    for fact in (said.opened, said.begun, said.attempt):
        telemetry.note(fact)
    clock.set_by_ns = set_by_s * SECOND
    clock.ns += 2 * SECOND
    for fact in (said.first, said.ended, replace(said.begun, utterance_id="u2")):
        telemetry.note(fact)
    clock.ns += SECOND
    telemetry.note(replace(said.ended, utterance_id="u2"))
    telemetry.note(said.closed)
    (stream,), (first, second) = named(exported, "stream"), named(exported, "utterance")
    lasted = [(span.end_time - span.start_time) / SECOND for span in (stream, first, second)]
    assert lasted == [3, 2, 1]
    assert second.start_time - first.start_time == (2 + set_by_s) * SECOND, (
        "what begins later begins by the new time"
    )


def test_first_text_lies_as_far_before_first_audio_as_the_receipt_says(spans, exported, clock, said):
    play(spans, said.opened, said.begun, said.first, said.underran, said.ended)
    (utterance,) = named(exported, "utterance")
    at = {event.name: event.timestamp for event in utterance.events}
    assert at["first audio"] == clock.ns
    assert at["first audio"] - at["first text"] == int(0.12 * SECOND)
    assert "underrun" in at


def test_what_failed_is_an_error_and_what_was_cancelled_is_none(spans, exported, said):
    play(spans, said.opened, said.begun, said.failed, replace(said.begun, utterance_id="u2"))
    play(spans, replace(said.cancelled, utterance_id="u2"), replace(said.closed, reason="idle_timeout"))
    failed, cancelled = named(exported, "utterance")
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.status.description == "vendor_lost"
    assert cancelled.status.status_code is StatusCode.UNSET
    assert cancelled.events[-1].name == "cancelled"
    (stream,) = named(exported, "stream")
    assert stream.status.description == "idle_timeout"


def test_a_client_that_went_away_is_no_error(spans, exported, said):
    play(spans, said.opened, replace(said.closed, reason="client_gone"))
    assert named(exported, "stream")[0].status.status_code is StatusCode.UNSET


def test_utterances_end_with_their_stream(spans, exported, said):
    play(spans, said.opened, said.begun, said.closed)
    assert len(named(exported, "utterance")) == 1


def test_facts_of_streams_that_never_opened_are_left_alone(spans, exported, said):
    play(spans, said.begun, said.attempt, said.first, said.underran, said.ended, said.closed, said.bug)
    assert exported.get_finished_spans() == ()


def test_a_tracer_that_records_nothing_is_enough(said):
    play(Spans(NoOpTracer()), said.opened, said.begun, said.first, said.ended, said.closed)


def test_trace_ids_reach_the_other_sinks(spans, said):
    seen = []

    class Reads:
        def take(self, fact, context):
            seen.append(context.trace_of(fact))

    telemetry = Telemetry([spans, Reads()])
    for fact in (said.opened, said.begun, said.ended):
        telemetry.note(fact)
    assert all(len(trace_id) == 32 for trace_id in seen)
    assert seen[1] == seen[2] != seen[0]
