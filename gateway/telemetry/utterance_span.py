"""The span of one utterance, and those within it: an attempt for every line it was given, a segment for each that was spoken.

What happened at a moment is an event; what lasted is a span. A segment's span is within the attempt that spoke it. The span of an
attempt that is over stays open for attributes until the next one: its audio is written later, and may only then turn out to be a splice.
"""

from opentelemetry import trace
from opentelemetry.context import Context as TraceContext
from opentelemetry.trace import Span, Status, StatusCode, Tracer

from gateway.telemetry.correlation import trace_of
from gateway.telemetry.labels import provider_of
from legato.domain import facts
from legato.domain.errors import Reason
from legato.domain.receipt import Receipt, Stage
from legato.domain.traces import Trace

OfUtterance = (
    facts.FirstAudio
    | facts.AttemptMade
    | facts.AttemptEnded
    | facts.SegmentSpoken
    | facts.Spliced
    | facts.Hedged
    | facts.Underran
    | facts.CancelServed
)
Values = dict[str, str | int | float | bool]
_NS = 1_000_000_000
_REASONS = frozenset(Reason)
_BEFORE_SEGMENT = frozenset({Stage.TEXT_WAIT, Stage.SEGMENT})


class UtteranceSpan:
    """An utterance while it lasts.

    Args:
        tracer: makes the spans within.
        span: its own.
        began_ns: when that began, on the wall clock. Facts come a little late, and start times are computed from them: no span is
            allowed to start before the one it is within.
    """

    __slots__ = ("_attempt", "_attempt_ns", "_began_ns", "_over", "_sounded_ns", "_span", "_tracer")

    def __init__(self, tracer: Tracer, span: Span, began_ns: int) -> None:
        self._tracer = tracer
        self._span = span
        self._began_ns = self._attempt_ns = began_ns
        self._sounded_ns = 0
        self._attempt: Span | None = None
        self._over: tuple[Span, int] | None = None

    def take(self, fact: OfUtterance, now_ns: int) -> None:
        """Take a fact, at this wall-clock time."""
        if not self._span.is_recording():
            return
        match fact:
            case facts.FirstAudio():
                self._first_audio(fact, now_ns)
            case facts.AttemptMade():
                self._attempt_made(fact, now_ns)
            case facts.AttemptEnded():
                self._attempt_ended(fact, now_ns)
            case facts.SegmentSpoken():
                self._segment_spoken(fact, now_ns)
            case facts.Spliced():
                self._spliced(fact, now_ns)
            case facts.Hedged():
                self._hedged(fact, now_ns)
            case facts.Underran():
                self._span.add_event("underrun", {"legato.gap_ms": fact.gap_s * 1000}, now_ns)
            case facts.CancelServed():
                self._span.set_attribute("legato.cancel_ms", fact.took_s * 1000)

    def under_way(self) -> Trace:
        """Return the attempt under way; the utterance if there is none."""
        return trace_of((self._attempt or self._span).get_span_context())

    def end(self, fact: facts.UtteranceEnded, now_ns: int) -> None:
        """End the span: the utterance's terminal event was written."""
        if self._span.is_recording():
            self._span.set_attributes({"legato.outcome": fact.outcome, **_attributes(fact.receipt)})
            if fact.receipt.queued and self._sounded_ns:
                self._first_segment(fact.receipt)
        if fact.outcome == "cancelled":
            self._span.add_event("cancelled", timestamp=now_ns)
        elif fact.outcome == "failed":
            fail(self._span, fact.reason)
        self.abandon(now_ns)

    def abandon(self, now_ns: int) -> None:
        """End the span without an outcome."""
        self._close()
        if self._attempt is not None:
            self._attempt.end(now_ns)
        self._span.end(now_ns)

    def _first_audio(self, fact: facts.FirstAudio, now_ns: int) -> None:
        self._sounded_ns = now_ns
        self._span.add_event("first text", timestamp=now_ns - int(fact.ttfb_s * _NS))
        if not fact.queued:
            self._span.add_event("first segment", timestamp=now_ns - int(fact.ttfb_speakable_s * _NS))
        self._span.add_event("first audio", {"legato.queued": fact.queued}, now_ns)

    def _first_segment(self, receipt: Receipt) -> None:
        # How long an utterance waited for its turn is known only from the receipt.
        after_s = sum(seconds for stage, seconds in receipt.stages if stage not in _BEFORE_SEGMENT)
        self._span.add_event("first segment", timestamp=self._sounded_ns - int(after_s * _NS))

    def _attempt_made(self, fact: facts.AttemptMade, now_ns: int) -> None:
        known: Values = {
            **_of_route(fact.route),
            "legato.line_reused": fact.reused,
            "legato.cached": fact.cached,
            "legato.acquire_ms": fact.acquire_s * 1000,
        }
        if fact.reason:
            self._span.add_event("attempt refused", {**known, "legato.reason": fact.reason}, now_ns)
            return
        self._close()
        self._attempt_ns = max(now_ns - int(fact.acquire_s * _NS), self._began_ns)
        self._attempt = self._within(self._span, "attempt", known, self._attempt_ns)
        self._attempt.add_event("leased", timestamp=now_ns)

    def _attempt_ended(self, fact: facts.AttemptEnded, now_ns: int) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt is None:
            return
        attempt.set_attributes(
            {
                **_of_route(fact.route),
                "legato.outcome": fact.outcome,
                "legato.sent_chars": fact.chars,
                "legato.audio_ms": fact.audio_s * 1000,
            }
        )
        fail(attempt, fact.outcome)
        self._over = attempt, now_ns

    def _segment_spoken(self, fact: facts.SegmentSpoken, now_ns: int) -> None:
        known: Values = {
            "legato.segment": fact.segment,
            "legato.route": fact.route,
            "legato.sent_chars": fact.chars,
        }
        started_ns = max(now_ns - int(fact.took_s * _NS), self._attempt_ns)
        self._within(self._attempt or self._span, "segment", known, started_ns).end(now_ns)

    def _spliced(self, fact: facts.Spliced, now_ns: int) -> None:
        known: Values = {
            "legato.from_route": fact.from_route,
            "legato.route": fact.to_route,
            "legato.method": fact.method,
            "legato.gap_ms": fact.gap_s * 1000,
        }
        self._span.add_event("splice", known, now_ns)
        self._tell_of_attempt({**known, "legato.splice": True})

    def _hedged(self, fact: facts.Hedged, now_ns: int) -> None:
        known: Values = {
            "legato.route": fact.route,
            "legato.rival": fact.rival,
            "legato.overtaken": fact.overtaken,
            "legato.sent_chars": fact.chars,
        }
        self._span.add_event("hedge", known, now_ns)
        told: Values = {"legato.hedge": True, "legato.rival": fact.rival, "legato.overtaken": fact.overtaken}
        self._tell_of_attempt(told)

    def _tell_of_attempt(self, told: Values) -> None:
        latest = self._attempt or (self._over[0] if self._over else None)
        if latest is not None:
            latest.set_attributes(told)

    def _close(self) -> None:
        if self._over is not None:
            attempt, ended_ns = self._over
            self._over = None
            attempt.end(ended_ns)

    def _within(self, parent: Span, name: str, known: Values, start_ns: int) -> Span:
        context = trace.set_span_in_context(parent, TraceContext())
        return self._tracer.start_span(name, context=context, attributes=known, start_time=start_ns)


