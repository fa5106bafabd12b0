"""Texts that may have killed the engine process: every text that was in it when it died is suspected, and retried once, alone.

Rules:
1. When the engine dies, the text that a run was speaking gets a strike: one, however many runs were, as where callers are greeted alike. It
   gets a second one only if it was being tried alone.
2. A text with one strike is tried alone; with two it is not given to the engine any more.
3. A text that has been spoken is cleared. Strikes expire after a while, and the oldest go first when there are too many.
4. The rest of a segment that broke off is the same text in another form: a strike is noted both for the words and for their place.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

OUT = 2
_KEPT_S = 600.0
_MOST = 512


@dataclass(frozen=True, slots=True)
class Given:
    """A text as it was given to the engine.

    Args:
        whose: identifies the utterance.
        segment: which of its segments.
        voice: who speaks it.
        text: the words.
    """

    whose: str
    segment: int
    voice: str
    text: str

    @property
    def keys(self) -> tuple[bytes, bytes]:
        """Keys by place and by words; the words themselves are not kept."""
        return _digest(self.whose, str(self.segment)), _digest(self.voice, self.text)


class _Noted(NamedTuple):
    """The strikes against a text, when the last one was noted, and at which death."""

    strikes: int
    at: float
    death: int


_NONE = _Noted(0, float("-inf"), -1)


class Strikes:
    """The strikes that one worker has noted.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._against: dict[bytes, _Noted] = {}  # the oldest first
        self._deaths = 0

    def of(self, given: Given) -> int:
        """How many strikes a text has."""
        if not self._against:
            return 0  # as nearly always
        return max(noted.strikes for noted in self._noted(given))

    def died(self) -> None:
        """Begin another death: the strikes that are noted from now on are its."""
        self._deaths += 1

    def add(self, given: Given) -> None:
        """Note a strike: the engine died while this text was in it."""
        before = max(noted.strikes - (noted.death == self._deaths) for noted in self._noted(given))
        strike = _Noted(before + 1, self._clock(), self._deaths)
        for key in given.keys:
            self._against.pop(key, None)
            self._against[key] = strike
        while len(self._against) > _MOST:
            del self._against[next(iter(self._against))]

    def clear(self, given: Given) -> None:
        """Clear a text: it was spoken and the engine lives."""
        if self._against:
            for key in given.keys:
                self._against.pop(key, None)

    def _noted(self, given: Given) -> list[_Noted]:
        since = self._clock() - _KEPT_S
        found = [self._against.get(key, _NONE) for key in given.keys]
        return [noted if noted.at > since else _NONE for noted in found]


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode(errors="replace"), digest_size=16).digest()
