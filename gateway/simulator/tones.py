"""Tone-coded words, which can be read back exactly from the audio, so that tests count losses, repetitions and order.

Rules:
- A word is a tone of two pitches: first one in a low band, its head, then, for the last 60 ms, one in a high band, its tail
  (`words`). So two equal words in a row stay two, and a truncated word is not taken for a whole one.
- Words follow one another without a gap, in lengths of 120 to 350 ms by chance, with ramps of 3 ms at both ends.
- A word that is not on the list has a pitch outside both bands, and a length that depends on its letters; it is read back as -1.
- Nothing lies above 3.3 kHz, so telephony carries it.

Read back exactly at 8 to 48 kHz, through mu-law, with cross-fades of 20 ms, without the ramps, and with silence between.
"""

import itertools
import random
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gateway.simulator.voices import Samples, Speech, TimedWord
from gateway.simulator.words import HEADS, NUMBERS, TAILS

UNKNOWN = -1
SHORTEST_MS, LONGEST_MS = 120, 350
RAMP_MS = 3
TAIL_MS = 60
_PEAK = 11_000
_HEADS_HZ = tuple(500.0 + 50 * n for n in range(len(HEADS)))
_TAILS_HZ = tuple(1800.0 + 70 * n for n in range(len(TAILS)))
_UNKNOWN_HZ = (380.0, 3250.0)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PITCHES_HZ = np.array((*_HEADS_HZ, _UNKNOWN_HZ[0], *_TAILS_HZ, _UNKNOWN_HZ[1]))
_FIRST_TAIL = len(HEADS) + 1
_WINDOW_S, _HOP_S = 0.020, 0.004
_LEAST_FRAMES = 3
_PURE = 0.6
_FAINT = 1e-4
_MOST_FRAMES = 4096


class ToneVoice:
    """Implements `voices.SyntheticVoice`.

    Args:
        seed: for the lengths.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def speak(self, text: str, sample_rate_hz: int, serial: int, on_ready: Callable[[Speech], None]) -> None:
        """Answer at once."""
        on_ready(encode(text, sample_rate_hz, self._seed * 1_000_003 + serial))


def encode(text: str, sample_rate_hz: int, seed: int) -> Speech:
    """The tones of a text; empty if it has no word."""
    chance = random.Random(seed)  # noqa: S311 lengths of tones, no secret # nosec B311
    parts: list[Samples] = []
    words: list[TimedWord] = []
    at = 0
    for found in _WORD.finditer(text):
        letters = found.group().lower()
        number = NUMBERS.get(letters, UNKNOWN)
        length_ms = chance.randint(SHORTEST_MS, LONGEST_MS)
        if number == UNKNOWN:
            length_ms = SHORTEST_MS + zlib.crc32(letters.encode()) % (LONGEST_MS - SHORTEST_MS + 1)
        part = _tone(number, length_ms * sample_rate_hz // 1000, sample_rate_hz)
        parts.append(part)
        words.append(TimedWord(found.start(), found.end(), at, at + len(part)))
        at += len(part)
    return Speech(np.concatenate(parts) if parts else np.zeros(0, np.int16), tuple(words))


def pitches_hz(number: int) -> tuple[float, float]:
    """The first pitch of a word and the last."""
    if number == UNKNOWN:
        return _UNKNOWN_HZ
    return _HEADS_HZ[number // len(TAILS)], _TAILS_HZ[number % len(TAILS)]


@lru_cache(maxsize=512)
def _tone(number: int, length: int, sample_rate_hz: int) -> Samples:
    head_hz, tail_hz = pitches_hz(number)
    turn = length - TAIL_MS * sample_rate_hz // 1000
    steps_hz = np.where(np.arange(length) < turn, head_hz, tail_hz)
    wave = np.sin(2 * np.pi * np.cumsum(steps_hz) / sample_rate_hz)  # continuous phase
    ramp = RAMP_MS * sample_rate_hz // 1000
    rise = np.sin(np.linspace(0, np.pi / 2, ramp, endpoint=False)) ** 2
    wave[:ramp] *= rise
    wave[-ramp:] *= rise[::-1]
    return (wave * _PEAK).astype(np.int16)


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word found in the audio.

    Args:
        number: of the word; -1 for one that is not on the list, or for a part of a word.
        start_s: where it begins, to about 10 ms.
        end_s: where it ends, likewise.
        whole: whether both of its pitches were found.
    """

    number: int
    start_s: float
    end_s: float
    whole: bool = True


