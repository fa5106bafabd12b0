"""A rough sketch of audio on its way: level and middle frequency of every 20 ms, so that it can be told later what was said in it.

Rules:

- A chunk that comes is only noted, and its samples are kept for some seconds: most are no longer of interest before they are looked
  at. Those that grow older are looked at a second at a time, and let go.
- The middle frequency is that of a tone whose neighbouring samples would differ as much: high in hisses, low in vowels and hums. It is
  the same at every sample rate, up to the highest frequency that all of them hold.
- Only the last minutes are kept.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from legato.audio.samples import Samples, silence
from legato.domain.audio import Sketch

FRAME_MS = 20
_MOST_FRAMES = 6_000
_KEPT_S = 4
"""More than most sentences last; a stream that is speaking holds this much of what it has said."""
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 3_800.0
_FLOOR = 4.0
"""Added to every mean square, so that digital silence looks like what is too soft to be heard."""


class Sketcher:
    """Sketches the audio of one run.

    Args:
        rate_hz: rate of the samples.
        start_sample: where in the utterance the next sample lies.
    """

    __slots__ = ("_drawn_to", "_frame", "_levels", "_most", "_pitches", "_rate_hz", "_waiting", "_waits")

    def __init__(self, rate_hz: int, start_sample: int) -> None:
        self._rate_hz = rate_hz
        self._frame = rate_hz * FRAME_MS // 1000
        self._most = _KEPT_S * rate_hz
        self._drawn_to = start_sample
        self._waiting: deque[Samples] = deque()
        self._waits = 0
        self._levels: deque[float] = deque(maxlen=_MOST_FRAMES)
        self._pitches: deque[float] = deque(maxlen=_MOST_FRAMES)

    def push(self, samples: Samples) -> None:
        """Take the samples that follow."""
        self._waiting.append(samples)
        self._waits += len(samples)
        if self._waits >= self._most:
            self._draw_some()

    def begin_anew(self) -> None:
        """Forget what came so far: it is no longer of interest."""
        self._drawn_to += self._waits
        self._waiting.clear()
        self._waits = 0
        self._levels.clear()
        self._pitches.clear()

    def cut_back(self, samples: int) -> None:
        """Take back this many of the last samples, whether they still wait here or have been drawn."""
        kept = max(self._waits - samples, 0)
        missing = samples - (self._waits - kept)
        if self._waits:
            self._waiting = deque((np.concatenate(self._waiting)[:kept],))
        frames = min(-(-missing // self._frame), len(self._levels))
        for _ in range(frames):
            self._levels.pop()
            self._pitches.pop()
        rest = frames * self._frame - missing
        self._drawn_to -= frames * self._frame - min(rest, 0)
        if rest > 0:
            self._waiting = deque((silence(rest),))
        self._waits = max(rest, kept)

    def sketch(self) -> Sketch:
        """Return the sketch; a last frame that is not full is left out."""
        while self._waits >= self._frame:
            self._draw_some()
        start = self._drawn_to - len(self._levels) * self._frame
        return Sketch(start, self._frame, tuple(self._levels), tuple(self._pitches))

    def _draw_some(self) -> None:
        """Draw a second of what waits, or all if there is less: more at once would need fresh memory every time."""
        joined = self._oldest(self._rate_hz)
        count = len(joined) // self._frame
        rest = joined[count * self._frame :]
        if len(rest):
            self._waiting.appendleft(rest)
        self._waits -= len(joined) - len(rest)
        sound = joined[: count * self._frame].astype(np.float32)
        squares = self._means(sound)
        # In place: fresh memory costs more than the arithmetic.
        np.subtract(sound[1:], sound[:-1], out=sound[1:])
        sound[0] = 0
        differences = self._means(sound)
        self._levels.extend((10 * np.log10(squares)).tolist())
        halves = np.sqrt(np.minimum(differences / squares, 4)) / 2
        tones = np.clip(self._rate_hz / np.pi * np.arcsin(halves), _LOWEST_HZ, _HIGHEST_HZ)
        self._pitches.extend(np.log(tones).tolist())
        self._drawn_to += count * self._frame

    def _oldest(self, samples: int) -> Samples:
        """Take out the oldest samples that wait: at least this many, or all of them."""
        parts, count = [], 0
        while self._waiting and count < samples:
            part = self._waiting.popleft()
            parts.append(part)
            count += len(part)
        return np.concatenate(parts)

    def _means(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        frames = values.reshape(-1, self._frame)
        means: NDArray[np.float64] = np.vecdot(frames, frames).astype(np.float64)
        return means / self._frame + _FLOOR
