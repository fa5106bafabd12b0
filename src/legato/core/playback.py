"""The listener's playback clock on one track, as far as the gateway can know it.

Rules: playback starts with the first write and goes on in real time while there is audio; where audio ends the clock waits
(an underrun). What the client reports with `Played` corrects it. Nothing is heard that was not written. Audio that the client drops
before it sounds is skipped: the listener goes on with what follows it.
"""


class PlaybackClock:
    """Where the listener is on a track.

    Args:
        rate_hz: output samples a second.
    """

    __slots__ = ("_dropped", "_rate_hz", "acknowledged", "due_end", "written")

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._dropped: list[tuple[int, int]] = []
        """What the listener will skip, in order: first sample, one past the last."""
        self.due_end = 0.0
        """When the listener will have heard all that was written, monotonic seconds."""
        self.written = 0
        """Samples written since the track began; the next one's offset."""
        self.acknowledged = False
        """The client has reported its position at least once."""

    def wrote(self, samples: int, now: float) -> float:
        """Count a write. Returns the silence in seconds that the listener heard before it; 0 for the first."""
        late_s = now - self.due_end
        if late_s > 0:
            self.due_end = now
        self.due_end += samples / self._rate_hz
        began = self.written > 0
        self.written += samples
        return late_s if began and late_s > 0 else 0.0

    def lead_s(self, now: float) -> float:
        """Seconds of audio that were written and that the listener is not yet due to hear."""
        return max(self.due_end - now, 0.0)

    def position(self, now: float) -> int:
        """The sample that sounds now; equals `written` when all has been heard."""
        at = self.written - round(self.lead_s(now) * self._rate_hz)
        for first, end in reversed(self._dropped):
            if at < end:
                at -= end - first
        return at

    def played(self, sample: int, now: float) -> bool:
        """Correct the clock by the client's report. Returns whether the sample was plausible; one beyond what was sent is clamped."""
        known = min(max(sample, 0), self.written)
        self.due_end = now + self._heard_from(known, self.written) / self._rate_hz
        self.acknowledged = True
        return known == sample

    def discard(self, first: int, end: int, now: float) -> None:
        """The client drops the audio from sample `first` up to `end`, as far as it has not been played."""
        at = self.position(now)
        first = max(first, at)
        if first >= end:
            return
        self.due_end = max(self.due_end - self._heard_from(first, end) / self._rate_hz, now)
        self._dropped = [gone for gone in self._dropped if gone[1] > at and not first <= gone[0] < end]
        if first > at:
            self._dropped = sorted([*self._dropped, (first, end)])

    def heard_at(self, sample: int) -> float:
        """When the listener will have heard the track up to this sample."""
        return self.due_end - self._heard_from(sample, self.written) / self._rate_hz

    def _heard_from(self, first: int, end: int) -> int:
        """How many of the samples from `first` to `end` are not skipped."""
        samples = end - first
        for gone, gone_end in self._dropped:
            samples -= max(min(gone_end, end) - max(gone, first), 0)
        return samples

    def lead_falls_to(self, lead_s: float) -> float:
        """When the lead will have fallen to this, if nothing is written."""
        return self.due_end - lead_s
