import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import INVALID_SPAN, StatusCode

from gateway.telemetry.utterance_span import UtteranceSpan, fail
from legato.domain import facts
from legato.domain.receipt import Receipt, Stage

SECOND = 1_000_000_000
NOW = 1_000 * SECOND
MADE = facts.AttemptMade("s1", "a", "one/v", reused=True, acquire_s=0.25)


@pytest.fixture
def exported():
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exported):
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exported))
    return provider.get_tracer("legato")


@pytest.fixture
def utterance(tracer):
    began_ns = NOW - 2 * SECOND
    return UtteranceSpan(tracer, tracer.start_span("utterance", start_time=began_ns), began_ns)


def named(exported, name):
    return [span for span in exported.get_finished_spans() if span.name == name]


def ended(outcome, route="one/v"):
    return facts.AttemptEnded("s1", "a", route, outcome, 12, 0.75, 1.5)


def test_segments_stand_within_their_attempt_and_that_within_the_utterance(utterance, exported):
    utterance.take(MADE, NOW)
    utterance.take(facts.SegmentSpoken("s1", "a", 0, "one/v", 12, took_s=0.5), NOW + SECOND)
    utterance.take(ended("finished"), NOW + 2 * SECOND)
    utterance.abandon(NOW + 3 * SECOND)
    (whole,), (attempt,), (segment,) = (named(exported, name) for name in ("utterance", "attempt", "segment"))
    assert attempt.parent.span_id == whole.context.span_id
    assert segment.parent.span_id == attempt.context.span_id
    assert attempt.start_time == NOW - SECOND // 4
    assert segment.end_time - segment.start_time == SECOND // 2
    assert attempt.attributes["legato.provider"] == "one"
    assert attempt.attributes["legato.line_reused"] is True
    assert attempt.attributes["legato.acquire_ms"] == 250
    assert attempt.attributes["legato.outcome"] == "finished"
    assert attempt.attributes["legato.audio_ms"] == 750
    assert attempt.status.status_code is StatusCode.UNSET


def test_what_is_told_late_has_not_begun_before_what_it_is_within(utterance, exported):
    utterance.take(facts.AttemptMade("s1", "a", "one/v", reused=True, acquire_s=5.0), NOW)
    utterance.take(facts.SegmentSpoken("s1", "a", 0, "one/v", 12, took_s=9.0), NOW + SECOND)
    utterance.abandon(NOW + SECOND)
    (whole,), (attempt,), (segment,) = (named(exported, name) for name in ("utterance", "attempt", "segment"))
    assert whole.start_time == attempt.start_time == segment.start_time
    assert segment.end_time == NOW + SECOND


def test_a_vendors_spans_belong_under_the_attempt_while_there_is_one(utterance, exported):
    told = [utterance.under_way().parent]
    utterance.take(MADE, NOW)
    told.append(utterance.under_way().parent)
    utterance.take(ended("finished"), NOW)
    told.append(utterance.under_way().parent)
    utterance.abandon(NOW)
    (whole,), (attempt,) = named(exported, "utterance"), named(exported, "attempt")
    names = [f"00-{one.context.trace_id:032x}-{one.context.span_id:016x}-" for one in (whole, attempt)]
    assert [name[:-2] for name in told] == [names[0], names[1], names[0]]
    assert all(int(name[-2:], 16) & 1 for name in told), "sampled"


def test_an_attempt_that_broke_is_an_error_and_the_next_one_a_span_of_its_own(utterance, exported):
    utterance.take(MADE, NOW)
    utterance.take(ended("vendor_lost"), NOW + SECOND)
    utterance.take(facts.AttemptMade("s1", "a", "two/v", False, 0.0), NOW + SECOND)
    utterance.take(facts.Spliced("s1", "a", "one/v", "two/v", "word_time", 0.02), NOW + 2 * SECOND)
    utterance.take(ended("finished", "two/v"), NOW + 3 * SECOND)
    utterance.abandon(NOW + 3 * SECOND)
    broken, good = named(exported, "attempt")
    assert broken.status.status_code is StatusCode.ERROR
    assert broken.attributes["legato.reason"] == "vendor_lost"
    assert good.attributes["legato.route"] == "two/v"
    (whole,) = named(exported, "utterance")
    (splice,) = whole.events
    assert splice.name == "splice"
    assert splice.attributes["legato.gap_ms"] == pytest.approx(20)
    assert "legato.splice" not in broken.attributes
    assert good.attributes["legato.splice"] is True
    assert good.attributes["legato.from_route"] == "one/v"
    assert good.attributes["legato.method"] == "word_time"


def test_a_splice_is_told_of_the_attempt_though_its_sound_is_written_after_its_end(utterance, exported):
    utterance.take(facts.AttemptMade("s1", "a", "two/v", False, 0.0), NOW)
    utterance.take(ended("finished", "two/v"), NOW + SECOND)
    utterance.take(facts.Spliced("s1", "a", "one/v", "two/v", "pause", 0.02), NOW + 2 * SECOND)
    utterance.abandon(NOW + 3 * SECOND)
    (attempt,) = named(exported, "attempt")
    assert attempt.attributes["legato.splice"] is True
    assert attempt.end_time == NOW + SECOND


