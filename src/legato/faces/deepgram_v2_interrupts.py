"""The interrupt of a Deepgram v2 socket that is in progress, and the position at which the last one ended.

Rules:
- One interrupt at a time: it stops every open turn, and has ended when each of them was reported.
- The offset of one, if the client gives it, is beyond the position of the one before it.
"""

from collections.abc import Collection

from legato.faces.deepgram_v2_turns import Turns


class Interrupts:
    """The interrupts of one connection, one after the other."""

    def __init__(self) -> None:
        self.offset_ms: int | None = None
        """How much of the session's audio its client had played at the last one; `None` if it did not say."""
        self._stopping: set[str] = set()
        """Utterances that it stops, and that were not reported yet."""
        self._last_ms = -1

    def mistake(self, offset_ms: int | None, speaking: Collection[str]) -> tuple[str, str] | None:
        """Return the vendor's code for an interrupt that cannot begin now, and what is wrong; `None` if it can.

        Args:
            offset_ms: how much its client has played; `None` if it does not say.
            speaking: the utterances that are open.
        """
        if offset_ms is not None and offset_ms <= self._last_ms:
            return "INVALID_INTERRUPT_OFFSET", "playback_offset must be after that of the last interrupt"
        if self._stopping:
            return "INTERRUPT_IN_PROGRESS", "the last interrupt is still in progress"
        return None if speaking else ("NO_ACTIVE_SPEECH", "nothing is being spoken")

    def begin(self, offset_ms: int | None, speaking: Collection[str]) -> None:
        """Begin one that stops these utterances; its arguments are those of `mistake`."""
        self._stopping, self.offset_ms = set(speaking), offset_ms

    def reported(self, utterance_id: str) -> None:
        """Note that an utterance has ended, stopped or not."""
        self._stopping.discard(utterance_id)

    def settle(self, turns: Turns) -> None:
        """Record the position of an interrupt, once all its turns were reported: the next offset counts on from there."""
        if self._stopping:
            return
        if self.offset_ms is not None:
            turns.cut(self.offset_ms)
        self._last_ms = max(turns.played_ms, self.offset_ms or 0)
