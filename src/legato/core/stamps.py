"""The stamps behind a receipt. A stage lasts from the previous stamp to its own; together the stages are the total."""

from legato.domain.receipt import Stage

_ORDER = tuple(Stage)


class Stamps:
    """Collects the stamps of one utterance up to its first write."""

    __slots__ = ("_last", "_stages", "closed", "first_text", "segment_known")

    def __init__(self) -> None:
        self.first_text: float | None = None
        self.segment_known: float | None = None
        self.closed = False
        self._last = 0.0
        self._stages: dict[Stage, float] = {}

    def begin(self, now: float) -> None:
        """The first text byte was read."""
        if self.first_text is None:
            self.first_text = self._last = now

    def stamp(self, stage: Stage, now: float) -> None:
        """A stage has ended now: it is charged the time since the previous stamp. Repeats add up (a second attempt)."""
        if self.closed or self.first_text is None:
            return
        self._stages[stage] = self._stages.get(stage, 0.0) + (now - self._last)
        self._last = now
        if stage is Stage.SEGMENT and self.segment_known is None:
            self.segment_known = now
        self.closed = stage is Stage.WRITE

    def stages(self) -> tuple[tuple[Stage, float], ...]:
        """Seconds by stage, in order; empty until the first write."""
        if not self.closed:
            return ()
        took = self._stages.get
        return tuple([(stage, took(stage, 0.0)) for stage in _ORDER])

    @property
    def first_byte_at(self) -> float | None:
        """When the first audio byte was written."""
        return self._last if self.closed else None

    @property
    def ttfb_s(self) -> float | None:
        """First text byte read to first audio byte written."""
        if not self.closed or self.first_text is None:
            return None
        return self._last - self.first_text

    @property
    def ttfb_speakable_s(self) -> float | None:
        """First speakable segment known to first audio byte written, less the wait for its turn."""
        if not self.closed or self.segment_known is None:
            return None
        return self._last - self.segment_known - self._stages.get(Stage.TURN_WAIT, 0.0)
