"""How much may wait. There are two watermarks, the low one half of the high one, so that a full side does not flutter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a conversation holds before it pushes back.

    Args:
        unsent_chars: text given by the program and not yet handed to the transport.
        unread_bytes: audio that has come and has not been taken.
    """

    unsent_chars: int = 65_536
    unread_bytes: int = 4_194_304


class Level:
    """An amount with two watermarks.

    Args:
        high_mark: from here on the level is high; it stays so until it has fallen to half of this.
    """

    def __init__(self, high_mark: int) -> None:
        self.high = False
        self.amount = 0
        self._high_mark = high_mark

    def rise(self, by: int) -> None:
        """This much more waits."""
        self.amount += by
        self.high = self.high or self.amount >= self._high_mark

    def fall(self, by: int) -> None:
        """This much less waits."""
        self.amount -= by
        self.high = self.high and self.amount > self._high_mark // 2

    def reset(self) -> None:
        """Nothing waits any more."""
        self.fall(self.amount)
