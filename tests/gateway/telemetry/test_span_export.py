import threading

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from gateway.telemetry.span_export import SpanCounts, SpanExport


class Receiver(SpanExporter):
    """Answers as it is told; holds each batch up until it may go on."""

    def __init__(self, result=SpanExportResult.SUCCESS):
        self.result = result
        self.names = []
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.closed = False

    def export(self, spans):
        self.reached.set()
        assert self.go_on.wait(10)
        if self.result is None:
            raise RuntimeError("broken")
        self.names += [span.name for span in spans]
        return self.result

    def shutdown(self):
        self.closed = True

    def force_flush(self, timeout_millis=0):
        return True


def exporting(receiver, **more):
    counts = SpanCounts()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SpanExport(receiver, counts, **more))
    return provider, provider.get_tracer("test"), counts


def test_what_was_taken_is_counted():
    receiver = Receiver()
    provider, tracer, counts = exporting(receiver)
    for name in "abc":
        tracer.start_span(name).end()
    assert provider.force_flush()
    assert sorted(receiver.names) == ["a", "b", "c"]
    assert counts.by_outcome() == {"exported": 3, "failed": 0, "dropped": 0}
    assert counts.waiting == 0
    provider.shutdown()
    assert receiver.closed


@pytest.mark.parametrize("result", [SpanExportResult.FAILURE, None])
def test_what_was_refused_is_counted(result):
    provider, tracer, counts = exporting(Receiver(result))
    tracer.start_span("a").end()
    provider.shutdown()
    assert counts.by_outcome() == {"exported": 0, "failed": 1, "dropped": 0}


def test_where_nobody_takes_them_they_are_bounded_and_the_loss_is_counted():
    receiver = Receiver()
    receiver.go_on.clear()
    provider, tracer, counts = exporting(receiver, room=4)
    for _ in range(4):
        tracer.start_span("first").end()
    assert receiver.reached.wait(10)  # the thread holds a batch, and the receiver does not answer
    before = counts.waiting
    for _ in range(100):
        tracer.start_span("more").end()
    assert counts.waiting == 4
    assert counts.dropped == 100 - (4 - before)
    receiver.go_on.set()
    provider.shutdown()
    assert counts.exported + counts.dropped == 104


def test_spans_that_are_not_sampled_are_nobodys():
    counts = SpanCounts()
    provider = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    provider.add_span_processor(SpanExport(Receiver(), counts))
    provider.get_tracer("test").start_span("a").end()
    provider.shutdown()
    assert counts == SpanCounts()
