"""The one observer: every fact goes to every sink once, in order. A sink that fails harms only itself."""

import logging
from collections.abc import Sequence

from gateway.telemetry.correlation import Correlation, Sink
from legato.domain.facts import BugFound, Fact
from legato.domain.traces import Trace

_LOG = logging.getLogger("legato.telemetry")


class Telemetry:
    """Implements `ports.Observer`.

    Args:
        sinks: called in this order; one that sets trace ids must come before those that read them.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)
        self._correlation = Correlation()
        self._complained: set[tuple[type, type]] = set()

    def note(self, fact: Fact) -> None:
        """Take a fact. Never raises, never waits."""
        context = self._correlation.before(fact)
        for sink in self._sinks:
            try:
                sink.take(fact, context)
            except Exception as error:  # noqa: BLE001 - speech goes on when telemetry fails
                self._complain(sink, error)
        self._correlation.after(fact, context)

    def trace(self, stream_id: str, utterance_id: str) -> Trace:
        """Return the parent for a vendor's own spans; `NO_TRACE` without tracing.

        It is the span of the attempt or, if none is under way, of the utterance; without spans here, the client's.
        """
        return self._correlation.trace(stream_id, utterance_id)

    def _complain(self, sink: Sink, error: Exception) -> None:
        kind = (type(sink), type(error))
        if kind not in self._complained:  # once: a broken sink breaks on every fact
            self._complained.add(kind)
            _LOG.error("telemetry sink %s failed", type(sink).__name__, exc_info=error)
            self.note(BugFound.of(f"telemetry {type(sink).__name__}", error))
