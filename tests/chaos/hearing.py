"""What the listener heard, counted from the audio, and the gaps by its playback clock."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gateway.simulator.tones import decode
from gateway.simulator.words import NUMBERS


@dataclass(frozen=True)
class Heard:
    """What became of one utterance.

    Args:
        lost: number of words that were not heard.
        repeated: number of words that were heard again.
        disordered: whether words were heard out of order.
        gap_ms: silence at the playback clock after the first sound.
        ttfb_ms: time to the first audio; -1 if there was none.
        error: error that the client got; empty for none.
        terminal: whether the client got its terminal message, whichever it was.
        seams: number of reported seams.
        bearable: how many words may be heard twice at these seams.
    """

    lost: int
    repeated: int
    disordered: bool
    gap_ms: float
    ttfb_ms: float
    error: str = ""
    terminal: bool = True
    seams: int = 0
    bearable: int = 0


BEARABLE = {"word_time": 1, "pause": 0, "rewind": 3}
"""How many words may be heard twice at a seam, by how its place was found. Without word times the promise is two, in most places, for
voices that take longer for longer words; these tones have random lengths, so their place is known less well."""


class Ear:
    """A listener's loudspeaker: plays audio as it comes, one utterance after the other.

    Args:
        rate_hz: rate of the s16le audio.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._plays_until = 0.0
        self._asked_at = 0.0
        self._first_at: float | None = None
        self._gap_s = 0.0
        self._parts: list[bytes] = []

    def ask(self, now: float) -> None:
        """Begin the next utterance, which is asked for now."""
        self._asked_at, self._first_at, self._gap_s = now, None, 0.0
        self._parts = []

    def hear(self, data: bytes, now: float) -> None:
        """Play a chunk that has come."""
        if self._first_at is None:
            self._first_at = now
        else:
            self._gap_s += max(now - self._plays_until, 0.0)
        self._plays_until = max(now, self._plays_until) + len(data) / 2 / self._rate_hz
        self._parts.append(data)

    @property
    def samples(self) -> np.ndarray:
        """The samples heard of this utterance."""
        return np.frombuffer(b"".join(self._parts), dtype="<i2")

    def told(
        self, text: str, *, error: str = "", terminal: bool = True, methods: Sequence[str] = ()
    ) -> Heard:
        """Return the account of this utterance: `text` is its coded words, `methods` tells how the place of each seam was found."""
        wanted = [NUMBERS[word] for word in text.replace(".", " ").split()]
        numbers = decode(self.samples, self._rate_hz)
        counts = Counter(numbers)
        ttfb_ms = -1.0 if self._first_at is None else (self._first_at - self._asked_at) * 1000
        return Heard(
            lost=sum(1 for number in wanted if not counts[number]),
            repeated=sum(max(counts[number] - 1, 0) for number in set(numbers)),
            disordered=_disordered(numbers, wanted),
            gap_ms=self._gap_s * 1000,
            ttfb_ms=ttfb_ms,
            error=error,
            terminal=terminal,
            seams=len(methods),
            bearable=sum(BEARABLE[method] for method in methods),
        )


def _disordered(numbers: Sequence[int], wanted: Sequence[int]) -> bool:
    places = {number: place for place, number in enumerate(wanted)}
    first_heard = [places.get(number, -1) for number in dict.fromkeys(numbers)]
    return first_heard != sorted(first_heard) or -1 in first_heard
