"""What a fact belongs to: the stream's face and principal, and the trace ids that connect logs, spans and exemplars."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from opentelemetry import trace
from opentelemetry.trace import SpanContext, TraceFlags, TraceState

from legato.domain.facts import Fact, StreamClosed, StreamOpened, UtteranceBegun, UtteranceEnded
from legato.domain.traces import NO_TRACE, Trace, read_trace


@dataclass(slots=True)
class Context:
    """One stream, as telemetry sees it.

    Args:
        face: the client's dialect.
        principal: who asks.
        trace_id: trace id of the stream, 32 hex digits; empty without tracing.
        utterance_traces: trace id of each open utterance.
        unsampled: the open utterances whose traces are not recorded.
        parents: for each open utterance, returns the span to be the parent of a vendor's own.
    """

    face: str = "unknown"
    principal: str = ""
    trace_id: str = ""
    utterance_traces: dict[str, str] = field(default_factory=dict)
    unsampled: set[str] = field(default_factory=set)
    parents: dict[str, Callable[[], Trace]] = field(default_factory=dict)

    def trace_of(self, fact: Fact) -> str:
        """Return the trace id that a fact belongs to; empty for none."""
        utterance_id = getattr(fact, "utterance_id", "")
        return self.utterance_traces.get(utterance_id, self.trace_id)

    def exemplar_of(self, fact: Fact) -> str:
        """Return the trace id that a fact belongs to; empty if there is none, or it would lead nowhere."""
        return "" if getattr(fact, "utterance_id", "") in self.unsampled else self.trace_of(fact)


class Sink(Protocol):
    """Takes facts and makes them visible."""

    def take(self, fact: Fact, context: Context) -> None:
        """Take a fact. Must not wait; may set trace ids in the context when a stream or utterance begins."""


class Correlation:
    """The contexts of all open streams."""

    def __init__(self) -> None:
        self._streams: dict[str, Context] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def before(self, fact: Fact) -> Context:
        """Return the context of a fact; it is made by the fact that opens the stream."""
        if isinstance(fact, StreamOpened):
            named = read_trace(fact.traceparent, fact.tracestate)
            context = Context(fact.face, fact.principal, named.trace_id)
            self._streams[fact.stream_id] = context
            return context
        # A fact of the process is of no stream.
        context = self._streams.get(getattr(fact, "stream_id", "")) or Context()
        if isinstance(fact, UtteranceBegun):
            parent = read_trace(fact.traceparent, fact.tracestate)
            context.utterance_traces[fact.utterance_id] = parent.trace_id or context.trace_id
            if parent:  # without spans of our own the client's is passed on
                context.parents[fact.utterance_id] = lambda: parent
                if not parent.sampled:
                    context.unsampled.add(fact.utterance_id)
        return context

    def trace(self, stream_id: str, utterance_id: str) -> Trace:
        """Return the parent for spans of what is done for an utterance; `NO_TRACE` without tracing."""
        context = self._streams.get(stream_id)
        parent = context.parents.get(utterance_id) if context else None
        return parent() if parent else NO_TRACE

    def after(self, fact: Fact, context: Context) -> None:
        """Forget what the fact has ended."""
        if isinstance(fact, UtteranceEnded):
            context.utterance_traces.pop(fact.utterance_id, None)
            context.parents.pop(fact.utterance_id, None)
            context.unsampled.discard(fact.utterance_id)
        elif isinstance(fact, StreamClosed):
            self._streams.pop(fact.stream_id, None)


def remote(named: Trace) -> SpanContext | None:
    """Return the span that a client names; `None` for no trace."""
    if not named:
        return None
    _, trace_id, span_id, flags = named.parent.split("-")
    members = [member.partition("=") for member in named.state.split(",")] if named.state else []
    return SpanContext(
        int(trace_id, 16),
        int(span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(int(flags, 16)),
        trace_state=TraceState([(key, value) for key, _, value in members]),
    )


def trace_of(context: SpanContext) -> Trace:
    """Return a span as vendors are told of it."""
    ids = f"{trace.format_trace_id(context.trace_id)}-{trace.format_span_id(context.span_id)}"
    return Trace(f"00-{ids}-{int(context.trace_flags):02x}", context.trace_state.to_header())
