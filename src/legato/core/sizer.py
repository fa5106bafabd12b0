"""The chunk sizer: how much of the held audio is written now, and when to look again.

Rules:
1. The first chunk of an utterance leaves at once.
2. A later chunk may be held to grow only while the listener has lead to spare: for about a third of the lead above the safety margin,
   and never for more than half of it. How much comes meanwhile is estimated from the pace at which the utterance's audio has come.
   With a source at real time there is no lead and nothing is held.
3. The size aimed at doubles with every chunk, up to `max_ms`.
4. Audio never gets further ahead of the listener than the lead limit; at the limit it leaves in pieces of the size aimed at.
"""

from dataclasses import dataclass

_AIMED_SHARE = 0.35
"""Share of the spare lead. The lead shrinks while the chunk grows; with a vendor at least a sixth faster than real time the two meet
before half of the spare lead is gone."""
_MOST_PACE = 4.0
"""Times real time: a vendor that began with a burst may continue slowly. What is held then leaves for being held too long."""
_EPSILON_S = 1e-6  # clocks are floats: what is due at the requested time must count as due
_NOTHING = (0, -1.0)
_STAYS = (0, *_NOTHING)


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """Sizes in milliseconds of audio.

    Args:
        frame_ms: the smallest chunk aimed at.
        max_ms: the largest chunk written; no more than may be beyond the outlet when a cancel comes (250 ms).
        safety_ms: lead below which nothing is held.
    """

    frame_ms: float = 20.0
    max_ms: float = 240.0
    safety_ms: float = 60.0


class Sizer:
    """Sizes the chunks of one utterance.

    Args:
        settings: bounds of the sizes.
        rate_hz: output samples a second.
        max_lead_ms: audio ahead of the listener at most; 0 for real time, negative for no bound.
        frame_samples: chunks are whole multiples of this, except the last.
    """

    __slots__ = (
        "_first",
        "_frame_s",
        "_frame_samples",
        "_max_lead_s",
        "_max_s",
        "_rate_hz",
        "_target_s",
        "_written_s",
        "safety_s",
    )

    def __init__(
        self, settings: ChunkSettings, rate_hz: int, max_lead_ms: int, frame_samples: int = 1
    ) -> None:
        self._rate_hz = rate_hz
        self._frame_samples = frame_samples
        self._frame_s = settings.frame_ms / 1000
        self._max_s = settings.max_ms / 1000
        self.safety_s = settings.safety_ms / 1000
        """The lead below which nothing is held, seconds."""
        self._target_s = self._frame_s
        self._written_s = 0.0
        self._first = True
        # At real time one frame must be on its way while the one before it sounds.
        self._max_lead_s = float("inf") if max_lead_ms < 0 else max(max_lead_ms / 1000, 2 * self._frame_s)

    def offer(self, held: int, lead_s: float, *, complete: bool) -> tuple[int, float]:
        """How much to write of what is held.

        Args:
            held: samples that wait.
            lead_s: audio ahead of the listener, seconds.
            complete: no more audio will come: there is nothing to wait for.

        Returns:
            Samples to write now (0 for none), and, if 0, the lead in seconds at which to ask again (negative: not before more
            audio comes).
        """
        if held <= 0 or (held < self._frame_samples and not complete):
            return 0, -1.0
        held_s = held / self._rate_hz
        wanted_s = min(held_s, self._max_s)
        room_s = self._max_lead_s - lead_s
        piece_s = min(wanted_s, self._piece_s())
        if room_s < piece_s - _EPSILON_S:
            return 0, max(self._max_lead_s - piece_s, 0.0)
        pace = self._pace(lead_s)
        if not (self._first or complete) and held_s < self._aim_s(lead_s, pace) - _EPSILON_S:
            return 0, self.safety_s + 2 * held_s / pace
        return self._take(held, min(wanted_s, room_s)), -1.0

    def passes(self, held: int, lead_s: float, room_s: float) -> tuple[int, int, float]:
        """What `offer` would write, whatever else may come, if that is all of it or a largest chunk; it then counts as written.

        Args:
            held: samples that came, were gathered, or wait.
            lead_s: audio ahead of the listener, seconds.
            room_s: the most that may be written in one chunk, seconds.

        Returns:
            Samples to write, and what `gatherable` says of those that come next; 0 samples where `offer` must decide, also about a rest
            that more does not merely join.
        """
        held_s = held / self._rate_hz
        if held_s > self._max_s:
            if self._target_s < self._max_s:
                return _STAYS
            held_s = self._max_s
        if self._first or held_s > self._max_lead_s - lead_s or held_s > room_s:
            return _STAYS
        if lead_s > self.safety_s and held_s < self._aim_s(lead_s, self._pace(lead_s)) - _EPSILON_S:
            return _STAYS
        samples = round(held_s * self._rate_hz)
        samples -= samples % self._frame_samples
        if not samples:
            return _STAYS
        before = self._target_s, self._written_s
        written_s, rest, more = samples / self._rate_hz, held - samples, _NOTHING
        self._target_s = min(self._target_s * 2, self._max_s)
        self._written_s += written_s
        if rest or lead_s + written_s > self.safety_s:  # at real time there is nothing to gather
            more = self.gatherable(rest, lead_s + written_s)
        if rest and not more[0]:
            self._target_s, self._written_s = before
            return _STAYS
        return samples, *more

    def gatherable(self, held: int, lead_s: float) -> tuple[int, float]:
        """How much more audio would only wait, as long as nothing else comes: until there is as much as is aimed at now.

        Args:
            held: samples that wait.
            lead_s: audio ahead of the listener, seconds.

        Returns:
            Samples that may come without being reported, and the lead in seconds at which that ends; 0 samples where all must be
            reported.
        """
        room_s = self._max_lead_s - lead_s
        piece_s = self._piece_s()
        if room_s < piece_s - _EPSILON_S and held >= round(piece_s * self._rate_hz):
            return round(self._max_s * self._rate_hz), self._max_lead_s - piece_s
        held_s = held / self._rate_hz
        pace = self._pace(lead_s)
        more_s = self._aim_s(lead_s, pace) - held_s
        if more_s < self._frame_s:
            return _NOTHING
        until_lead_s = self.safety_s + 2 * (held_s + more_s) / pace
        return int(more_s * self._rate_hz), until_lead_s

    def _aim_s(self, lead_s: float, pace: float) -> float:
        """The size to which a chunk may grow with this lead, given that the lead shrinks no faster than time passes."""
        return min(self._target_s, (lead_s - self.safety_s) * _AIMED_SHARE * pace)

    def _pace(self, lead_s: float) -> float:
        """The pace of the audio so far, in times real time: what was written, over what of it the listener is due to have heard."""
        due_s = self._written_s - lead_s
        return min(self._written_s / due_s, _MOST_PACE) if due_s > 0 else _MOST_PACE

    def _piece_s(self) -> float:
        """At the lead limit chunks are as large as the target, but never more than half of the limit."""
        return min(self._target_s, self._max_lead_s / 2)

    def _take(self, held: int, size_s: float) -> int:
        if not self._first:
            self._target_s = min(self._target_s * 2, self._max_s)
        self._first = False
        samples = min(held, max(round(size_s * self._rate_hz), 1))
        whole = samples - samples % self._frame_samples
        taken = samples if samples == held and not whole else max(whole, min(held, self._frame_samples))
        self._written_s += taken / self._rate_hz
        return taken