def fail(span: Span, reason: str) -> None:
    """Mark a span as failed, if the reason is somebody's fault."""
    if reason in _REASONS:
        span.set_attribute("legato.reason", reason)
        span.set_status(Status(StatusCode.ERROR, reason))


def _of_route(route: str) -> Values:
    return {"legato.route": route, "legato.provider": provider_of(route)}


def _attributes(receipt: Receipt) -> Values:
    times = {
        "legato.ttfb_ms": receipt.ttfb_s,
        "legato.ttfb_speakable_ms": receipt.ttfb_speakable_s,
        "legato.ttfa_ms": receipt.ttfa_s,
        "legato.total_ms": receipt.total_s,
        **{f"legato.stage.{stage.value}_ms": seconds for stage, seconds in receipt.stages},
    }
    return {
        **{name: seconds * 1000 for name, seconds in times.items() if seconds is not None},
        "legato.route": receipt.route,
        "legato.attempts": receipt.attempts,
        "legato.line_reused": receipt.line_reused,
        "legato.queued": receipt.queued,
        "legato.accepted_chars": receipt.accepted_chars,
        "legato.sent_chars": receipt.sent_chars,
        "legato.cached_chars": receipt.cached_chars,
        "legato.unheard_chars": receipt.unheard_chars,
        "legato.repeated_words": receipt.repeated_words,
        "legato.audio_samples": receipt.audio_samples,
        "legato.sample_rate_hz": receipt.sample_rate_hz,
        "legato.chunks": receipt.chunks,
        **({"legato.no_audio": receipt.no_audio} if receipt.no_audio else {}),
    }
