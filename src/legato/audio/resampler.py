"""Another sample rate for a stream of s16 mono samples: a polyphase FIR filter whose constant delay is compensated.

Rules:

- Output sample 0 falls on input sample 0, and `ceil(in * L / M)` samples come out of `in` samples, L/M being the ratio of
  the rates in lowest terms: counted in integers, so nothing drifts.
- How the input was cut makes no difference: taps are integers, products and sums stay below 2**53, so double precision
  is exact in whatever order it adds up, and chunked output equals one-shot output bit for bit.
- `HALF_WIDTH` periods of the slower rate are withheld (0.75 ms at 24 -> 48 kHz, 2.25 ms at 24 -> 8 kHz), never more.
- Before its first and after its last sample a run is taken to stay at that sample's value, so that a run that begins or breaks off
  within a sound does not ring there.
- Equal rates pass through without a copy.

Output comes in blocks of `outputs` samples, each a product of a stretch of input with a small matrix that holds the filter at
each of the block's phases; the matrices repeat every `len(matrices)` blocks, so one call multiplies many stretches at once.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from legato.audio.samples import EMPTY, Samples, to_s16

HALF_WIDTH = 18
"""Half the filter's length in periods of the slower rate: 36 taps per phase, more if the rate goes down."""

_KAISER_BETA = 6.0
_CUTOFF = 0.94  # of the slower rate's Nyquist: -0.1 dB at 0.85 of it, below -65 dB from 1.05 on
_UNITY = 1 << 24  # a phase's taps add up to this, except for their rounding, which is far below a sample's
_BLOCK = 64  # most outputs of a block: above this the matrices are mostly zeros
_RATES_HZ = range(4_000, 192_001)
_MOST_PHASES = 1280  # no two usual audio rates need more (11.025 to 32 kHz needs as many); a table for more would take long to build
_STRETCH = 2048  # input samples worked on at once: bounds the buffer, and keeps it in the processor's cache


@dataclass(frozen=True, slots=True)
class _Bank:
    up: int
    down: int
    reach: int  # input samples on either side of an output sample
    outputs: int  # output samples of a block
    width: int  # input samples a block looks at
    matrices: tuple[NDArray[np.float64], ...]  # each (width, outputs)


@lru_cache(maxsize=64)
def _bank(up: int, down: int) -> _Bank:
    if up > _MOST_PHASES:
        raise ValueError(f"a rate ratio of {up}/{down} is too uneven to resample")
    stretch = max(1.0, down / up)
    reach = math.ceil(HALF_WIDTH * stretch)
    outputs = _outputs(up)
    spans = math.lcm(up, outputs) // outputs
    width = (outputs - 1) * down // up + 2 * reach + 1
    taps = _taps(up, reach, stretch)
    n = np.arange(spans * outputs).reshape(spans, outputs)
    tops = n * down // up - n[:, :1] * down // up
    matrices = np.zeros((spans, width, outputs))
    rows = tops[:, :, None] + np.arange(2 * reach)
    matrices[np.arange(spans)[:, None, None], rows, np.arange(outputs)[:, None]] = taps[n * down % up]
    return _Bank(up, down, reach, outputs, width, tuple(matrices))


def _outputs(up: int) -> int:
    if up <= _BLOCK // 2:
        return _BLOCK // up * up
    return max(size for size in range(1, _BLOCK + 1) if up % size == 0)


def _taps(up: int, reach: int, stretch: float) -> NDArray[np.float64]:
    """Integer taps, a row for each phase: its output lies `phase / up` after the sample that tap `reach - 1` multiplies."""
    distance = np.arange(1 - reach, reach + 1) - np.arange(up)[:, None] / up
    inside = 1 - (distance / (HALF_WIDTH * stretch)) ** 2
    window = np.i0(_KAISER_BETA * np.sqrt(np.maximum(inside, 0))) * (inside >= 0)
    exact = np.sinc(distance * _CUTOFF / stretch) * window
    taps: NDArray[np.float64] = np.rint(exact * (_UNITY / exact.sum(axis=1, keepdims=True)))
    return taps


def prepare(in_rate_hz: int, out_rate_hz: int) -> None:
    """Build and keep the filter for this pair of rates (up to 5 ms), so that no utterance waits for it.

    Raises:
        ValueError: a rate is not one of audio, or the ratio needs an unreasonable table.
    """
    Resampler(in_rate_hz, out_rate_hz)


