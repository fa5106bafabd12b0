"""Facts as OpenTelemetry spans: stream, utterance, attempt, segment. Never an event per chunk.

An utterance's span belongs to the trace that the client named for it, or for its stream; otherwise it is a trace of its own, so that
hours of conversation are not one trace. It is always linked to the span of its stream.

Each stream and each utterance reads the wall clock once, when it begins, and counts on from there by the monotonic clock: so none ends
before it has begun, even if the wall clock is set meanwhile.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context as TraceContext
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanKind, Tracer

from gateway.telemetry.correlation import Context, remote
from gateway.telemetry.utterance_span import OfUtterance, UtteranceSpan, fail
from legato.domain import facts
from legato.domain.traces import read_trace


@dataclass(slots=True)
class _Timed:
    """An utterance's span, and by how much the wall clock was ahead of the monotonic one when it began."""

    span: UtteranceSpan
    ahead_ns: int


@dataclass(slots=True)
class _StreamSpans:
    span: Span
    ahead_ns: int
    utterances: dict[str, _Timed] = field(default_factory=dict)


class Spans:
    """A sink of facts that makes spans.

    Args:
        tracer: makes the spans.
        wall_ns: wall clock, nanoseconds since 1970.
        steady_ns: monotonic clock, nanoseconds.
    """

    def __init__(
        self,
        tracer: Tracer,
        wall_ns: Callable[[], int] = time.time_ns,
        steady_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._tracer = tracer
        self._wall_ns = wall_ns
        self._steady_ns = steady_ns
        self._streams: dict[str, _StreamSpans] = {}
        self._takers: dict[type, Callable[[Any, Context], None]] = {
            facts.StreamOpened: self._stream_opened,
            facts.StreamClosed: self._stream_closed,
            facts.UtteranceBegun: self._utterance_begun,
            facts.UtteranceEnded: self._utterance_ended,
            facts.FirstAudio: self._of_utterance,
            facts.AttemptMade: self._of_utterance,
            facts.AttemptEnded: self._of_utterance,
            facts.SegmentSpoken: self._of_utterance,
            facts.Spliced: self._of_utterance,
            facts.Hedged: self._of_utterance,
            facts.Underran: self._of_utterance,
            facts.CancelServed: self._of_utterance,
        }

    def __len__(self) -> int:
        return len(self._streams)

    def take(self, fact: facts.Fact, context: Context) -> None:
        """Take a fact."""
        taker = self._takers.get(type(fact))
        if taker is not None:
            taker(fact, context)

    def _stream_opened(self, fact: facts.StreamOpened, context: Context) -> None:
        began_ns = self._wall_ns()
        span = self._tracer.start_span(
            "stream",
            context=_parent(fact),
            kind=SpanKind.SERVER,
            attributes={
                "legato.stream_id": fact.stream_id,
                "legato.face": fact.face,
                "legato.principal": fact.principal,
                "legato.audio_format": fact.audio_format,
            },
            start_time=began_ns,
        )
        self._streams[fact.stream_id] = _StreamSpans(span, began_ns - self._steady_ns())
        context.trace_id = _trace_id(span)

    def _stream_closed(self, fact: facts.StreamClosed, _: Context) -> None:
        stream = self._streams.pop(fact.stream_id, None)
        if stream is None:
            return
        for utterance in stream.utterances.values():
            utterance.span.abandon(self._steady_ns() + utterance.ahead_ns)
        stream.span.set_attribute("legato.utterances", fact.utterances)
        fail(stream.span, fact.reason)
        stream.span.end(self._steady_ns() + stream.ahead_ns)

    def _utterance_begun(self, fact: facts.UtteranceBegun, context: Context) -> None:
        stream = self._streams.get(fact.stream_id)
        if stream is None:
            return
        began_ns = self._wall_ns()
        ahead_ns = began_ns - self._steady_ns()
        span = self._tracer.start_span(
            "utterance",
            context=_parent(fact),
            attributes={
                "legato.stream_id": fact.stream_id,
                "legato.utterance_id": fact.utterance_id,
                "legato.voice": fact.voice,
            },
            links=[Link(stream.span.get_span_context())],
            start_time=began_ns,
        )
        utterance = UtteranceSpan(self._tracer, span, began_ns)
        stream.utterances[fact.utterance_id] = _Timed(utterance, ahead_ns)
        context.parents[fact.utterance_id] = utterance.under_way
        context.utterance_traces[fact.utterance_id] = _trace_id(span)
        recorded = span.get_span_context().trace_flags.sampled
        (context.unsampled.discard if recorded else context.unsampled.add)(fact.utterance_id)

    def _of_utterance(self, fact: OfUtterance, _: Context) -> None:
        stream = self._streams.get(fact.stream_id)
        utterance = stream.utterances.get(fact.utterance_id) if stream else None
        if utterance is not None:
            utterance.span.take(fact, self._steady_ns() + utterance.ahead_ns)

    def _utterance_ended(self, fact: facts.UtteranceEnded, _: Context) -> None:
        stream = self._streams.get(fact.stream_id)
        utterance = stream.utterances.pop(fact.utterance_id, None) if stream else None
        if utterance is not None:
            utterance.span.end(fact, self._steady_ns() + utterance.ahead_ns)


def _parent(fact: facts.StreamOpened | facts.UtteranceBegun) -> TraceContext:
    # An empty context, not the current one, which belongs to something else.
    parent = remote(read_trace(fact.traceparent, fact.tracestate))
    return trace.set_span_in_context(NonRecordingSpan(parent), TraceContext()) if parent else TraceContext()


def _trace_id(span: Span) -> str:
    return trace.format_trace_id(span.get_span_context().trace_id)
