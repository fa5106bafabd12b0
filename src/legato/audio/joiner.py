"""Segments that were spoken one by one, joined as if they had been spoken in one breath.

Rules:

- At most `lead_keep_ms` of the silence before a segment stay, and at most `tail_keep_ms` of the silence after it; the rest is cut.
- Between two segments the pause of the mark is heard: whatever part of it is not already there as silence is added.
- After a forced cut, where there was no mark, the two sides are crossfaded.
- Audible samples are never cut, and samples that will stay are never held back: silence waits here only while it may have to go.
"""

import enum
from dataclasses import dataclass

import numpy as np

from legato.audio.fades import fade_out
from legato.audio.reel import Reel
from legato.audio.samples import EMPTY, Samples, amplitude
from legato.audio.silence import SILENCE_DBFS, leading_silence, trailing_silence
from legato.domain.audio import LedgerKind


@dataclass(frozen=True, slots=True)
class Joining:
    """How segments are joined; all but the level in milliseconds.

    Args:
        lead_keep_ms: the most silence before a segment's first sound.
        tail_keep_ms: the most silence after its last one, before the pause of the mark.
        attack_ms: part of the lead that directly precedes the sound, where soft sounds begin.
        fade_ms: last part of the kept tail, over which it falls to digital silence.
        crossfade_ms: overlap where a segment was cut without a mark.
        below_dbfs: level up to which samples count as silence.

    Raises:
        ValueError: a part is longer than the whole it belongs to.
    """

    lead_keep_ms: int = 60
    tail_keep_ms: int = 120
    attack_ms: int = 10
    fade_ms: int = 5
    crossfade_ms: int = 10
    below_dbfs: float = SILENCE_DBFS

    def __post_init__(self) -> None:
        if not (0 <= self.attack_ms <= self.lead_keep_ms and 0 <= self.fade_ms <= self.tail_keep_ms):
            raise ValueError(f"expected attack within lead and fade within tail, got {self}")


class _State(enum.Enum):
    OUTSIDE = enum.auto()
    """Between segments: samples pass."""
    LEAD = enum.auto()
    """Nothing of the segment has been audible yet."""
    BODY = enum.auto()


_OUTSIDE, _LEAD, _BODY = _State
"""Looking up a member of an enum is expensive, and these are needed for every chunk."""


