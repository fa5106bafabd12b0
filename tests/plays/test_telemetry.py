"""What is seen of a play: the receipt, the span, the histograms and the log line tell the same numbers, and a receiver of spans that is no
help changes nothing of what is said, and when. R24."""

import logging
import threading

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway.telemetry.log_lines import LogLines
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.observer import Telemetry
from gateway.telemetry.span_export import SpanCounts, SpanExport
from gateway.telemetry.spans import Spans
from legato.domain import events
from legato.domain.facts import UtteranceEnded
from legato.domain.receipt import Stage
from tests.plays.world import Script, World

LOUD = b"\x00\x20" * 160
"""20 ms that can be heard."""


class Page:
    """Log lines as they are told to the writer."""

    def __init__(self):
        self.lines = []

    def is_enabled_for(self, level):
        return level >= logging.INFO

    def log(self, level, event, **values):
        self.lines.append((event, values))


class Watched(World):
    """A play that telemetry looks at, with an exporter of spans or without.

    Args:
        exporter: takes the spans; `None` for nobody.
        room: spans that may wait.
        scripts: of the voices.
    """

    def __init__(self, exporter, room=2_048, **scripts):
        self.page, self.metrics, self.counts = Page(), Metrics("1"), SpanCounts()
        self.tracing = TracerProvider(shutdown_on_exit=False)
        if exporter is not None:
            self.tracing.add_span_processor(SpanExport(exporter, self.counts, room))
        spans = [Spans(self.tracing.get_tracer("legato"))] if exporter is not None else []
        self.telemetry = Telemetry([*spans, self.metrics, LogLines(self.page)])
        super().__init__(scripts=scripts)

    def note(self, fact):
        super().note(fact)
        self.telemetry.note(fact)

    def total(self, name, **labels):
        """A number of the scrape, over all other labels."""
        return sum(
            sample.value
            for family in self.metrics.registry.collect()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


def played(exporter, **more):
    """One after another, one that waits for its turn, one that is cancelled, one whose voice dies in the middle."""
    one = Script(first_s=0.2, word_times=True, die_after_chars=12, deaths=1, preface=LOUD)
    play = Watched(exporter, **more, one=one, two=Script(first_s=0.03, word_times=True, preface=LOUD)).open(
        max_lead_ms=500
    )
    play.speak("a", "one more. ").speak("b", "alpha beta gamma delta. ").run(20)
    play.speak("c", "another one that goes on. ").run(20)
    play.speak("d", "never heard to its end. ").run(0.4)
    return play.tell(events.Cancel("d")).speak("e", "the last.").run(20).tell(events.Closed()).run(20)


def test_receipt_span_histogram_and_line_tell_the_same():
    exporter = InMemorySpanExporter()
    play = played(exporter)
    play.tracing.shutdown()
    receipts = {fact.utterance_id: fact.receipt for fact in play.facts if isinstance(fact, UtteranceEnded)}
    assert len(receipts) == 5
    assert [each.queued for each in receipts.values()].count(True) == 1
    assert max(each.attempts for each in receipts.values()) == 2
    asked = sum(each.attempts for each in receipts.values())
    assert play.total("legato_attempts_total") == asked, "a line that breaks was asked for once"
    assert play.total("legato_attempts_total", reason="leased") == play.total("legato_attempts_ended_total")
    spans = {
        span.attributes["legato.utterance_id"]: span.attributes
        for span in exporter.get_finished_spans()
        if span.name == "utterance"
    }
    lines = {
        values["utterance_id"]: values for event, values in play.page.lines if event == "utterance ended"
    }
    assert spans.keys() == lines.keys() == receipts.keys()
    for name, receipt in receipts.items():
        stages = {stage: spans[name][f"legato.stage.{stage}_ms"] / 1000 for stage in Stage}
        assert stages == pytest.approx(dict(receipt.stages))
        assert sum(stages.values()) == pytest.approx(receipt.ttfb_s) == spans[name]["legato.ttfb_ms"] / 1000
        assert spans[name]["legato.ttfa_ms"] == pytest.approx(receipt.ttfa_s * 1000)
        assert lines[name]["ttfb_ms"] == pytest.approx(receipt.ttfb_s * 1000, abs=0.01)
    for stage in Stage:
        told = sum(dict(receipt.stages)[stage] for receipt in receipts.values())
        assert play.total("legato_stage_seconds_sum", stage=stage.value) == pytest.approx(told)
    for metric, field in (("ttfb", "ttfb_s"), ("ttfb_speakable", "ttfb_speakable_s"), ("ttfa", "ttfa_s")):
        told = sum(getattr(receipt, field) for receipt in receipts.values())
        assert play.total(f"legato_{metric}_seconds_sum") == pytest.approx(told)


def test_the_attempts_of_a_splice_say_so():
    exporter = InMemorySpanExporter()
    played(exporter).tracing.shutdown()
    attempts = [span for span in exporter.get_finished_spans() if span.name == "attempt"]
    spliced = [span for span in attempts if span.attributes.get("legato.splice")]
    assert [span.attributes["legato.from_route"] for span in spliced] == ["one/v"]
    assert [span.attributes["legato.provider"] for span in spliced] == ["two"]
    assert len(attempts) == 6


class Deaf(SpanExporter):
    """Never answers, until the play is over."""

    def __init__(self):
        self.over = threading.Event()

    def export(self, spans):
        assert self.over.wait(30)
        return SpanExportResult.FAILURE

    def shutdown(self):
        """Nothing to close."""


class Broken(SpanExporter):
    """Is not there."""

    over = threading.Event()

    def export(self, spans):
        raise ConnectionError("nobody there")

    def shutdown(self):
        """Nothing to close."""


@pytest.mark.parametrize("receiver", [Deaf, Broken])
def test_a_receiver_that_is_no_help_changes_nothing_of_what_is_said_and_when(receiver):
    """Every reply, its bytes and its moment are as without any."""
    exporter, taken = receiver(), InMemorySpanExporter()
    play, alone, usual = played(exporter, room=4), played(None), played(taken)
    exporter.over.set()
    for each in (play, usual):
        each.tracing.shutdown()
    assert play.log == alone.log == usual.log
    assert len(play.log) > 50
    assert play.counts.exported == 0
    assert play.counts.failed + play.counts.dropped == len(taken.get_finished_spans())
    assert play.counts.dropped > 0 or receiver is Broken
