"""The turns of a LiveKit connection: what is said up to one `session.flush`. A turn is one utterance for each change of voice or manner.

The words of an alignment are put together by the client, so each brings what stands before it in the text.
"""

from dataclasses import dataclass, field

from legato.domain.replies import WordSpoken
from legato.faces.cartesia_markup import SpellMarks
from legato.faces.joins import Joiner
from legato.faces.livekit_requests import Manner


@dataclass(slots=True)
class Part:
    """One utterance of a turn.

    Args:
        manner: how it is spoken.
    """

    manner: Manner
    _joiner: Joiner = field(default_factory=Joiner)
    _marks: SpellMarks = field(default_factory=SpellMarks)
    _text: str = ""
    _told_until: int = 0

    def add(self, text: str) -> str:
        """Take more text; return what is to be said of it now."""
        return self._said(self._marks.feed(text))

    def rest(self) -> str:
        """Return what is still to be said at the end of the text."""
        return self._said(self._marks.rest())

    def spaced(self, word: WordSpoken) -> str:
        """Return a word as an alignment has it."""
        if self.manner.adds_spaces:
            return word.word
        is_known = self._text[word.source_start : word.source_end] == word.word
        apart = " " if self._told_until else ""
        before = self._text[self._told_until : word.source_start] if is_known else apart
        self._told_until = max(self._told_until, word.source_end)
        return before + word.word

    def _said(self, text: str) -> str:
        text = self._joiner.add(text)
        if self.manner.options.words:
            self._text += text
        return text


@dataclass(slots=True)
class Turn:
    """What is said up to a flush.

    Args:
        name: unique on the connection; the ids of its utterances begin with it.
    """

    name: str
    parts: dict[str, Part] = field(default_factory=dict)
    """Its utterances that have not ended, by their ids."""
    writing: str = ""
    """The utterance that gets text; it may have ended by itself."""
    begun: int = 0
    start_sample: int | None = None
    is_flushed: bool = False
    has_failed: bool = False
    """Whether an error has ended it for its client: nothing more of it is sent."""
    is_cancelled: bool = False
    """Whether it was also cancelled, after such an error."""

    @property
    def part(self) -> Part | None:
        """The utterance that gets text, if it is still open."""
        return self.parts.get(self.writing)

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come of it."""
        return self.is_flushed and not self.parts

    def begin(self, manner: Manner) -> str:
        """Begin another utterance; return its id."""
        self.begun += 1
        self.writing = f"{self.name}.{self.begun}"
        self.parts[self.writing] = Part(manner)
        return self.writing


def turn_name(utterance_id: str) -> str:
    """Return the name of the turn to which an utterance belongs."""
    return utterance_id.partition(".")[0]
