"""How far a text has been said, by what its sound was like: the text's sounds are followed through a rough sketch of the audio.

Rules:
1. A text is a row of sounds, each with a usual length and a usual look in the sketch (level and middle frequency), any of which may be
   missing; between words, and above all at marks, may be silence. Where the voice is in that row is followed from frame to frame, for
   several paces at once, as a chance for each place.
2. A word counts as said where hardly any chance is left that it was not, a little before the cut: borders of words are not sharp. Where
   words were passed that may be read in several ways, and behind the last word of the text, that is asked well before the cut.
3. What does not look like the text at all, as music would not, is not judged.

The looks and lengths were fitted on two voices with known word times, one made of formants and one neural; one frame's look counts for
less than half, since neighbours are alike. What the margins come to is told in docs/outages.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.core.word_sounds import Sound, is_odd, sounds_of
from legato.domain.audio import Sketch

Floats = NDArray[np.float64]

FRAME_S = 0.02
# fmt: off
LEVELS_DB, LEVEL_SPREADS_DB, PITCHES, PITCH_SPREADS, LENGTHS_S = np.array([
    (-5.42, 4.73, 6.78, 0.29, 0.104),  # A
    (-6.08, 5.08, 6.72, 0.37, 0.086),  # E
    (-5.4, 4.88, 6.67, 0.31, 0.098),  # I
    (-4.52, 4.37, 6.55, 0.29, 0.105),  # O
    (-5.33, 4.54, 6.55, 0.34, 0.105),  # U
    (-16.9, 5.66, 8.16, 0.22, 0.086),  # HISS
    (-16.8, 7.48, 8.09, 0.22, 0.085),  # HUSH
    (-25.26, 7.86, 7.22, 0.94, 0.056),  # BREATH
    (-20.67, 5.14, 7.43, 0.53, 0.059),  # ASPIRATE
    (-32.3, 14.95, 6.74, 0.89, 0.073),  # LIPS
    (-27.49, 13.39, 7.1, 0.98, 0.061),  # TONGUE
    (-29.79, 14.79, 7.21, 0.77, 0.082),  # THROAT
    (-11.62, 4.36, 5.82, 0.3, 0.072),  # NASAL
    (-10.13, 6.05, 6.21, 0.27, 0.059),  # LATERAL
    (-16.2, 6.23, 6.28, 0.51, 0.05),  # RHOTIC
    (-12.89, 7.11, 5.91, 0.24, 0.067),  # GLIDE
    (-54.81, 10.18, 7.96, 0.53, 0.05),  # SILENCE
    (-30.86, 13.61, 6.91, 0.97, 0.064),  # ANY
]).T
# fmt: on
_STATES = np.array([2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2])
"""How many stages a sound goes through: with more of them its length is more even."""
_EVIDENCE = 0.45
"""What the look of one frame counts."""
_LOUD_SHARE = 95
_LEAST_DB = -60.0
_KNOWN_PACE, _UNKNOWN_PACE = 0.16, 0.25
"""How far paces are spread about the one thought, as logarithms."""
_PACES = np.linspace(-2.5, 2.5, 9)
_DOUBT = 0.003
_MARGIN_S = 0.16
_ODD_MARGIN_S = 0.25
_MOST_ODD = 3
_LAST_MARGIN_S = 0.4
_LEAST_S = 0.6
"""So early no word counts as said: how loud the voice is is not known yet, and there are not more than two."""
_LEAST_LIKENESS = 0.12
"""The mean gain of a frame's look over one of any sound."""
_LEAST_STIR_DB = 2.0
"""How much the level of speech changes from frame to frame, at the least; hums and beeps stay the same."""
_FEWEST_FRAMES = 4
_MOST_FRAMES = 1_500
_NO_PAUSE_S = 0.06
_NO_PAUSE = 0.93
_PAUSE_LEFT_OUT = 0.15
_PAUSE_SHARE = 0.8
_ONSET_S = 0.1
_REACH = 4
"""So many sounds may be left out in a row, less one."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a voice was in a text.

    Args:
        since: the sample that the first frame begins with.
        frame: samples to a frame.
        beyond: for each frame and number of words, how likely so many were said by then.
        within: for each frame, how likely it is within a word.
        margins: how long before the cut that is asked, for each number of words, in samples.
    """

    since: int
    frame: int
    beyond: Floats
    within: Floats
    margins: tuple[int, ...]

    def said(self, sample: int) -> int:
        """How many words were surely said whole before this sample."""
        count = 0
        if sample - self.since < round(_LEAST_S / FRAME_S) * self.frame:
            return 0
        while count + 1 < len(self.margins):
            at = (sample - self.margins[count + 1] - self.since) // self.frame - 1
            if at < 0 or self.beyond[min(at, len(self.beyond) - 1), count + 1] < 1 - _DOUBT:
                break
            count += 1
        return count

    def end_of(self, word: int) -> int:
        """The sample by which so many words were probably said."""
        passed = self.beyond[:, word] >= 0.5
        frames = int(passed.argmax()) if passed.any() else len(passed)
        return self.since + self.frame * frames

    def begun(self, sample: int) -> float:
        """How many words were probably said, at least in part."""
        at = min((sample - self.since) // self.frame, len(self.beyond) - 1)
        return float(self.beyond[at, 1:].sum() + self.within[at]) if at >= 0 else 0.0

    def best(self, first: int, last: int) -> int:
        """The sample from `first` to `last` behind which the fewest words would be said again; the latest of them."""
        places: list[int] = [*range(last, first, -self.frame), first]
        again: list[float] = [round(self.begun(place) - self.said(place), 1) for place in places]
        return places[again.index(min(again))]


@dataclass(frozen=True, slots=True)
class _Row:
    """The states of a text: for each its sound, its word, its usual length, and which sound's states come before it."""

    sounds: NDArray[np.intp]
    said: NDArray[np.intp]
    lengths_s: Floats
    before: NDArray[np.intp]
    shares: Floats
    first: Floats


def follow(
    words: Sequence[str], pauses_s: Sequence[float], sketch: Sketch, since: int, length_s: float | None
) -> Followed | None:
    """Follow a text through the audio.

    Args:
        words: of the text.
        pauses_s: that is usual behind each of them.
        sketch: of the audio.
        since: the sample that it begins at.
        length_s: how long all of it takes, where its voice is known.

    Returns:
        `None` where the audio does not look like the text, or is too short or too long to tell.
    """
    skipped = max(round((since - sketch.start_sample) / sketch.frame_samples), 0)
    levels, pitches = sketch.levels_db[skipped:], sketch.pitches[skipped:]
    if not words or not _FEWEST_FRAMES <= len(levels) <= _MOST_FRAMES:
        return None
    if np.abs(np.diff(levels)).mean() < _LEAST_STIR_DB:
        return None
    row = _row(words, pauses_s)
    looks = _looks(np.asarray(levels), np.asarray(pitches))
    centre, spread = 0.0, _UNKNOWN_PACE
    if length_s is not None:
        centre, spread = math.log(max(length_s, 0.05) / _usual_s(words, pauses_s)), _KNOWN_PACE
    chances, within, likeness = _walk(row, looks, np.exp(centre + spread * _PACES), len(words))
    if likeness < _LEAST_LIKENESS:
        return None
    beyond = np.cumsum(chances[:, ::-1], axis=1)[:, ::-1]
    start = sketch.start_sample + skipped * sketch.frame_samples
    margins = _margins(words, round(sketch.frame_samples / FRAME_S))
    return Followed(start, sketch.frame_samples, beyond, within, margins)


def _margins(words: Sequence[str], rate_hz: int) -> tuple[int, ...]:
    odd, margins = 0, [0]
    for number, word in enumerate(words, 1):
        odd += is_odd(word)
        margin_s = _MARGIN_S + _ODD_MARGIN_S * min(odd, _MOST_ODD) + _LAST_MARGIN_S * (number == len(words))
        margins.append(round(margin_s * rate_hz))
    return tuple(margins)


def _usual_s(words: Sequence[str], pauses_s: Sequence[float]) -> float:
    sounds = (sound for word in words for sound in sounds_of(word))
    return float(sum(LENGTHS_S[sound] * (1 - missing) for sound, missing in sounds)) + sum(pauses_s[:-1])


def _looks(levels_db: Floats, pitches: Floats) -> Floats:
    """What each frame's look counts for each sound, as logarithms."""
    loud = np.percentile(levels_db, _LOUD_SHARE)
    level = np.maximum(levels_db - loud, _LEAST_DB)[:, None]
    exact: Floats = ((level - LEVELS_DB) / LEVEL_SPREADS_DB) ** 2 / 2
    exact += ((pitches[:, None] - PITCHES) / PITCH_SPREADS) ** 2 / 2
    exact += np.log(LEVEL_SPREADS_DB * PITCH_SPREADS)
    exact *= -_EVIDENCE
    return exact


def _parts(words: Sequence[str], pauses_s: Sequence[float]) -> list[tuple[Sound, float, int, float]]:
    """The row of the text: each sound with its chance to be missing, words said before it is over, its usual length."""
    parts = [(Sound.SILENCE, 0.3, 0, _ONSET_S)]
    for number, (word, pause_s) in enumerate(zip(words, pauses_s, strict=True)):
        parts += [(sound, missing, number, float(LENGTHS_S[sound])) for sound, missing in sounds_of(word)]
        if number + 1 == len(words):
            parts.append((Sound.SILENCE, 0.0, number + 1, math.inf))
        elif pause_s:
            parts.append((Sound.SILENCE, _PAUSE_LEFT_OUT, number + 1, pause_s * _PAUSE_SHARE))
        else:
            parts.append((Sound.SILENCE, _NO_PAUSE, number + 1, _NO_PAUSE_S))
    return parts


def _row(words: Sequence[str], pauses_s: Sequence[float]) -> _Row:
    parts = _parts(words, pauses_s)
    counts = [int(_STATES[sound]) for sound, *_ in parts]
    starts = [0, *np.cumsum(counts).tolist()]
    before = np.zeros((_REACH, starts[-1]), np.intp)
    shares = np.zeros((_REACH, starts[-1]))
    first = np.zeros(starts[-1])
    left_out = 1.0
    for number, (_, missing, _, _) in enumerate(parts):
        start = starts[number]
        for state in range(start + 1, starts[number + 1]):
            before[0, state], shares[0, state] = state - 1, 1.0
        share = 1 - missing
        for back in range(min(_REACH, number)):
            before[back, start], shares[back, start] = starts[number - back] - 1, share
            share *= parts[number - back - 1][1]
        if number <= _REACH:
            first[start] = left_out * (1 - missing)
            left_out *= missing
    repeated = np.repeat(np.arange(len(parts)), counts)
    lengths = np.array([length / count for (_, _, _, length), count in zip(parts, counts, strict=True)])
    sounds = np.array([int(sound) for sound, *_ in parts], np.intp)
    said = np.array([number for _, _, number, _ in parts], np.intp)
    return _Row(sounds[repeated], said[repeated], lengths[repeated], before, shares, first)


def _walk(row: _Row, looks: Floats, paces: Floats, words: int) -> tuple[Floats, Floats, float]:
    """The chance of each number of words at each frame, and to be within one; how much a frame looks more like the text than like anything."""
    stays = 1 - np.minimum(FRAME_S / np.maximum(row.lengths_s[:, None] * paces, FRAME_S * 1.01), 1.0)
    moves = [
        share[:, None] * (1 - stays[before]) for before, share in zip(row.before, row.shares, strict=True)
    ]
    highest = looks.max(axis=1, keepdims=True)
    seen = np.exp(looks - highest)
    likely = seen[:, row.sounds]
    gain = -np.log(seen.mean(axis=1)).sum()
    prior = np.exp(-(_PACES**2) / 2)
    place = (row.first[:, None] * prior / prior.sum()) * likely[0][:, None]
    chances, within = np.empty((len(looks), words + 1)), np.empty(len(looks))
    sounding = row.sounds != Sound.SILENCE
    for frame, look in enumerate(likely):
        if frame:
            came = place * stays
            for before, move in zip(row.before, moves, strict=True):
                came += place[before] * move
            place = came * look[:, None]
        total = float(place.sum())
        if total <= 0:
            return chances, within, -math.inf
        place /= total
        gain += math.log(total)
        states = place.sum(axis=1)
        chances[frame] = np.bincount(row.said, weights=states, minlength=words + 1)
        within[frame] = states[sounding].sum()
    return chances, within, gain / len(looks)
