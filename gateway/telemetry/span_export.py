"""Exports spans, and counts those that the receiver took, those that it did not, and those for which there was no room.

The event loop only puts a span into a bounded queue, which a thread empties. A receiver that is slow or down costs spans, never speech.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

ROOM = 2_048
"""How many spans may wait, unless `OTEL_BSP_MAX_QUEUE_SIZE` says otherwise."""
BATCH = 512
"""How many spans are exported at once, unless `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` says otherwise."""


@dataclass(slots=True)
class SpanCounts:
    """What became of the spans so far.

    Args:
        exported: spans that the receiver took.
        failed: spans for which it could not be reached, or that it refused.
        dropped: spans for which too many were waiting already.
        queued: spans put into the queue so far.
        taken: spans taken from it so far. Each number has one writer, the loop or the thread, so that no count is lost.
    """

    exported: int = 0
    failed: int = 0
    dropped: int = 0
    queued: int = 0
    taken: int = 0

    @property
    def waiting(self) -> int:
        """How many spans are in the queue."""
        return self.queued - self.taken

    def by_outcome(self) -> dict[str, int]:
        """Return the number of spans that wait no longer, by outcome."""
        return {"exported": self.exported, "failed": self.failed, "dropped": self.dropped}


class SpanExport(SpanProcessor):
    """Exports in the background.

    Args:
        exporter: reaches the receiver; may block.
        counts: kept up to date.
        room: how many spans may wait.
        batch: how many spans are exported at once.
    """

    def __init__(
        self, exporter: SpanExporter, counts: SpanCounts, room: int = ROOM, batch: int = BATCH
    ) -> None:
        self._counts = counts
        self._room = room
        self._batches = BatchSpanProcessor(
            _Counted(exporter, counts), max_queue_size=room, max_export_batch_size=min(room, batch)
        )

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Do nothing yet."""

    def on_end(self, span: ReadableSpan) -> None:
        """Queue a span that is complete, or count it as dropped."""
        if span.context is None or not span.context.trace_flags.sampled:
            return
        if self._counts.waiting >= self._room:
            self._counts.dropped += 1
            return
        self._counts.queued += 1
        self._batches.on_end(span)

    def shutdown(self) -> None:
        """Export what waits, and then nothing more."""
        self._batches.shutdown()  # type: ignore[no-untyped-call]  # the SDK leaves this one untyped

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Export what waits."""
        return self._batches.force_flush(timeout_millis)


class _Counted(SpanExporter):
    def __init__(self, exporter: SpanExporter, counts: SpanCounts) -> None:
        self._exporter = exporter
        self._counts = counts

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._counts.taken += len(spans)
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            if result is SpanExportResult.SUCCESS:
                self._counts.exported += len(spans)
            else:
                self._counts.failed += len(spans)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)
