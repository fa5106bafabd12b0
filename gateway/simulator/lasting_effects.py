"""The lasting effects of faults on an utterance."""

import math
from dataclasses import dataclass

from gateway.simulator.script import Deed, Delay, Drip, Plain, Script, WrongWords


@dataclass(slots=True)
class LastingEffects:
    """The effects on one utterance.

    Args:
        words: "true", "late", "absent" or "wrong".
        shift_ms: by how much wrong word times are shifted.
        held_until: nothing is sent before this time.
        mute: whether the rest of its audio is left out.
        odd: whether chunks have an odd number of bytes.
        drip_bytes_per_s: audio is sent byte by byte at this rate; 0 for chunks.
    """

    words: str = "true"
    shift_ms: float = 0.0
    held_until: float = -math.inf
    mute: bool = False
    odd: bool = False
    drip_bytes_per_s: float = 0.0

    @classmethod
    def of(cls, script: Script) -> "LastingEffects":
        """The effects on every utterance."""
        return cls("late" if script.word_times == "late" else "true" if script.word_times else "absent")

    def apply(self, deed: Deed, now: float) -> None:
        """Apply a fault that does not affect the connection."""
        match deed:
            case Delay(delay_ms=ms):
                self.held_until = now + ms / 1000
            case Drip(drip_bytes_per_s=speed):
                self.drip_bytes_per_s = speed
            case WrongWords(words=kind, shift_ms=shift_ms):
                self.words, self.shift_ms = kind, shift_ms
            case Plain(do="stall"):
                self.held_until = math.inf
            case Plain(do="silence"):
                self.mute = True
            case Plain(do="odd_bytes"):
                self.odd = True
            case _:
                raise AssertionError(f"{deed} is not for an utterance")
