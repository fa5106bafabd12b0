"""The metrics of one (face, provider, voice): families, and the children bound once for each combination."""

from typing import get_args

from prometheus_client import CollectorRegistry

from gateway.telemetry.tallies import CounterFamily, HistogramFamily, observe_each
from legato.domain.facts import Outcome
from legato.domain.receipt import Receipt, Stage

VOICE_BUCKETS = (
    0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0,
)  # fmt: skip
"""20 ms to 5 s: below it nobody hears a difference, above it nobody waits. 0.2 is the objective."""
FINE_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""For stages, most of which should take no time at all."""
CHUNK_BUCKETS = (0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28)
"""Chunks double from 20 ms on."""
CANCEL_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)
"""The promise is 5 ms."""

_LABELS = ("face", "provider", "voice")


class RouteFamilies:
    """The families, registered once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def histogram(
            name: str, about: str, *more: str, buckets: tuple[float, ...] = VOICE_BUCKETS
        ) -> HistogramFamily:
            return HistogramFamily(name, about, [*_LABELS, *more], buckets, registry)

        def counter(name: str, about: str, *more: str) -> CounterFamily:
            return CounterFamily(name, about, [*_LABELS, *more], registry)

        self.ttfb = histogram(
            "legato_ttfb_seconds", "Time from the first text byte to the first audio byte.", "queued"
        )
        self.speakable = histogram(
            "legato_ttfb_speakable_seconds",
            "Time from the first speakable segment to the first audio byte, less the wait for its turn.",
            "queued",
        )
        self.ttfa = histogram(
            "legato_ttfa_seconds", "Time from the first text byte to the first audible sample.", "queued"
        )
        self.stage = histogram(
            "legato_stage_seconds",
            "Time spent in each stage before the first audio byte.",
            "stage",
            buckets=FINE_BUCKETS,
        )
        self.utterances = counter("legato_utterances", "Utterances ended, by outcome.", "outcome")
        self.audio = counter("legato_audio_seconds", "Seconds of audio written.")
        self.chunks = counter("legato_audio_chunks", "Audio messages written.")
        self.chunk = histogram(
            "legato_chunk_seconds", "Audio in a message: the mean of each utterance.", buckets=CHUNK_BUCKETS
        )
        self.characters = counter(
            "legato_characters",
            "Characters accepted, sent to voices, spoken from the audio cache, and spoken but unheard.",
            "kind",
        )
        self.repeated = counter("legato_repeated_words", "Words said twice at a splice.")

    def bind(self, face: str, provider: str, voice: str) -> "RouteSeries":
        """Bind the children of one combination."""
        return RouteSeries(self, (face, provider, voice))


class RouteSeries:
    """The children of one combination, bound once: a look-up costs more than an observation."""

    def __init__(self, families: RouteFamilies, labels: tuple[str, str, str]) -> None:
        self._queued = [
            tuple(
                family.labels(*labels, queued)
                for family in (families.ttfb, families.speakable, families.ttfa)
            )
            for queued in ("false", "true")
        ]
        self._stages = {stage: families.stage.labels(*labels, stage.value) for stage in Stage}
        self._outcomes = {
            outcome: families.utterances.labels(*labels, outcome) for outcome in get_args(Outcome)
        }
        self._audio = families.audio.labels(*labels)
        self._chunks = families.chunks.labels(*labels)
        self._chunk = families.chunk.labels(*labels)
        self._accepted = families.characters.labels(*labels, "accepted")
        self._sent = families.characters.labels(*labels, "sent")
        self._cached = families.characters.labels(*labels, "cached")
        self._unheard = families.characters.labels(*labels, "unheard")
        self._repeated = families.repeated.labels(*labels)

    def ended(self, outcome: Outcome, receipt: Receipt, trace_id: str) -> None:
        """Count an utterance that has ended: finished, cancelled or failed."""
        times = (receipt.ttfb_s, receipt.ttfb_speakable_s, receipt.ttfa_s)
        told = zip(self._queued[receipt.queued], times, strict=True)
        observed = [(child, seconds) for child, seconds in told if seconds is not None]
        observed += [(self._stages[stage], seconds) for stage, seconds in receipt.stages]
        observe_each(observed, trace_id)
        if receipt.audio_samples:
            seconds = receipt.audio_samples / receipt.sample_rate_hz
            self._audio.value += seconds
            self._chunk.observe(seconds / max(receipt.chunks, 1))
        # Calling a method for each of these would cost a twentieth of all that the end of an utterance costs.
        self._outcomes[outcome].value += 1
        self._chunks.value += receipt.chunks
        self._accepted.value += receipt.accepted_chars
        self._sent.value += receipt.sent_chars
        self._cached.value += receipt.cached_chars
        self._unheard.value += receipt.unheard_chars
        self._repeated.value += receipt.repeated_words