class Joiner:
    """Trims and joins segments on their way to a reel.

    Args:
        reel: where the samples go.
        rate_hz: rate of the samples.
        settings: lengths and level.
    """

    __slots__ = (
        "_attack",
        "_crossfade",
        "_cut",
        "_fade",
        "_fed",
        "_held",
        "_lead_keep",
        "_limit",
        "_missing",
        "_rate_hz",
        "_reel",
        "_room",
        "_start",
        "_state",
        "_tail",
        "_tail_keep",
        "held",
        "shift",
    )

    def __init__(self, reel: Reel, rate_hz: int, settings: Joining) -> None:
        self._reel = reel
        self._rate_hz = rate_hz
        self._limit = amplitude(settings.below_dbfs)
        self._lead_keep = self._samples(settings.lead_keep_ms)
        self._tail_keep = self._samples(settings.tail_keep_ms)
        self._attack = self._samples(settings.attack_ms)
        self._fade = self._samples(settings.fade_ms)
        self._crossfade = self._samples(settings.crossfade_ms)
        self._state = _OUTSIDE
        self._tail = 0  # silent samples that the reel ends with, as far as known
        self._held: list[Samples] = []  # silence that may have to go
        self.held = 0
        """Silent samples held back, because they may be the segment's end."""
        self._room = 0  # samples of the lead that may still pass at once
        self._missing = 0  # samples of the pause still to be heard before the sound
        self._cut = False  # some of the lead was cut
        self._start = 0  # where on the reel the run began
        self._fed = 0  # samples of the run so far
        self.shift: int | None = 0
        """By how many samples the sound of this segment comes later in the run than its line has counted; `None` until it sounds."""

    def begin_run(self) -> None:
        """Begin a run: samples of another line follow."""
        self._start = self._reel.available + self._reel.taken
        self._fed = 0
        self.shift = 0

    def begin(self, pause_ms: int) -> None:
        """Begin a segment, `pause_ms` after the sound of the one before (which ends here, if it has not)."""
        self.end()
        self.shift = None
        self._state = _LEAD
        self._cut = False
        if not self._reel.available + self._reel.taken:
            self._missing, self._room = 0, self._lead_keep - self._attack
            return
        missing = max(self._samples(pause_ms) - self._tail, 0)
        at_once = max(missing - self._lead_keep, 0)
        self._missing = missing - at_once
        self._room = max(self._missing - self._attack, 0)
        if pause_ms:
            self._reel.smooth()
            self._reel.silence(at_once)
            self._tail += at_once
            self._reel.smooth()
        else:
            self._reel.cross(self._crossfade)

    def feed(self, samples: Samples) -> None:
        """Take samples from the line, in order, cut anywhere."""
        self._fed += len(samples)
        if self._state is _LEAD:
            samples = self._before_sound(samples)
        if not len(samples):
            return
        limit = self._limit
        in_sound = not self.held and not -limit <= samples.item(-1) <= limit
        if in_sound and self._state is _BODY:  # nearly always
            self._tail = 0
            self._reel.run(samples)
            return
        quiet = trailing_silence(samples, limit)
        if self._state is _OUTSIDE:
            self._pass(samples, quiet)
            return
        if quiet < len(samples):
            self.release()
            self._pass(samples[: len(samples) - quiet], 0)
            samples = samples[len(samples) - quiet :]
        if quiet:
            self._after_sound(samples)

    def end(self) -> None:
        """End the segment: silence held back after it is cut, and what is kept of it falls to digital silence."""
        if self._state is _BODY and self.held > self._fade:
            held = self._take_held()
            kept = held[: self._fade]
            self._pass(fade_out(kept), len(kept))
            self._reel.trim(len(held) - len(kept), LedgerKind.TAIL_TRIM)
        elif self._state is _LEAD:
            self._reel.trim(len(self._take_held()), LedgerKind.LEAD_TRIM)
        self.release()
        self._reel.settle()
        self._state = _OUTSIDE

    def release(self) -> None:
        """Let go of the silence held back in the middle of a segment, though it may prove to be its end."""
        if self.held and self._state is not _LEAD:
            held = self._take_held()
            self._pass(held, len(held))

    def drop(self, *, keep: int = 0) -> int:
        """Throw away what is held here, and on the reel after the first `keep` samples; return how many samples that was."""
        here = len(self._take_held())
        self._reel.trim(here, LedgerKind.DROPPED)
        there = self._reel.drop(keep=keep)
        if there:
            self._tail = self._reel.ends_silent()
        return here + there

    def _before_sound(self, samples: Samples) -> Samples:
        """Deal with the silence at the segment's start; return the rest, from the first audible sample on."""
        quiet = leading_silence(samples, self._limit)
        self._lead(samples[:quiet])
        if quiet == len(samples):
            return EMPTY
        short = self._missing - self.held
        if short > 0:
            self._reel.smooth()
            self._reel.silence(short)
        if self._cut or short > 0:
            self._reel.smooth()
        self._state = _BODY
        self.release()
        sound = samples[quiet:]
        self.shift = self._reel.available + self._reel.taken - self._start - (self._fed - len(sound))
        return sound

    def _lead(self, quiet: Samples) -> None:
        at_once = min(self._room, len(quiet))
        if at_once:
            self._room -= at_once
            self._missing -= at_once
            self._pass(quiet[:at_once], at_once)
        self._hold(quiet[at_once:])
        if self.held > self._attack:
            self._cut = True
            held = self._take_held()
            self._reel.trim(len(held) - self._attack, LedgerKind.LEAD_TRIM)
            self._hold(held[len(held) - self._attack :])

    def _after_sound(self, quiet: Samples) -> None:
        if not self.held:
            at_once = min(max(self._tail_keep - self._fade - self._tail, 0), len(quiet))
            self._pass(quiet[:at_once], at_once)
            quiet = quiet[at_once:]
        self._hold(quiet)

    def _pass(self, samples: Samples, quiet: int) -> None:
        if len(samples):
            self._reel.run(samples)
            self._tail = self._tail + quiet if quiet == len(samples) else quiet

    def _hold(self, samples: Samples) -> None:
        if len(samples):
            self._held.append(samples)
            self.held += len(samples)

    def _take_held(self) -> Samples:
        held = np.concatenate(self._held) if self._held else EMPTY
        self._held.clear()
        self.held = 0
        return held

    def _samples(self, ms: int) -> int:
        return self._rate_hz * ms // 1000