class Resampler:
    """Turns samples at `in_rate_hz` into samples at `out_rate_hz`, one run at a time.

    Raises:
        ValueError: a rate is not one of audio, or the ratio needs an unreasonable table.
    """

    __slots__ = ("_bank", "_base", "_buffer", "_end", "in_count", "out_count")

    def __init__(self, in_rate_hz: int, out_rate_hz: int) -> None:
        for rate in (in_rate_hz, out_rate_hz):
            if rate not in _RATES_HZ:
                raise ValueError(
                    f"{rate} Hz is not a sample rate between {_RATES_HZ[0]} and {_RATES_HZ[-1]} Hz"
                )
        shared = math.gcd(in_rate_hz, out_rate_hz)
        up, down = out_rate_hz // shared, in_rate_hz // shared
        self._bank = None if up == down else _bank(up, down)
        if self._bank is not None:
            self._buffer = np.zeros(_STRETCH + 3 * self._bank.width)
        self.reset()

    def reset(self) -> None:
        """Begin a new run: forget the samples before."""
        self.in_count = 0
        """Input samples of this run so far."""
        self.out_count = 0
        """Output samples of this run so far."""
        if self._bank is not None:
            self._base = 1 - self._bank.reach  # the input sample at the start of the buffer
            self._end = self._bank.reach - 1  # where the next one goes

    def push(self, samples: Samples) -> Samples:
        """Take samples; return all the output that they complete (possibly none)."""
        if self._bank is None:
            self.in_count += len(samples)
            self.out_count = self.in_count
            return samples
        if not len(samples):
            return EMPTY
        if len(samples) <= _STRETCH:
            return self._advance(samples, self._bank)
        pieces = [
            self._advance(samples[at : at + _STRETCH], self._bank) for at in range(0, len(samples), _STRETCH)
        ]
        return np.concatenate(pieces)

    def flush(self) -> Samples:
        """Return the rest of the run; afterwards `out_count` is `ceil(in_count * L / M)`."""
        if self._bank is None:
            return EMPTY
        return self._produce(self._bank, -(-self.in_count * self._bank.up // self._bank.down))

    def _advance(self, samples: Samples, bank: _Bank) -> Samples:
        if not self.in_count:
            self._buffer[: self._end] = samples[:1]
        end = self._end + len(samples)
        self._buffer[self._end : end] = samples
        self._end = end
        self.in_count += len(samples)
        known = self.in_count - 1 - bank.reach  # the last input sample whose neighbours are all here
        return self._produce(bank, (known * bank.up + bank.up - 1) // bank.down + 1 if known >= 0 else 0)

    def _produce(self, bank: _Bank, until: int) -> Samples:
        start = self.out_count
        if until <= start:
            return EMPTY
        first = start // bank.outputs
        count = (until - 1) // bank.outputs + 1 - first
        self._hold_after(bank, first + count - 1)
        blocks = self._blocks(bank, first, count).reshape(-1)
        offset = start - first * bank.outputs
        made = to_s16(blocks[offset : offset + until - start] * (1 / _UNITY))
        self.out_count = until
        self._forget(bank)
        return made

    def _blocks(self, bank: _Bank, first: int, count: int) -> NDArray[np.float64]:
        """Blocks `first` to `first + count`, each a row; `stride` input samples lie between two that share a matrix."""
        matrices = bank.matrices
        repeat = len(matrices)
        stride = repeat * bank.outputs * bank.down // bank.up
        made: NDArray[np.float64] = np.empty((count, bank.outputs))
        for row in range(min(repeat, count)):
            block = first + row
            at = self._top(bank, block) - self._base
            shape = ((count - row + repeat - 1) // repeat, bank.width)
            stretches: NDArray[np.float64] = np.ndarray(
                shape, np.float64, self._buffer, at * 8, (stride * 8, 8)
            )
            made[row::repeat] = np.dot(stretches, matrices[block % repeat])
        return made

    @staticmethod
    def _top(bank: _Bank, block: int) -> int:
        return block * bank.outputs * bank.down // bank.up + 1 - bank.reach

    def _hold_after(self, bank: _Bank, block: int) -> None:
        """Repeat the last sample as far as the last block looks past the input; it shows in the output only when the run is flushed."""
        self._buffer[self._end : self._top(bank, block) + bank.width - self._base] = self._buffer[
            self._end - 1
        ]

    def _forget(self, bank: _Bank) -> None:
        """Move what the next output needs to the buffer's start."""
        used = min(self._top(bank, self.out_count // bank.outputs) - self._base, self._end)
        if used > 0:
            kept = self._end - used
            self._buffer[:kept] = self._buffer[used : self._end]
            self._base += used
            self._end = kept
