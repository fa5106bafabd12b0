"""A piece of text that is spoken in one go: its audio bytes, and the words due with them."""

from collections import deque
from dataclasses import dataclass, field

from gateway.simulator.voices import Speech


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of the utterance.

    Args:
        start: its first character in the utterance's text.
        end: one past the last.
        first_byte: where it begins in the utterance's audio.
        last_byte: one past the last.
    """

    start: int
    end: int
    first_byte: int
    last_byte: int


@dataclass(slots=True)
class Piece:
    """One piece, from its text to its last byte.

    Args:
        start: its first character in the utterance's text.
        asked_at: when it was asked for.
        wait_s: time to its first byte.
        flushes: ids of the flushes to answer after it.
        speech: its samples and words, once the voice has spoken.
        data: its bytes, once it has begun.
        given: how many bytes were sent.
        begun_at: when its first byte was due.
    """

    start: int
    asked_at: float
    wait_s: float
    flushes: tuple[str, ...] = ()
    speech: Speech | None = None
    data: bytes = b""
    given: int = 0
    begun_at: float | None = None

    @property
    def left(self) -> int:
        """Bytes still to be sent."""
        return len(self.data) - self.given


@dataclass(slots=True)
class WordTrail:
    """The words of an utterance, and which of their times were sent.

    Args:
        placed: all words with a known place, in order.
        untold: words whose time was not sent yet.
        lead: bytes of a header before the first sample.
    """

    placed: list[PlacedWord] = field(default_factory=list)
    untold: deque[PlacedWord] = field(default_factory=deque)
    lead: int = 0

    def place(self, piece: Piece, base: int, bytes_per_sample: int) -> None:
        """A piece begins at this byte of the utterance's audio."""
        assert piece.speech is not None
        for word in piece.speech.words:
            placed = PlacedWord(
                piece.start + word.start,
                piece.start + word.end,
                base + word.first * bytes_per_sample,
                base + word.last * bytes_per_sample,
            )
            self.placed.append(placed)
            self.untold.append(placed)

    def until(self, byte: float) -> list[PlacedWord]:
        """Take the untold words that begin before this byte."""
        due = []
        while self.untold and self.untold[0].first_byte < byte:
            due.append(self.untold.popleft())
        return due

    def after(self, words: int) -> int:
        """The byte at which this many words are complete; -1 if not known yet."""
        if words <= 0:
            return 0
        return self.placed[words - 1].last_byte if words <= len(self.placed) else -1

    def heard(self, byte: int) -> int:
        """The character that the speech has reached after this many bytes."""
        return max((word.end for word in self.placed if word.last_byte <= byte), default=0)
