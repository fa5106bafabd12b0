"""Text on its way to a voice: source spans, readings and segments.

Offsets count Unicode code points in the utterance's *accepted text*: everything the client sent for it, joined. Segments
tile that text: each starts where the previous one ended, whether it is spoken or not.
"""

import enum

from legato.domain.delivery import PLAIN, Delivery, Emphasis
from legato.domain.values import value


class TextLevel(enum.StrEnum):
    """How far the gateway itself turns the text into words; the rest is left to the vendor."""

    RAW = "raw"
    """The client's own characters."""
    CLEANED = "cleaned"
    """Markup, emoji and hidden reasoning gone; digits and symbols left to a vendor that reads them."""
    SPOKEN = "spoken"
    """Words only."""


class Break(enum.IntEnum):
    """The mark that ended a segment, weakest first; it decides how long the pause after it is."""

    FORCED = 0
    """No mark: the text was cut between two plain words."""
    COMMA = 1
    CLAUSE = 2
    SENTENCE = 3
    PARAGRAPH = 4


@value
class WordSpan:
    """One spoken word and the source text it came from.

    Args:
        start: first character in `Reading.text`.
        end: one past the last character in `Reading.text`.
        source_start: first character of its source in the accepted text.
        source_end: one past the last; several words may share a source ("$3.50" is five words).
    """

    start: int
    end: int
    source_start: int
    source_end: int


@value
class Pronunciation:
    """How a run of a reading is pronounced, for a voice that takes phonemes; other voices say the run as it is written.

    Args:
        start: first character in `Reading.text`.
        end: one past the last.
        ipa: the pronunciation in the International Phonetic Alphabet.
    """

    start: int
    end: int
    ipa: str


Wording = tuple[str, tuple[Pronunciation, ...], Delivery, tuple[Emphasis, ...], int]
"""All that a voice is given of a reading: text, pronunciations, delivery, emphases, and the pause after it in milliseconds."""


@value
class Reading:
    """What is sent to a voice for one segment, where each of its words came from, and how it is to be delivered.

    Args:
        text: what is said.
        words: its words, in order.
        pronunciations: runs with a pronunciation of their own, in order.
        delivery: how all of it is spoken.
        emphases: runs that stand out, in order.
        pause_ms: silence requested after it, for a voice whose segments flow into each other; 0 where the gateway inserts it.
    """

    text: str
    words: tuple[WordSpan, ...] = ()
    pronunciations: tuple[Pronunciation, ...] = ()
    delivery: Delivery = PLAIN
    emphases: tuple[Emphasis, ...] = ()
    pause_ms: int = 0

    @property
    def wording(self) -> Wording:
        """All that a voice is given of it: readings with the same wording sound the same, wherever their words came from."""
        return self.text, self.pronunciations, self.delivery, self.emphases, self.pause_ms


@value
class Segment:
    """A piece of text that is sent to a vendor in one go: a clause or a sentence.

    Args:
        index: counts from 0 within the utterance.
        source_start: where it starts in the accepted text.
        source_end: where it ends; the next segment starts here.
        raw: the accepted text from `source_start` to `source_end`, exactly.
        cleaned: the reading at `TextLevel.CLEANED`.
        spoken: the reading at `TextLevel.SPOKEN`; empty text when there is nothing to say.
        ends_with: the mark that ended it.
        pause_ms: silence that the text asks for after it; 0 for the usual pause of its mark.
        ignored: names of the SSML elements in it that no voice supports, each once per utterance. What only some voices support
            is in the readings.
    """

    index: int
    source_start: int
    source_end: int
    raw: str
    cleaned: Reading
    spoken: Reading
    ends_with: Break
    pause_ms: int = 0
    ignored: tuple[str, ...] = ()

    @property
    def delivery(self) -> Delivery:
        """How the segment is to be delivered."""
        return self.spoken.delivery

    def at(self, level: TextLevel) -> Reading:
        """The reading sent to a voice of this text level."""
        if level is TextLevel.SPOKEN:
            return self.spoken
        if level is TextLevel.CLEANED:
            return self.cleaned
        base = self.source_start
        words = [
            WordSpan(word.source_start - base, word.source_end - base, word.source_start, word.source_end)
            for word in self.cleaned.words
        ]
        return Reading(self.raw, tuple(words))

    def text_at(self, level: TextLevel) -> str:
        """The text of that reading."""
        if level is TextLevel.SPOKEN:
            return self.spoken.text
        return self.cleaned.text if level is TextLevel.CLEANED else self.raw


@value
class Rewriting:
    """A stretch of the accepted text that is not said as it is written.

    Args:
        rule: id of the rule that rewrote it.
        source_start: first character in the accepted text.
        source_end: one past the last.
        spoken: what is said instead; empty when nothing is.
    """

    rule: str
    source_start: int
    source_end: int
    spoken: str


@value
class PreviewedSegment:
    """A segment as it would be spoken, and why.

    Args:
        segment: the segment.
        settled: it reads the same whatever follows; a segment that is not became known only at the end of the text.
        rewritings: its rewritings, in the order of the source.
    """

    segment: Segment
    settled: bool
    rewritings: tuple[Rewriting, ...] = ()

    def written(self, rewriting: Rewriting) -> str:
        """The source text of one of its rewritings."""
        start = self.segment.source_start
        return self.segment.raw[rewriting.source_start - start : rewriting.source_end - start]
