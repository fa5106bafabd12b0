"""How much may wait. Two watermarks, the low one half of the high one, so that a full side does not flutter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a conversation holds at most before it pushes back.

    Args:
        unsent_chars: text told and not yet handed to the transport.
        unread_bytes: audio that has come and was not taken.
    """

    unsent_chars: int = 65_536
    unread_bytes: int = 4_194_304


class Level:
    """How high something stands between two watermarks.

    Args:
        high_mark: at or above it, it is high; it stays so until half of that.
    """

    def __init__(self, high_mark: int) -> None:
        self.high = False
        self.amount = 0
        self._high_mark = high_mark

    def rise(self, by: int) -> None:
        """So much more waits."""
        self.amount += by
        self.high = self.high or self.amount >= self._high_mark

    def fall(self, by: int) -> None:
        """So much less waits."""
        self.amount -= by
        self.high = self.high and self.amount > self._high_mark // 2

    def reset(self) -> None:
        """Nothing waits."""
        self.fall(self.amount)
