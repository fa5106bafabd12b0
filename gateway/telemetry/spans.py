"""Facts as OpenTelemetry spans: one for a stream, one for each of its utterances. Never an event per chunk.

An utterance's span belongs to the trace that the client named for it, or for its stream; else it is a trace of its own, so that
hours of conversation are not one trace. It is always linked to the span of its stream.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context as TraceContext
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanKind, Status, StatusCode, Tracer

from gateway.telemetry.correlation import Context, remote
from legato.domain import facts
from legato.domain.errors import Reason
from legato.domain.receipt import Receipt

_NS = 1_000_000_000
_REASONS = frozenset(Reason)


@dataclass(slots=True)
class _StreamSpans:
    span: Span
    utterances: dict[str, Span] = field(default_factory=dict)


class Spans:
    """A sink of facts that makes spans.

    Args:
        tracer: makes them.
        now_ns: wall clock, nanoseconds since 1970.
    """

    def __init__(self, tracer: Tracer, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._tracer = tracer
        self._now_ns = now_ns
        self._streams: dict[str, _StreamSpans] = {}
        self._takers: dict[type, Callable[[Any, Context], None]] = {
            facts.StreamOpened: self._stream_opened,
            facts.StreamClosed: self._stream_closed,
            facts.UtteranceBegun: self._utterance_begun,
            facts.FirstAudio: self._first_audio,
            facts.UtteranceEnded: self._utterance_ended,
            facts.AttemptMade: self._attempt_made,
            facts.Underran: self._underran,
        }

    def __len__(self) -> int:
        return len(self._streams)

    def take(self, fact: facts.Fact, context: Context) -> None:
        """One fact."""
        taker = self._takers.get(type(fact))
        if taker is not None:
            taker(fact, context)

    def _stream_opened(self, fact: facts.StreamOpened, context: Context) -> None:
        span = self._tracer.start_span(
            "stream",
            context=_parent(fact.traceparent),
            kind=SpanKind.SERVER,
            attributes={
                "legato.stream_id": fact.stream_id,
                "legato.face": fact.face,
                "legato.principal": fact.principal,
                "legato.audio_format": fact.audio_format,
            },
            start_time=self._now_ns(),
        )
        self._streams[fact.stream_id] = _StreamSpans(span)
        context.trace_id = _trace_id(span)

    def _stream_closed(self, fact: facts.StreamClosed, _: Context) -> None:
        stream = self._streams.pop(fact.stream_id, None)
        if stream is None:
            return
        for span in stream.utterances.values():
            span.end(self._now_ns())
        stream.span.set_attribute("legato.utterances", fact.utterances)
        _fail(stream.span, fact.reason)
        stream.span.end(self._now_ns())

    def _utterance_begun(self, fact: facts.UtteranceBegun, context: Context) -> None:
        stream = self._streams.get(fact.stream_id)
        if stream is None:
            return
        span = self._tracer.start_span(
            "utterance",
            context=_parent(fact.traceparent),
            attributes={
                "legato.stream_id": fact.stream_id,
                "legato.utterance_id": fact.utterance_id,
                "legato.voice": fact.voice,
            },
            links=[Link(stream.span.get_span_context())],
            start_time=self._now_ns(),
        )
        stream.utterances[fact.utterance_id] = span
        context.utterance_traces[fact.utterance_id] = _trace_id(span)

    def _first_audio(self, fact: facts.FirstAudio, _: Context) -> None:
        span, now_ns = self._span(fact.stream_id, fact.utterance_id), self._now_ns()
        span.add_event("first text", timestamp=now_ns - int(fact.ttfb_s * _NS))
        span.add_event("first audio", {"legato.queued": fact.queued}, now_ns)

    def _attempt_made(self, fact: facts.AttemptMade, _: Context) -> None:
        self._span(fact.stream_id, fact.utterance_id).add_event(
            "attempt",
            {
                "legato.route": fact.route,
                "legato.line_reused": fact.reused,
                "legato.acquire_ms": fact.acquire_s * 1000,
                "legato.reason": fact.reason,
            },
            self._now_ns(),
        )

    def _underran(self, fact: facts.Underran, _: Context) -> None:
        span = self._span(fact.stream_id, fact.utterance_id)
        span.add_event("underrun", {"legato.gap_ms": fact.gap_s * 1000}, self._now_ns())

    def _utterance_ended(self, fact: facts.UtteranceEnded, _: Context) -> None:
        stream = self._streams.get(fact.stream_id)
        span = stream.utterances.pop(fact.utterance_id, None) if stream else None
        if span is None:
            return
        if span.is_recording():
            span.set_attributes({"legato.outcome": fact.outcome, **_attributes(fact.receipt)})
        if fact.outcome == "cancelled":
            span.add_event("cancelled", timestamp=self._now_ns())
        elif fact.outcome == "failed":
            _fail(span, fact.reason)
        span.end(self._now_ns())

    def _span(self, stream_id: str, utterance_id: str) -> Span:
        stream = self._streams.get(stream_id)
        return stream.utterances.get(utterance_id, trace.INVALID_SPAN) if stream else trace.INVALID_SPAN


def _parent(traceparent: str) -> TraceContext:
    # An empty context, not the current one: what happens to be current belongs to somebody else.
    parent = remote(traceparent)
    return trace.set_span_in_context(NonRecordingSpan(parent), TraceContext()) if parent else TraceContext()


def _trace_id(span: Span) -> str:
    return trace.format_trace_id(span.get_span_context().trace_id)


def _fail(span: Span, reason: str) -> None:
    if reason in _REASONS:  # a stream may also end for reasons that are nobody's fault
        span.set_attribute("legato.reason", reason)
        span.set_status(Status(StatusCode.ERROR, reason))


def _attributes(receipt: Receipt) -> dict[str, str | int | float | bool]:
    times = {
        "legato.ttfb_ms": receipt.ttfb_s,
        "legato.ttfb_speakable_ms": receipt.ttfb_speakable_s,
        "legato.ttfa_ms": receipt.ttfa_s,
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
        "legato.audio_samples": receipt.audio_samples,
        "legato.chunks": receipt.chunks,
    }
