"""Which traces are worth keeping, decided when it is known how they went: all that failed or were slow, and a share of the rest.

Rules:
- The spans of a trace wait until one without a local parent has ended; then all of them are handed on, or none.
- The share is decided by the trace's number, so that every gateway decides alike.
- What waits is bounded: beyond it the oldest trace is let go.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import StatusCode

_MOST_TRACES = 4_096
_MOST_SPANS = 256
_TRACE_ID_BITS = 64
_SLOW_BY = "legato.ttfb_speakable_ms"


@dataclass(frozen=True, slots=True)
class TailSettings:
    """What is kept.

    Args:
        share: of the traces that went well, 0 to 1.
        slow_ms: an utterance whose first audio took so long is kept.
    """

    share: float = 1.0
    slow_ms: float = 500.0


class TailKeep(SpanProcessor):
    """Hands on what is worth keeping.

    Args:
        settings: what that is.
        keep: takes it.
    """

    def __init__(self, settings: TailSettings, keep: SpanProcessor) -> None:
        self._settings = settings
        self._keep = keep
        self._waiting: OrderedDict[int, list[ReadableSpan]] = OrderedDict()
        self._below = int(settings.share * 2**_TRACE_ID_BITS)

    def __len__(self) -> int:
        return len(self._waiting)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Nothing yet."""
        self._keep.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        """A span is complete."""
        context = span.get_span_context()
        if context is None:
            return
        if context.trace_id % 2**_TRACE_ID_BITS < self._below:
            self._keep.on_end(span)
            return
        spans = self._waiting.setdefault(context.trace_id, [])
        if len(spans) < _MOST_SPANS:
            spans.append(span)
        if span.parent is None or span.parent.is_remote:
            del self._waiting[context.trace_id]
            if any(map(self._matters, spans)):
                self._hand_on(spans)
        elif len(self._waiting) > _MOST_TRACES:
            self._waiting.popitem(last=False)

    def shutdown(self) -> None:
        """No more spans."""
        self._keep.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Export what was kept."""
        return self._keep.force_flush(timeout_millis)

    def _hand_on(self, spans: list[ReadableSpan]) -> None:
        take: Callable[[ReadableSpan], None] = self._keep.on_end
        for span in spans:
            take(span)

    def _matters(self, span: ReadableSpan) -> bool:
        if span.status.status_code is StatusCode.ERROR:
            return True
        slow = (span.attributes or {}).get(_SLOW_BY)
        return isinstance(slow, int | float) and slow >= self._settings.slow_ms
