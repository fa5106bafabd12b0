"""When audio is sent: the time to the first byte, and the times of the chunks after it; random, from a seed."""

import random

from gateway.simulator.script import Bimodal, Pace, Uniform


class Pacing:
    """Draws the times of one vendor.

    Args:
        pace: the distributions.
        seed: for the random draws.
    """

    def __init__(self, pace: Pace, seed: int) -> None:
        self.pace = pace
        self._chance = random.Random(seed)  # noqa: S311 times of a rehearsal, no secret # nosec B311

    def first_byte_s(self) -> float:
        """Seconds from a segment's text to its first audio."""
        spread = self.pace.first_byte
        if isinstance(spread, Uniform):
            return self._chance.uniform(spread.low_ms, spread.high_ms) / 1000
        if isinstance(spread, Bimodal):
            slow = self._chance.random() < spread.slow_share
            return (spread.slow_ms if slow else spread.fast_ms) / 1000
        return spread.constant_ms / 1000

    def due_s(self, given_s: float) -> float:
        """Seconds from a segment's first audio to the chunk that follows this many seconds of audio."""
        if not given_s:
            return 0.0
        jitter_s = self._chance.uniform(0, self.pace.jitter_ms) / 1000 if self.pace.jitter_ms else 0.0
        return (given_s / self.pace.speed if self.pace.speed else 0.0) + jitter_s