def decode(samples: Samples, sample_rate_hz: int) -> list[int]:
    """The numbers of the whole words in the audio, in order; -1 for a word that is not on the list."""
    return [word.number for word in hear(samples, sample_rate_hz) if word.whole]


def hear(samples: Samples, sample_rate_hz: int) -> list[HeardWord]:
    """All words and parts of words, in order."""
    heard: list[HeardWord] = []
    head: tuple[int, float, float] | None = None
    for pitch, start_s, end_s in _pitches(samples, sample_rate_hz):
        if pitch < _FIRST_TAIL:
            if head is not None:
                heard.append(HeardWord(UNKNOWN, head[1], head[2], whole=False))
            head = pitch, start_s, end_s
            continue
        tail = pitch - _FIRST_TAIL
        if head is None or (head[0] == len(HEADS)) is not (tail == len(TAILS)):
            heard.append(HeardWord(UNKNOWN, start_s, end_s, whole=False))
        else:
            number = UNKNOWN if tail == len(TAILS) else head[0] * len(TAILS) + tail
            heard.append(HeardWord(number, head[1], end_s))
            head = None
    if head is not None:
        heard.append(HeardWord(UNKNOWN, head[1], head[2], whole=False))
    return heard


def _pitches(samples: Samples, sample_rate_hz: int) -> Iterator[tuple[int, float, float]]:
    """Each held pitch with its begin and end in seconds; never the same pitch twice in a row."""
    held: list[tuple[int, int, int]] = []
    labels = _labels(samples, sample_rate_hz)
    edges = np.flatnonzero(np.diff(labels, prepend=-2, append=-2))
    for start, end in itertools.pairwise(edges):
        pitch = int(labels[start])
        if pitch < 0 or end - start < _LEAST_FRAMES:
            continue
        if held and held[-1][0] == pitch:
            held[-1] = pitch, held[-1][1], int(end)
        else:
            held.append((pitch, int(start), int(end)))
    middle_s = _WINDOW_S / 2
    for pitch, first, beyond in held:
        yield pitch, first * _HOP_S + middle_s - _HOP_S, (beyond - 1) * _HOP_S + middle_s + _HOP_S


def _labels(samples: Samples, sample_rate_hz: int) -> NDArray[np.int64]:
    """The pitch in each frame, as an index of `_PITCHES_HZ`; -1 for none."""
    size, hop = int(_WINDOW_S * sample_rate_hz), _HOP_S * sample_rate_hz
    if len(samples) < size:
        return np.zeros(0, np.int64)
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)
    starts = np.arange(0, len(frames), hop).astype(np.int64)
    window = np.hanning(size)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(size) / sample_rate_hz, _PITCHES_HZ))
    probes = window[:, None] * turns
    found = []
    loudest = max(1.0, float(np.max(np.abs(samples.astype(np.float64)))) ** 2)
    for block in np.array_split(starts, len(starts) // _MOST_FRAMES + 1):
        frame = frames[block].astype(np.float64)
        power = (frame * frame) @ window
        strength = np.abs(frame @ probes) ** 2
        best = np.argmax(strength, axis=1)
        # Of a pure tone all the power is at its pitch: |sum w x e|^2 = (sum w) (sum w x^2) / 2.
        purity = strength[np.arange(len(block)), best] * 2 / np.maximum(power * window.sum(), 1e-9)
        there = (purity > _PURE) & (power > _FAINT * loudest * window.sum())
        found.append(np.where(there, best, -1))
    return np.concatenate(found).astype(np.int64)
