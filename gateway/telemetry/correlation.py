"""What a fact belongs to: the stream's face and principal, and the trace ids that connect logs, spans and exemplars."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from opentelemetry import trace
from opentelemetry.trace import SpanContext
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from legato.domain.facts import Fact, StreamClosed, StreamOpened, UtteranceBegun, UtteranceEnded

_W3C = TraceContextTextMapPropagator()


@dataclass(slots=True)
class Context:
    """One stream, as telemetry sees it.

    Args:
        face: the client's dialect.
        principal: who asks.
        trace_id: trace id of the stream, 32 hex digits; empty without tracing.
        utterance_traces: trace id of each open utterance.
        parents: for each open utterance, returns the `traceparent` of the span to be the parent of a vendor's own.
    """

    face: str = "unknown"
    principal: str = ""
    trace_id: str = ""
    utterance_traces: dict[str, str] = field(default_factory=dict)
    parents: dict[str, Callable[[], str]] = field(default_factory=dict)

    def trace_of(self, fact: Fact) -> str:
        """Return the trace id that a fact belongs to; empty for none."""
        utterance_id = getattr(fact, "utterance_id", "")
        return self.utterance_traces.get(utterance_id, self.trace_id)


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
            context = Context(fact.face, fact.principal, trace_id_of(fact.traceparent))
            self._streams[fact.stream_id] = context
            return context
        context = (
            self._streams.get(getattr(fact, "stream_id", "")) or Context()
        )  # a fact of the process, of no stream
        if isinstance(fact, UtteranceBegun):
            parent = remote(fact.traceparent)
            context.utterance_traces[fact.utterance_id] = _trace_id(parent) if parent else context.trace_id
            if parent:  # without spans of our own the client's is passed on
                context.parents[fact.utterance_id] = partial(traceparent_of, parent)
        return context

    def traceparent(self, stream_id: str, utterance_id: str) -> str:
        """Return the parent for spans of what is done for an utterance; empty without tracing."""
        context = self._streams.get(stream_id)
        parent = context.parents.get(utterance_id) if context else None
        return parent() if parent else ""

    def after(self, fact: Fact, context: Context) -> None:
        """Forget what the fact has ended."""
        if isinstance(fact, UtteranceEnded):
            context.utterance_traces.pop(fact.utterance_id, None)
            context.parents.pop(fact.utterance_id, None)
        elif isinstance(fact, StreamClosed):
            self._streams.pop(fact.stream_id, None)


def remote(traceparent: str) -> SpanContext | None:
    """Return the span that a W3C `traceparent` names; `None` if it is empty or malformed."""
    if not traceparent:
        return None
    context = trace.get_current_span(_W3C.extract({"traceparent": traceparent})).get_span_context()
    return context if context.is_valid else None


def trace_id_of(traceparent: str) -> str:
    """Return the trace id in a `traceparent`, 32 hex digits; empty if there is none."""
    context = remote(traceparent)
    return _trace_id(context) if context else ""


def traceparent_of(context: SpanContext) -> str:
    """Return a span as a W3C `traceparent`."""
    return f"00-{_trace_id(context)}-{trace.format_span_id(context.span_id)}-{int(context.trace_flags):02x}"


def _trace_id(context: SpanContext) -> str:
    return trace.format_trace_id(context.trace_id)
