"""The faults armed in one utterance, each for a byte of audio or a segment."""

from gateway.simulator.faults import Armed
from gateway.simulator.piece import WordTrail

_FAR = 1 << 30


class ArmedFaults:
    """Finds the faults that are due.

    Args:
        armed: the faults.
        trail: the words of the utterance.
        bytes_per_s: rate of its audio.
        width: bytes of a sample.
    """

    def __init__(self, armed: list[Armed], trail: WordTrail, bytes_per_s: int, width: int) -> None:
        self._armed = armed
        self._trail = trail
        self._bytes_per_s = bytes_per_s
        self._width = width

    def take(self, given: int) -> list[Armed]:
        """Take the faults that are due once this many bytes were sent."""
        return self._taken([one for one in self._armed if 0 <= self._place(one) <= given])

    def take_behind(self, segments: int) -> list[Armed]:
        """Take the faults that are due once this many segments are done."""
        behind = [one for one in self._armed if one.fault.when.at == "segment"]
        return self._taken([one for one in behind if segments >= one.fault.when.value])

    def room(self, given: int) -> int:
        """How many more bytes may be sent before the next fault."""
        places = [place for one in self._armed if (place := self._place(one)) > given]
        return min(places, default=given + _FAR) - given

    def _taken(self, due: list[Armed]) -> list[Armed]:
        for one in due:
            self._armed.remove(one)
        return due

    def _place(self, armed: Armed) -> int:
        """The byte at which it fires; -1 if not known (yet)."""
        when = armed.fault.when
        if when.at == "byte":
            return int(when.value)
        if when.at == "ms":
            samples = int(when.value * self._bytes_per_s / self._width / 1000)
            return self._trail.lead + samples * self._width
        if when.at == "word":
            return self._trail.after(int(when.value))
        return 0 if when.at == "first_byte" else -1
