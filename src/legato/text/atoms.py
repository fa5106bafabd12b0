"""What the scanner finds: atoms of text and the protected spans inside them.

An atom is the text between two neighbouring borders. Atoms are a function of the characters alone, and each is read by
itself; a segment is a run of atoms. That is why the words do not depend on where segments are cut.
"""

import enum

from legato.domain.text import Break
from legato.domain.values import value
from legato.text.pictures import stands_for_stop


class SpanKind(enum.Enum):
    """A stretch of source that is not prose."""

    MARKER = enum.auto()
    """Silent markup: a bullet, a hash, a quote mark, a dropped citation."""
    HIDDEN = enum.auto()
    """Silent content: reasoning, comments, scripts, link definitions."""
    FENCE = enum.auto()
    CODE = enum.auto()
    MATHS = enum.auto()
    DISPLAY = enum.auto()
    MATHML = enum.auto()
    LINK = enum.auto()
    IMAGE = enum.auto()
    STRUCK = enum.auto()
    TAG = enum.auto()
    BREAK = enum.auto()
    """A tag that ends a line, a block, or asks for a pause."""
    MANNER = enum.auto()
    """An SSML tag after which the text is delivered differently."""
    ROW = enum.auto()
    SAID_AS = enum.auto()
    """An SSML element that says what its text is."""
    PHONEME = enum.auto()
    """An SSML element that says how its text is pronounced."""
    PROTECTED = enum.auto()
    """Text between two of the caller's own marks."""


class Block(enum.Enum):
    """What kind of line an atom stands in."""

    PROSE = enum.auto()
    HEADING = enum.auto()
    ITEM = enum.auto()
    ROW = enum.auto()
    HIDDEN = enum.auto()


@value
class Span:
    """A protected stretch; offsets are of the accepted text.

    Args:
        kind: what it is.
        start: first character, including its opener.
        end: one past the last, including its closer.
        inner_start: first character of its content.
        inner_end: one past the last of its content.
        columns: for a table row, the names of its table's columns.
    """

    kind: SpanKind
    start: int
    end: int
    inner_start: int
    inner_end: int
    columns: tuple[str, ...] = ()


@value
class Atom:
    """The text between two neighbouring borders.

    Args:
        start: first character in the accepted text.
        text: the characters.
        strength: strength of the border that ends it.
        block: kind of line that it stands in.
        spans: protected stretches inside it, in order, never overlapping.
        before: up to two characters before it.
        mid_word: whether it was cut without a space after it, so that what follows may belong to its last word.
    """

    start: int
    text: str
    strength: Break
    block: Block = Block.PROSE
    spans: tuple[Span, ...] = ()
    before: str = ""
    mid_word: bool = False

    @property
    def end(self) -> int:
        """One past its last character in the accepted text."""
        return self.start + len(self.text)

    @property
    def ends_block(self) -> bool:
        """Whether a full stop is to be added after it if it has none."""
        if self.strength is Break.SENTENCE and stands_for_stop(self.text):
            return True
        return self.strength is Break.PARAGRAPH or self.block in {Block.HEADING, Block.ROW}

    @property
    def ends_with_tag(self) -> bool:
        """Whether it ends with a `BREAK` tag, white space aside."""
        last = self.spans[-1] if self.spans else None
        return (
            last is not None
            and last.kind is SpanKind.BREAK
            and not self.text[last.end - self.start :].strip()
        )
