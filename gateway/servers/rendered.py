"""What was made of the list of voices, kept until a voice changes: with thousands of them, making it would hold up every stream."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from legato.ports import VoiceDirectory, VoiceInfo

T = TypeVar("T", str, bytes)

_MOST_KEPT = 64
_MOST_LENGTH = 8_000_000


class Rendered(Generic[T]):
    """The answers to those who list voices. The ones asked for last are kept, within a bound.

    Args:
        directory: the voices.
    """

    def __init__(self, directory: VoiceDirectory) -> None:
        self._directory = directory
        self._made_of: Sequence[VoiceInfo] = ()
        self._answers: dict[Hashable, T] = {}
        self._length = 0

    def answer(self, asked: Hashable, make: Callable[[], T]) -> T:
        """Return the answer.

        Args:
            asked: all that the answer depends on besides the voices.
            make: makes it; what it raises is not kept.
        """
        voices = self._directory.voices()
        if voices is not self._made_of:
            self._answers.clear()
            self._made_of, self._length = voices, 0
        found = self._answers.pop(asked, None)
        if found is None:
            found = make()
            self._length += len(found)
        self._answers[asked] = found  # the last: that which was not asked for longest goes first
        while len(self._answers) > _MOST_KEPT or self._length > _MOST_LENGTH:
            self._length -= len(self._answers.pop(next(iter(self._answers))))
        return found
