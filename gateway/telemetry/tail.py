"""Decides which traces to keep once it is known how they went: all that failed or were slow, and a share of the rest.

Rules:
- Spans wait until their root, the span without a local parent that they are within, has ended; then all of them are passed on, or none.
  A client may put a whole conversation into one trace: a kept utterance loses nothing because another one ended before it.
- A caller may give up before a slow voice has said anything: an attempt that gave no audio for the text is as slow as it lasted.
- The stream that a kept utterance is linked to is kept as well, when it ends.
- The share is decided by the trace id, so that every gateway decides alike.
- What waits is bounded: above the bound the oldest trace is dropped, and within a trace the spans that went well are dropped first.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import SpanContext, StatusCode

_MOST_TRACES = 4_096
_MOST_SPANS = 256
_TRACE_ID_BITS = 64
_SLOW_BY = "legato.ttfb_speakable_ms"
_SENT, _HEARD = "legato.sent_chars", "legato.audio_ms"


@dataclass(frozen=True, slots=True)
class TailSettings:
    """What is kept.

    Args:
        share: share of the traces that went well, 0 to 1.
        slow_ms: an utterance whose first audio took at least this long, or had not come by then, is kept.
    """

    share: float = 1.0
    slow_ms: float = 500.0


class TailKeep(SpanProcessor):
    """Passes on the spans worth keeping.

    Args:
        settings: which ones those are.
        keep: takes them.
    """

    def __init__(self, settings: TailSettings, keep: SpanProcessor) -> None:
        self._settings = settings
        self._keep = keep
        self._waiting: OrderedDict[int, list[ReadableSpan]] = OrderedDict()
        self._linked: OrderedDict[int, None] = OrderedDict()
        self._below = int(settings.share * 2**_TRACE_ID_BITS)

    def __len__(self) -> int:
        return len(self._waiting)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Only pass it on: nothing is decided yet."""
        self._keep.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        """Pass on a span that is complete, let it wait for its root, or decide about all within it."""
        context = span.get_span_context()
        if context is None:
            return
        if self._is_of_the_share(context):
            self._keep.on_end(span)
        elif span.parent is None or span.parent.is_remote:
            self._judge(span, context)
        else:
            self._let_wait(span, context)

    def shutdown(self) -> None:
        """Shut down what takes the kept spans; those that wait are lost."""
        self._keep.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Export what was kept."""
        return self._keep.force_flush(timeout_millis)

    def _is_of_the_share(self, context: SpanContext) -> bool:
        number: int = context.trace_id % 2**_TRACE_ID_BITS
        return number < self._below

    def _let_wait(self, span: ReadableSpan, context: SpanContext) -> None:
        spans = self._waiting.setdefault(context.trace_id, [])
        if len(spans) < _MOST_SPANS:
            spans.append(span)
        elif self._matters(span):
            spans.pop(0)
            spans.append(span)
        if len(self._waiting) > _MOST_TRACES:
            self._waiting.popitem(last=False)

    def _judge(self, root: ReadableSpan, context: SpanContext) -> None:
        within, others = _apart(self._waiting.pop(context.trace_id, ()), context.span_id)
        if others:
            self._waiting[context.trace_id] = others
        whole = [*within, root]
        if self._is_linked(context) or any(map(self._matters, whole)):
            self._hand_on(whole)
            self._keep_linked(root)

    def _is_linked(self, context: SpanContext) -> bool:
        if context.span_id not in self._linked:
            return False
        del self._linked[context.span_id]
        return True

    def _keep_linked(self, root: ReadableSpan) -> None:
        for link in root.links:
            if link.context.trace_flags.sampled and not self._is_of_the_share(link.context):
                self._linked[link.context.span_id] = None
        while len(self._linked) > _MOST_TRACES:
            self._linked.popitem(last=False)

    def _hand_on(self, spans: list[ReadableSpan]) -> None:
        take: Callable[[ReadableSpan], None] = self._keep.on_end
        for span in spans:
            take(span)

    def _matters(self, span: ReadableSpan) -> bool:
        if span.status.status_code is StatusCode.ERROR:
            return True
        told = span.attributes or {}
        slow = told.get(_SLOW_BY, _silent_ms(span) if told.get(_SENT) and told.get(_HEARD) == 0 else 0)
        return isinstance(slow, int | float) and slow >= self._settings.slow_ms


def _silent_ms(span: ReadableSpan) -> float:
    return ((span.end_time or 0) - (span.start_time or 0)) / 1e6


def _apart(spans: Iterable[ReadableSpan], root: int) -> tuple[list[ReadableSpan], list[ReadableSpan]]:
    """Split off the spans within this one, in their order; it works from the end, since a span ends after all within it."""
    inside = {root}
    within: list[ReadableSpan] = []
    others: list[ReadableSpan] = []
    for span in reversed(list(spans)):
        if span.parent is not None and span.parent.span_id in inside:
            within.append(span)
            inside.add(span.context.span_id)
        else:
            others.append(span)
    return within[::-1], others[::-1]