def test_a_lease_that_was_never_answered_is_an_event(utterance, exported):
    utterance.take(facts.AttemptMade("s1", "a", "one/v", False, 0.1, "vendor_unreachable"), NOW)
    utterance.abandon(NOW)
    (whole,) = named(exported, "utterance")
    assert [event.name for event in whole.events] == ["attempt refused"]
    assert not named(exported, "attempt")


def test_a_race_is_an_event(utterance, exported):
    utterance.take(facts.Hedged("s1", "a", "one/v", "two/v", overtaken=True, chars=12, took_s=0.3), NOW)
    utterance.abandon(NOW)
    (event,) = named(exported, "utterance")[0].events
    assert (event.name, event.attributes["legato.overtaken"]) == ("hedge", True)


def test_an_attempt_that_was_raced_says_by_whom_and_who_was_first(utterance, exported):
    utterance.take(MADE, NOW)
    utterance.take(facts.Hedged("s1", "a", "one/v", "two/w", overtaken=True, chars=12, took_s=0.3), NOW)
    utterance.take(ended("finished", "two/w"), NOW)
    utterance.take(MADE, NOW)
    utterance.abandon(NOW)
    raced, usual = named(exported, "attempt")
    assert raced.attributes["legato.hedge"] is raced.attributes["legato.overtaken"] is True
    assert raced.attributes["legato.rival"] == raced.attributes["legato.route"] == "two/w"
    assert raced.attributes["legato.provider"] == "two", "who spoke it"
    assert "legato.hedge" not in usual.attributes


def test_what_came_first_is_told_when_it_came(utterance, exported):
    utterance.take(facts.FirstAudio("s1", "a", 1.0, 0.25, queued=False), NOW)
    utterance.take(facts.Underran("s1", "a", 0.125), NOW + SECOND)
    utterance.abandon(NOW + SECOND)
    *first, underran = named(exported, "utterance")[0].events
    assert [(event.name, event.timestamp) for event in first] == [
        ("first text", NOW - SECOND),
        ("first segment", NOW - SECOND // 4),
        ("first audio", NOW),
    ]
    assert (underran.name, underran.attributes["legato.gap_ms"]) == ("underrun", 125)


def test_of_what_waited_for_its_turn_the_first_segment_is_told_when_the_receipt_is_there(utterance, exported):
    parts = {Stage.TEXT_WAIT: 0.1, Stage.SEGMENT: 0.05, Stage.VENDOR: 0.25, Stage.TURN_WAIT: 0.6}
    receipt = Receipt(stages=tuple(parts.items()), ttfb_s=1.0, ttfb_speakable_s=0.25, queued=True)
    utterance.take(facts.FirstAudio("s1", "a", 1.0, 0.25, queued=True), NOW)
    utterance.end(facts.UtteranceEnded("s1", "a", "joe", "finished", "", receipt), NOW + SECOND)
    at = {event.name: event.timestamp for event in named(exported, "utterance")[0].events}
    assert at["first text"] == NOW - SECOND
    assert at["first segment"] == pytest.approx(NOW - 0.85 * SECOND, abs=10)
    assert at["first audio"] == NOW


def test_a_cancel_says_how_long_old_audio_left(utterance, exported):
    utterance.take(facts.CancelServed("s1", "a", 0.003), NOW)
    utterance.end(facts.UtteranceEnded("s1", "a", "joe", "cancelled", "", Receipt()), NOW)
    (whole,) = named(exported, "utterance")
    assert whole.attributes["legato.cancel_ms"] == pytest.approx(3)
    assert [event.name for event in whole.events] == ["cancelled"]


def test_what_is_open_when_it_is_abandoned_ends_with_it(utterance, exported):
    utterance.take(MADE, NOW)
    utterance.abandon(NOW + SECOND)
    assert named(exported, "attempt")[0].end_time == NOW + SECOND


def test_an_end_without_a_beginning_is_nothing(utterance, exported):
    utterance.take(ended("finished"), NOW)
    utterance.abandon(NOW)
    assert len(exported.get_finished_spans()) == 1


def test_a_span_that_nobody_records_costs_no_spans_within(tracer, exported):
    silent = UtteranceSpan(tracer, INVALID_SPAN, NOW)
    silent.take(MADE, NOW)
    silent.abandon(NOW)
    assert not exported.get_finished_spans()


def test_reasons_that_are_nobodys_fault_are_no_error(tracer, exported):
    span = tracer.start_span("utterance")
    fail(span, "stopped")
    span.end()
    assert named(exported, "utterance")[0].status.status_code is StatusCode.UNSET


def test_the_span_has_the_whole_receipt(utterance, exported):
    """It lacked what was spoken and not heard, how long all of it took, and why there was no audio."""
    receipt = Receipt(no_audio="cancelled", unheard_chars=7, sample_rate_hz=24_000, total_s=2.5)
    utterance.end(facts.UtteranceEnded("s1", "a", "joe", "cancelled", "", receipt), NOW)
    (whole,) = named(exported, "utterance")
    told = {name.removeprefix("legato.").removesuffix("_ms") for name in whole.attributes}
    unset = {"stages", "ttfb_s", "ttfb_speakable_s", "ttfa_s"}
    assert {name.removesuffix("_s") for name in set(Receipt.__slots__) - unset} <= told
    assert whole.attributes["legato.no_audio"] == "cancelled"
    assert whole.attributes["legato.total_ms"] == 2_500
