"""Output samples that wait to be written, first in first out, with the ledger of how each came and went.

Rules:

- The sum of all ledger entries = samples held + samples taken, after every call.
- Nothing is copied that need not be: arrays are handed on as they came, or as views of them.
- A seam is smoothed: the first samples after it are bent towards the last one before it, or the two sides are crossfaded if
  the older one is still here.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from legato.audio.fades import bend, crossfade, fade_out
from legato.audio.samples import EMPTY, Samples, amplitude, silence, to_s16
from legato.audio.silence import SILENCE_DBFS, leading_silence, trailing_silence
from legato.audio.sketcher import Sketcher
from legato.domain.audio import LedgerEntry, LedgerKind

_SEAM_MS = 5
_INAUDIBLE = amplitude(SILENCE_DBFS)
_RUN = LedgerKind.RUN  # looking up a member of an enum is expensive, and this one is needed for every chunk


class Reel:
    """The held samples of one utterance.

    Args:
        rate_hz: rate of the samples; only the length of a smoothed seam depends on it.
    """

    __slots__ = (
        "_bend",
        "_chunks",
        "_counts",
        "_crossing",
        "_kinds",
        "_last_taken",
        "_sealed",
        "_seam",
        "_seam_samples",
        "_staged",
        "audible_at",
        "available",
        "sketcher",
        "taken",
    )

    def __init__(self, rate_hz: int) -> None:
        self.available = 0
        """Samples that can be taken now."""
        self.taken = 0
        """Samples taken so far."""
        self.sketcher: Sketcher | None = None
        """Sketches what comes, if that was asked for."""
        self._chunks: deque[Samples] = deque()
        self._kinds: list[LedgerKind] = []
        self._counts: list[int] = []
        self._sealed = False
        self._seam_samples = max(rate_hz * _SEAM_MS // 1000, 1)
        self._seam = False  # the next sample comes after a seam
        self._bend: NDArray[np.float64] | None = None  # still to be added after the last seam
        self._crossing = 0  # samples to crossfade with what comes next
        self._staged: list[Samples] = []  # what came, until there is enough of it to crossfade
        self._last_taken = 0
        self.audible_at = -1
        """Where the first audible sample lies, counted like `taken`; -1 while there is none."""

    def run(self, samples: Samples) -> None:
        """Take samples from a line, in order."""
        if self._crossing:
            self._staged.append(samples)
            if sum(map(len, self._staged)) >= self._crossing:
                self.settle()
            return
        kinds = self._kinds
        if kinds and kinds[-1] is _RUN and not self._sealed:  # nearly always
            self._counts[-1] += len(samples)
        else:
            self._enter(_RUN, len(samples))
        self._append(samples)

    def trim(self, samples: int, kind: LedgerKind) -> None:
        """Enter samples that came from a line and were cut before they got here."""
        if samples:
            self._enter(LedgerKind.RUN, samples)
            self._enter(kind, -samples)

    def silence(self, samples: int, kind: LedgerKind = LedgerKind.PAUSE) -> None:
        """Add silence of the gateway's own."""
        if samples:
            self.settle()
            self._enter(kind, samples)
            self._append(silence(samples))

    def smooth(self) -> None:
        """Bend the next samples, which do not follow from the ones before, so that nothing clicks."""
        self._seam = self.available + self.taken > 0

    def cross(self, samples: int) -> None:
        """Crossfade what comes next with the last `samples` samples, or with as many as are still held by then."""
        self.settle()
        self.smooth()
        self._crossing = samples if self._seam else 0

    def settle(self) -> None:
        """Crossfade with what there is: nothing more comes for now."""
        staged, self._staged = self._staged, []
        crossing, self._crossing = self._crossing, 0
        if not staged:
            return
        after = np.concatenate(staged)
        shared = min(crossing, len(after), self.available)
        if shared:
            before = self._cut_back(shared)
            self._seam = False
            self._enter(LedgerKind.CROSSFADE, -shared)
            self._append(crossfade(before, after[:shared]))
        self._enter(LedgerKind.RUN, len(after))
        self._append(after[shared:])

    def seal(self) -> None:
        """Keep the entries of the next run apart from those of this one."""
        self._sealed = True

    def take(self, samples: int) -> Samples:
        """Remove exactly this many samples from the front.

        Raises:
            ValueError: fewer are held.
        """
        if not 0 <= samples <= self.available:
            raise ValueError(f"{samples} samples asked for, {self.available} held")
        if not samples:
            return EMPTY
        head = self._chunks[0]
        if len(head) > samples:
            self._chunks[0] = head[samples:]
            out = head[:samples]
        elif len(head) == samples:
            out = self._chunks.popleft()
        else:
            out = self._gather(samples)
        self.available -= samples
        self.taken += samples
        self._last_taken = out.item(-1)
        return out

    def drop(self, *, keep: int = 0) -> int:
        """Throw away all held samples after the first `keep`; what comes next is smoothed onto what stayed.

        Returns:
            How many were thrown away.
        """
        self.settle()
        dropped = self._shorten(keep, LedgerKind.DROPPED)
        if dropped:
            self.smooth()
        return dropped

    def fade_tail(self, samples: int) -> Samples:
        """Take up to `samples` samples, falling to silence over their length, and throw away the rest."""
        self.settle()
        tail = fade_out(self.take(min(max(samples, 0), self.available)))
        self._shorten(0, LedgerKind.FADE)
        self._last_taken = 0
        self._seam, self._bend = False, None
        return tail

    def ends_silent(self) -> int:
        """How many of the held samples, counted from the last, are silent."""
        quiet = 0
        for chunk in reversed(self._chunks):
            part = trailing_silence(chunk, _INAUDIBLE)
            quiet += part
            if part < len(chunk):
                break
        return quiet

    def entries(self) -> list[LedgerEntry]:
        """Return the ledger since the last call; adjacent entries of one kind and run are added up."""
        drained = [LedgerEntry(kind, count) for kind, count in zip(self._kinds, self._counts, strict=True)]
        self._kinds.clear()
        self._counts.clear()
        return drained

    def _enter(self, kind: LedgerKind, samples: int) -> None:
        if self._kinds and self._kinds[-1] is kind and not self._sealed:
            self._counts[-1] += samples
            return
        self._sealed = False
        self._kinds.append(kind)
        self._counts.append(samples)

    def _append(self, samples: Samples) -> None:
        count = len(samples)
        if not count:
            return
        if self._seam:
            self._seam = False
            last = self._chunks[-1].item(-1) if self._chunks else self._last_taken
            self._bend = bend(last - samples.item(0), self._seam_samples)
        if self._bend is not None:
            samples = self._bent(samples, self._bend)
        if self.audible_at < 0:
            quiet = leading_silence(samples, _INAUDIBLE)
            if quiet < count:
                self.audible_at = self.taken + self.available + quiet
        self._chunks.append(samples)
        self.available += count
        if self.sketcher is not None:
            self.sketcher.push(samples)

    def _bent(self, samples: Samples, curve: NDArray[np.float64]) -> Samples:
        part = min(len(samples), len(curve))
        self._bend = curve[part:] if part < len(curve) else None
        head = to_s16(samples[:part] + curve[:part])
        return np.concatenate((head, samples[part:]))

    def _gather(self, samples: int) -> Samples:
        parts = []
        while samples:
            head = self._chunks.popleft()
            if len(head) > samples:
                self._chunks.appendleft(head[samples:])
                head = head[:samples]
            parts.append(head)
            samples -= len(head)
        return np.concatenate(parts)

    def _shorten(self, keep: int, kind: LedgerKind) -> int:
        cut = self.available - keep
        if cut <= 0:
            return 0
        self._cut_back(cut)
        self._enter(kind, -cut)
        return cut

    def _cut_back(self, samples: int) -> Samples:
        """Remove this many samples from the end, and with them a bend that was under way."""
        parts = []
        self.available -= samples
        if self.sketcher is not None:
            self.sketcher.cut_back(samples)
        while samples:
            tail = self._chunks.pop()
            if len(tail) > samples:
                self._chunks.append(tail[:-samples])
                tail = tail[-samples:]
            parts.append(tail)
            samples -= len(tail)
        self._bend = None
        if self.audible_at >= self.taken + self.available:
            self.audible_at = -1
        return np.concatenate(parts[::-1])
