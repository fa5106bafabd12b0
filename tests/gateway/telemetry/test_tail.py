import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags

from gateway.telemetry.tail import TailKeep, TailSettings

CALLER = SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=TraceFlags(1))


class Stage:
    def __init__(self, share=0.0, slow_ms=500.0):
        self.exported = InMemorySpanExporter()
        self.tail = TailKeep(TailSettings(share, slow_ms), SimpleSpanProcessor(self.exported))
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(self.tail)
        self.tracer = provider.get_tracer("legato")

    def utterance(self, ms=None, *, failed=False, parent=None, attempts=1):
        context = (
            Context() if parent is None else trace.set_span_in_context(NonRecordingSpan(parent), Context())
        )
        span = self.tracer.start_span("utterance", context=context)
        for _ in range(attempts):
            within = self.tracer.start_span("attempt", context=trace.set_span_in_context(span, Context()))
            if failed:
                within.set_status(Status(StatusCode.ERROR, "vendor_lost"))
            within.end()
        if ms is not None:
            span.set_attribute("legato.ttfb_speakable_ms", ms)
        span.end()

    def begin(self, name, within=None, **more):
        context = Context() if within is None else trace.set_span_in_context(within, Context())
        return self.tracer.start_span(name, context=context, **more)

    def names(self):
        return [span.name for span in self.exported.get_finished_spans()]


def test_what_went_well_is_let_go():
    stage = Stage()
    stage.utterance(ms=80.0)
    assert stage.names() == []
    assert len(stage.tail) == 0


def test_a_slow_utterance_is_kept_whole():
    stage = Stage()
    stage.utterance(ms=900.0, attempts=2)
    assert stage.names() == ["attempt", "attempt", "utterance"]


@pytest.mark.parametrize(
    ("told", "lasted_ms", "is_kept"),
    [
        ({"legato.sent_chars": 12, "legato.audio_ms": 0.0}, 900, True),
        ({"legato.sent_chars": 12, "legato.audio_ms": 0.0}, 400, False),
        ({"legato.sent_chars": 12, "legato.audio_ms": 20.0}, 900, False),
        ({"legato.sent_chars": 0, "legato.audio_ms": 0.0}, 900, False),
    ],
)
def test_an_utterance_that_was_cancelled_while_its_voice_was_silent_is_slow(told, lasted_ms, is_kept):
    """A caller who gave up had no first audio that could be late, and the slowest of all left no trace."""
    stage = Stage()
    utterance = stage.begin("utterance")
    attempt = stage.begin("attempt", utterance, attributes=told, start_time=10**18)
    attempt.end(10**18 + lasted_ms * 10**6)
    utterance.end()
    assert stage.names() == (["attempt", "utterance"] if is_kept else [])


def test_an_utterance_with_a_failed_attempt_is_kept_whole():
    stage = Stage()
    stage.utterance(ms=80.0, failed=True)
    assert stage.names() == ["attempt", "utterance"]


def test_a_trace_that_began_elsewhere_is_judged_when_our_part_of_it_ends():
    stage = Stage()
    stage.utterance(ms=80.0, parent=CALLER)
    stage.utterance(ms=800.0, parent=CALLER)
    assert stage.names() == ["attempt", "utterance"]
    assert len(stage.tail) == 0


def test_utterances_that_overlap_in_one_trace_are_each_judged_whole():
    """A client that names a trace for its stream has all of its utterances in it, and one is made while another is heard."""
    stage = Stage()
    caller = NonRecordingSpan(CALLER)
    first, second = stage.begin("first", caller), stage.begin("second", caller)
    broken = stage.begin("broken attempt", second)
    stage.begin("segment", broken).end()
    broken.set_status(Status(StatusCode.ERROR, "vendor_lost"))
    broken.end()
    stage.begin("attempt that went well", first).end()
    first.end()
    assert stage.names() == []
    stage.begin("attempt", second).end()
    second.end()
    assert stage.names() == ["segment", "broken attempt", "attempt", "second"]
    assert len(stage.tail) == 0


def test_the_stream_of_what_is_kept_is_kept():
    stage = Stage()
    streams = [stage.begin("stream"), stage.begin("other stream")]
    for stream, ms in zip(streams, (900.0, 80.0), strict=True):
        utterance = stage.begin("utterance", links=[Link(stream.get_span_context())])
        utterance.set_attribute("legato.ttfb_speakable_ms", ms)
        utterance.end()
    for stream in streams:
        stream.end()
    assert stage.names() == ["utterance", "stream"]


def test_streams_that_never_end_are_not_remembered_for_ever():
    stage = Stage()
    streams = [stage.begin("stream") for _ in range(4_200)]
    for stream in streams:
        utterance = stage.begin("utterance", links=[Link(stream.get_span_context())])
        utterance.set_status(Status(StatusCode.ERROR, "vendor_lost"))
        utterance.end()
    for stream in streams:
        stream.end()
    assert stage.names().count("stream") == 4_096


def test_of_a_long_utterance_what_failed_is_not_let_go():
    stage = Stage()
    utterance = stage.begin("utterance")
    for number in range(400):
        stage.begin(f"segment {number}", utterance).end()
    broken = stage.begin("broken attempt", utterance)
    broken.set_status(Status(StatusCode.ERROR, "vendor_lost"))
    broken.end()
    utterance.end()
    assert len(stage.names()) == 257
    assert stage.names()[-2:] == ["broken attempt", "utterance"]


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.25, 50, 150), (1.0, 400, 400)])
def test_a_share_of_the_rest_is_kept(share, least, most):
    stage = Stage(share)
    for _ in range(400):
        stage.utterance(ms=80.0)
    whole = stage.names().count("utterance")
    assert least <= whole <= most
    assert stage.names().count("attempt") == whole


def test_what_waits_is_bounded():
    stage = Stage()
    roots = [stage.tracer.start_span("utterance", context=Context()) for _ in range(4_200)]
    for root in roots:
        stage.tracer.start_span("attempt", context=trace.set_span_in_context(root, Context())).end()
    assert len(stage.tail) == 4_096
    for root in roots:
        root.end()
    assert len(stage.tail) == 0


def test_the_end_is_passed_on():
    stage = Stage()
    assert stage.tail.force_flush()
    stage.tail.shutdown()
