"""How far a text has been said, judged by its sound: the text is aligned with a rough sketch of the audio.

This is forced alignment, by the forward algorithm of a hidden Markov model: `_row` makes the states, `_ways` their transitions, `_looks` the
likelihood of each frame.

Rules:
1. A text is a row of sounds. Each has a usual length and a usual look in the sketch (level and middle frequency), and any may be
   missing; between words, above all at marks, there may be silence. From frame to frame the probability of each place in the row is
   followed, for several paces at once.
2. A word counts as said if that is all but certain a little before the cut, since the borders of words are not sharp. After words
   that can be read in several ways, and after the last word of the text, it must be so well before the cut.
3. Audio that does not look like the text at all, such as music, is not judged.

The looks and lengths were fitted on two voices with known word times, one made of formants and one neural. One frame's look counts for
less than half, since neighbouring frames are alike. docs/performance.md says what the margins amount to.
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
"""How many stages a sound goes through: the more, the less its length varies."""
_EVIDENCE = 0.45
"""The weight of one frame's look."""
_LOUD_SHARE = 95
_LEAST_DB = -60.0
_KNOWN_PACE, _UNKNOWN_PACE = 0.16, 0.25
"""How widely paces are spread around the expected one, as logarithms."""
_PACES = np.linspace(-2.5, 2.5, 9)
_DOUBT = 0.003
_MARGIN_S = 0.16
_ODD_MARGIN_S = 0.25
_MOST_ODD = 3
_LAST_MARGIN_S = 0.4
_LEAST_S = 0.6
"""Before this no word counts as said: it is not known yet how loud the voice is, and there are two words at most."""
_LEAST_LIKENESS = 0.12
"""How much more a frame must look like the text than like any sound, on average, as a logarithm."""
_LEAST_STIR_DB = 2.0
"""The least by which the level of speech changes from frame to frame, on average."""
_HUM_DB, _AUDIBLE_DB = 0.1, 30.0
"""Between most frames of a hum or beep the level changes by less than this; in speech, by at least four times as much."""
_FEWEST_FRAMES = 4
MOST_FRAMES = 1_500
"""Longer audio is not aligned."""
_NO_PAUSE_S = 0.06
_NO_PAUSE = 0.93
_PAUSE_LEFT_OUT = 0.15
_PAUSE_SHARE = 0.8
_ONSET_S = 0.1
_MORE_WORDS = 6
"""How many words are looked at beyond those that the fastest voice could have said."""
_REACH = 4
"""One more than the number of sounds that may be missing in a row."""
_NOWHERE = 1e-8
"""A smaller share of the probability counts as none."""
_STRIDE, _AHEAD = 8, 24
"""For so many frames at a time, a voice is looked for where it was and up to so many states further on."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where a voice was in a text.

    Args:
        since: the sample at which the first frame begins.
        frame: samples per frame.
        beyond: for each frame and number of words, how likely it is that so many had been said by then.
        within: for each frame, how likely it is to be within a word.
        margins: for each number of words, how long before the cut they must have been said, in samples.
    """

    since: int
    frame: int
    beyond: Floats
    within: Floats
    margins: tuple[int, ...]

    def said(self, sample: int) -> int:
        """How many words were certainly said completely before this sample."""
        return int(self._said(np.array([sample]))[0])

    def _said(self, samples: NDArray[np.intp]) -> NDArray[np.intp]:
        margins = np.array(self.margins[1:], np.intp)
        at = (samples[:, None] - margins - self.since) // self.frame - 1
        chances = self.beyond[np.clip(at, 0, len(self.beyond) - 1), np.arange(1, len(self.margins))]
        sure = np.logical_and.accumulate((at >= 0) & (chances >= 1 - _DOUBT), axis=1)
        early = samples - self.since < round(_LEAST_S / FRAME_S) * self.frame
        return np.where(early, 0, sure.sum(axis=1))

    def end_of(self, word: int) -> int:
        """The sample by which this many words had probably been said."""
        passed = self.beyond[:, word] >= 0.5
        frames = int(passed.argmax()) if passed.any() else len(passed)
        return self.since + self.frame * frames

    def begun(self, sample: int) -> float:
        """How many words had probably been said by this sample, at least in part."""
        return float(self._begun(np.array([sample]))[0])

    def _begun(self, samples: NDArray[np.intp]) -> Floats:
        at = np.minimum((samples - self.since) // self.frame, len(self.beyond) - 1)
        begun: Floats = self.beyond[:, 1:].sum(axis=1) + self.within
        return np.where(at >= 0, begun[np.maximum(at, 0)], 0.0)

    def best(self, first: int, last: int) -> int:
        """The sample from `first` to `last` after which the fewest words would be said again; the latest such sample."""
        places = np.array([*range(last, first, -self.frame), first])
        again = np.round(self._begun(places) - self._said(places), 1)
        return int(places[again.argmin()])


@dataclass(frozen=True, slots=True)
class _Row:
    """The states of a text: for each its sound, its word, its usual length, and the states that may come before it."""

    sounds: NDArray[np.intp]
    said: NDArray[np.intp]
    lengths_s: Floats
    before: NDArray[np.intp]
    shares: Floats
    first: Floats


def hums(sketch: Sketch) -> bool:
    """Whether what sounds is a hum or beep rather than speech."""
    if len(sketch.levels_db) < _FEWEST_FRAMES or np.mean(sketch.levels_db) < _AUDIBLE_DB:
        return False
    return float(np.median(np.abs(np.diff(sketch.levels_db)))) < _HUM_DB


def is_audible(sketch: Sketch) -> bool:
    """Whether anything sounds in it."""
    return max(sketch.levels_db, default=0.0) >= _AUDIBLE_DB


def align(
    words: Sequence[str], pauses_s: Sequence[float], sketch: Sketch, length_s: float | None
) -> Alignment | None:
    """Align a text with the audio.

    Args:
        words: the words of the text.
        pauses_s: the usual pause after each of them.
        sketch: the sketch of its audio.
        length_s: how long all of it takes, if the voice's pace is known.

    Returns:
        `None` if the audio does not look like the text, or is too short or too long to tell.
    """
    length = len(sketch.levels_db)
    if not words or not _FEWEST_FRAMES <= length <= MOST_FRAMES:
        return None
    if np.abs(np.diff(sketch.levels_db)).mean() < _LEAST_STIR_DB:
        return None
    usual_s = np.cumsum([_usual_s(word) + pause for word, pause in zip(words, pauses_s, strict=True)])
    centre, spread = 0.0, _UNKNOWN_PACE
    if length_s is not None:
        centre, spread = math.log(max(length_s, 0.05) / (usual_s[-1] - pauses_s[-1])), _KNOWN_PACE
    paces = np.exp(centre + spread * _PACES)
    in_reach = int(np.searchsorted(usual_s * paces[0], FRAME_S * length)) + _MORE_WORDS
    words, pauses_s = words[:in_reach], pauses_s[:in_reach]
    looks = _looks(np.asarray(sketch.levels_db), np.asarray(sketch.pitches))
    chances, within, likeness = _walk(_row(words, pauses_s), looks, paces, len(words))
    if likeness < _LEAST_LIKENESS:
        return None
    beyond = np.cumsum(chances[:, ::-1], axis=1)[:, ::-1]
    margins = _margins(words, round(sketch.frame_samples / FRAME_S))
    return Alignment(sketch.start_sample, sketch.frame_samples, beyond, within, margins)


def _margins(words: Sequence[str], rate_hz: int) -> tuple[int, ...]:
    odd, margins = 0, [0]
    for number, word in enumerate(words, 1):
        odd += is_odd(word)
        margin_s = _MARGIN_S + _ODD_MARGIN_S * min(odd, _MOST_ODD) + _LAST_MARGIN_S * (number == len(words))
        margins.append(round(margin_s * rate_hz))
    return tuple(margins)


def _usual_s(word: str) -> float:
    return float(sum(LENGTHS_S[sound] * (1 - missing) for sound, missing in sounds_of(word)))


def _looks(levels_db: Floats, pitches: Floats) -> Floats:
    """How well each frame's look fits each sound, as logarithms."""
    loud = np.percentile(levels_db, _LOUD_SHARE)
    level = np.maximum(levels_db - loud, _LEAST_DB)[:, None]
    exact: Floats = ((level - LEVELS_DB) / LEVEL_SPREADS_DB) ** 2 / 2
    exact += ((pitches[:, None] - PITCHES) / PITCH_SPREADS) ** 2 / 2
    exact += np.log(LEVEL_SPREADS_DB * PITCH_SPREADS)
    exact *= -_EVIDENCE
    return exact


def _parts(words: Sequence[str], pauses_s: Sequence[float]) -> list[tuple[Sound, float, int, float]]:
    """The row of the text: each sound, its chance of being missing, the words said before it ends, its usual length."""
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
    """Per frame, the chance of each number of words, and of being within one; by how much the text beats any sound."""
    seen = np.exp(looks - looks.max(axis=1, keepdims=True))
    states, gain = _states(row, seen[:, row.sounds], paces)
    if gain == -math.inf:
        return np.zeros((len(looks), words + 1)), np.zeros(len(looks)), gain
    states /= states.sum(axis=1, keepdims=True)
    # No matrix product: large ones are spread over threads, which costs more than it saves.
    chances = np.add.reduceat(states, np.searchsorted(row.said, np.arange(words + 1)), axis=1)
    within = states[:, row.sounds != Sound.SILENCE].sum(axis=1)
    return chances, within, (gain - float(np.log(seen.mean(axis=1)).sum())) / len(looks)


def _states(row: _Row, likely: Floats, paces: Floats) -> tuple[Floats, float]:
    """How likely each state is at each frame, up to a factor; and the logarithm of how likely all frames are.

    Only the states in which the voice may be are looked at; which those are is determined only every few frames.
    """
    leaves = np.minimum(FRAME_S / np.maximum(row.lengths_s[:, None] * paces, FRAME_S * 1.01), 1.0)
    ways, stays = _ways(row), 1 - leaves
    prior = np.exp(-(_PACES**2) / 2)
    seen, each = likely[:, :, None], np.ones(len(paces))
    place = row.first[:, None] * prior / prior.sum() * seen[0]
    states, gain, lowest = np.zeros(likely.shape), 0.0, 0
    states[0] = now = place @ each
    for start in range(1, len(likely), _STRIDE):
        total = float(now.sum())
        if total <= 0:
            break
        gain += math.log(total)
        alive = np.flatnonzero(now > _NOWHERE * total)
        first, last = int(alive[0]), int(alive[-1]) + 1
        part = slice(lowest + first, min(lowest + last + _AHEAD, len(ways)))
        before, place = place[first:last], np.zeros((part.stop - part.start, len(paces)))
        np.divide(before, total, out=place[: last - first])
        lowest, way, stay, leave = part.start, ways[part, part], stays[part], leaves[part]
        for frame in range(start, min(start + _STRIDE, len(likely))):
            came = way @ (place * leave)
            place *= stay
            place += came
            place *= seen[frame, part]
            now = np.dot(place, each, out=states[frame, part])
    total = float(now.sum())
    return states, gain + math.log(total) if total > 0 else -math.inf


def _ways(row: _Row) -> Floats:
    """The share with which each state (column) is left for each other one (row)."""
    ways = np.zeros((len(row.sounds), len(row.sounds)))
    for before, shares in zip(row.before, row.shares, strict=True):
        np.add.at(ways, (np.arange(len(ways)), before), shares)
    return ways
