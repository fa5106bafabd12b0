"""The listener's playback clock of one track, as far as the gateway can know it.

Rules: playback starts with the first write and goes on in real time while there is audio; where audio ends the clock waits
(an underrun). What the client reports with `Played` corrects it. Nothing is heard that was not written.
"""


class PlaybackClock:
    """Where the listener is on a track.

    Args:
        rate_hz: output samples a second.
    """

    __slots__ = ("_rate_hz", "acknowledged", "due_end", "written")

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self.due_end = 0.0
        """When the listener will have heard all that was written, monotonic seconds."""
        self.written = 0
        """Samples written since the track began; the next one's offset."""
        self.acknowledged = False
        """The client has told its position at least once."""

    def wrote(self, samples: int, now: float) -> float:
        """Take note of a write. Returns the silence in seconds that the listener heard before it; 0 after a start."""
        late_s = now - self.due_end
        if late_s > 0:
            self.due_end = now
        self.due_end += samples / self._rate_hz
        began = self.written > 0
        self.written += samples
        return late_s if began and late_s > 0 else 0.0

    def lead_s(self, now: float) -> float:
        """Seconds of audio that were written and are not yet due at the ear."""
        return max(self.due_end - now, 0.0)

    def position(self, now: float) -> int:
        """The sample that sounds now; `written` when all has been heard."""
        return self.written - round(self.lead_s(now) * self._rate_hz)

    def played(self, sample: int, now: float) -> bool:
        """Correct the clock by the client's word. Returns whether the sample was plausible; beyond what was sent it is clamped."""
        known = min(max(sample, 0), self.written)
        self.due_end = now + (self.written - known) / self._rate_hz
        self.acknowledged = True
        return known == sample

    def discard(self, since_sample: int, now: float) -> None:
        """The client drops what it has not played of the audio from `since_sample` on."""
        unplayed = self.written - max(self.position(now), since_sample)
        self.due_end = max(self.due_end - unplayed / self._rate_hz, now)

    def heard_at(self, sample: int) -> float:
        """When the listener will have heard the track up to this sample."""
        return self.due_end - (self.written - sample) / self._rate_hz

    def lead_falls_to(self, lead_s: float) -> float:
        """When the lead will have fallen to this, if nothing is written."""
        return self.due_end - lead_s
