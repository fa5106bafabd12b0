"""The text front end of one utterance: tokens in, segments out.

Rules:
- segments tile the accepted text: their `raw` joined is the input, and nothing is dropped;
- the words are a function of the characters; flushes, idle moments and the lead only move the borders;
- nothing here knows the time: the caller says how long no token has come.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from legato.domain.delivery import PLAIN, Delivery
from legato.domain.stage_directions import only_directions
from legato.domain.text import Break, Reading, Segment
from legato.text.atoms import Atom
from legato.text.borders import Borders
from legato.text.carried import end_of
from legato.text.directions import UNDIRECTED, Directions, emphases
from legato.text.formulas import may_begin
from legato.text.gaps import TAIL_CHARS
from legato.text.language import TextData
from legato.text.lexicon import lexicon_of
from legato.text.marks import mark_of, weight
from legato.text.pieces import Piece
from legato.text.readings import ReadingBuilder
from legato.text.scanner import Scanner
from legato.text.schedule import Held, Schedule
from legato.text.settings import TextSettings
from legato.text.speech import Speech
from legato.text.ssml import pause_ms

EXPLAINED_SEGMENTS = 64
"""How many segments back a rewriting can still be explained."""
SHORT_CHARS = 12
"""An idle moment after a plain word does not cut off fewer characters than this."""


class FrontEnd:
    """Turns one utterance's text into segments.

    Args:
        data: what is known about the language.
        settings: how the utterance is read.
    """

    def __init__(self, data: TextData, settings: TextSettings) -> None:
        rules = _rules_of(data, settings)
        self._borders, self._speech = rules.borders, rules.speech
        self._scanner = Scanner(self._borders, markup=not settings.ssml, protected=settings.protected)
        self._schedule = Schedule(settings.thresholds)
        self._idle = settings.idle
        self._pronunciations = rules.pronunciations
        self._ssml = settings.ssml
        self._index = 0
        self._rewritings: dict[int, tuple[Piece, ...]] = {}
        self._directions = Directions() if settings.ssml else None
        self._ignored: set[str] = set()
        self._carried = ""

    @property
    def pending_chars(self) -> int:
        """Accepted characters that are not yet in a returned segment."""
        return len(self._scanner.pending) + self._schedule.chars

    @property
    def pronunciations(self) -> tuple[tuple[str, str], ...]:
        """Words of the lexicon as they appear in readings, with their IPA: for voices that must know them before the text."""
        return self._pronunciations

    @property
    def idle_wait_ms(self) -> int | None:
        """The time without a token after which `idle` could return something; None while it could not."""
        strongest = self._strongest()
        if strongest is not None:
            return self._wait(strongest)
        pending = self._scanner.pending.strip()
        if pending and not self._scanner.hiding:
            return self._idle.anything_ms * (2 if pending == self._scanner.lone_marks else 1)
        return None

    def feed(self, text: str) -> list[Segment]:
        """Append text; return the segments that became final."""
        return self._added(self._scanner.feed(text))

    def flush(self) -> list[Segment]:
        """Speak all held text now; the utterance stays open."""
        segments = self._added(self._scanner.finish())
        self._carried = ""
        return segments + self._segments([self._schedule.take()]) if self._schedule.chars else segments

    def end(self) -> list[Segment]:
        """End the text; return all that is left."""
        return self.flush()

    def idle(self, gap_ms: int) -> list[Segment]:
        """Speak what is complete, when no token has come for a while.

        Args:
            gap_ms: time since the last token, in milliseconds.
        """
        if gap_ms >= self._idle.anything_ms:
            return self._anything(marks_too=gap_ms >= 2 * self._idle.anything_ms)
        segments: list[Segment] = []
        least = self._least(gap_ms)
        if least is None:
            return segments
        tail = self._tail()
        if tail is not None and tail >= least:
            atom = self._scanner.cut(tail)
            segments += self._added([atom] if atom else [])
            self._carried = end_of(atom.text) if atom else ""
        return [*segments, *self._segments([self._schedule.release(least)])]

    def _anything(self, *, marks_too: bool) -> list[Segment]:
        """Speak all text; marks at its end that say nothing without what follows are kept, unless they are wanted too."""
        pending = self._scanner.pending
        marks = "" if marks_too else self._scanner.lone_marks
        segments = self._added(self._scanner.finish(but=marks))
        if spoken := pending.removesuffix(marks):
            self._carried = end_of(spoken)
        return segments + self._segments([self._schedule.take()]) if self._schedule.chars else segments

    def explain(self, segment: Segment) -> list[Piece]:
        """Return the rewritings of one of the last segments, in order; offsets are of the accepted text."""
        return list(self._rewritings.get(segment.index, ()))

    def set_lead(self, lead_ms: float) -> None:
        """Set how much audio the listener still has to hear, in milliseconds; the thresholds depend on it."""
        self._schedule.lead(lead_ms)

    def _least(self, gap_ms: int) -> Break | None:
        if gap_ms >= self._idle.word_ms:
            return Break.FORCED
        if gap_ms >= self._idle.comma_ms:
            return Break.COMMA
        return Break.SENTENCE if gap_ms >= self._idle.sentence_ms else None

    def _wait(self, strength: Break) -> int:
        if strength >= Break.SENTENCE:
            return self._idle.sentence_ms
        return self._idle.comma_ms if strength >= Break.COMMA else self._idle.word_ms

    def _strongest(self) -> Break | None:
        tail, held = self._tail(), self._schedule.strongest
        if tail is None or held is None:
            return held if tail is None else tail
        return max(tail, held)

    def _tail(self) -> Break | None:
        """Return how strong a border at the end of the pending text would be; None if it may not be cut there."""
        scanner = self._scanner
        text = scanner.settled
        # Most tokens end within a word or just behind it.
        if not text or text[-1].isalnum() or scanner.guarded or text.isspace():
            return None
        word = scanner.last_word
        strength = mark_of(word)
        if strength < Break.SENTENCE and not text[-1].isspace():
            return None
        if strength is Break.FORCED and len(text) < SHORT_CHARS:
            return None
        return strength if self._borders.safe_end(word, text.rstrip()[-TAIL_CHARS:]) else None

    def _pause_ms(self, atom: Atom) -> int:
        return pause_ms(atom.text) or 0 if atom.spans and atom.ends_with_tag else 0

    def _added(self, atoms: list[Atom]) -> list[Segment]:
        due: list[list[Held]] = []
        for atom in atoms:
            carried, self._carried = self._carried, ""
            reading = self._speech.read(atom, carried)
            directions = self._directions
            directed = UNDIRECTED if directions is None else directions.read(atom)
            due += self._schedule.add(Held(atom, reading, _length(reading.cleaned), directed))
            turns = directions is not None and directions.delivery != directed.delivery
            if (turns or self._pause_ms(atom)) and self._schedule.strongest is not None:
                due.append(self._schedule.take())
        return self._segments(due) if due else []

    def _segments(self, groups: list[list[Held]]) -> list[Segment]:
        return [self._segment(group) for group in groups if group]

    def _segment(self, group: list[Held]) -> Segment:
        cleaned = spoken = _joined([(held.atom, held.reading.cleaned) for held in group])
        if [held for held in group if held.reading.spoken != held.reading.cleaned]:
            spoken = _joined([(held.atom, held.reading.spoken) for held in group])
        last = group[-1].atom
        if self._ssml:
            delivery = next((held.directed.delivery for held in group if held.weight), PLAIN)
            cleaned, spoken = _delivered(cleaned, delivery, group), _delivered(spoken, delivery, group)
        segment = Segment(
            index=self._index,
            source_start=group[0].atom.start,
            source_end=last.end,
            raw="".join([held.atom.text for held in group]),
            cleaned=cleaned,
            spoken=spoken,
            ends_with=last.strength,
            pause_ms=self._pause_ms(last),
            ignored=tuple(self._newly_ignored(group)) if self._ssml else (),
        )
        rewritten = [piece for held in group for piece in held.reading.spoken if piece.rule]
        self._rewritings[self._index] = tuple(rewritten)
        self._rewritings.pop(self._index - EXPLAINED_SEGMENTS, None)
        self._index += 1
        return segment

    def _newly_ignored(self, group: Sequence[Held]) -> Iterator[str]:
        """Yield the SSML elements of a segment that are not supported, each name once per utterance."""
        for name in (name for held in group for name in held.directed.ignored):
            if name not in self._ignored:
                self._ignored.add(name)
                yield name


class _Rules:
    """What utterances with the same data and settings share; it keeps no state of any of them."""

    def __init__(self, data: TextData, settings: TextSettings) -> None:
        words, lexicon = data.words, lexicon_of(settings.lexicon)
        self.of = data, settings
        self.borders = Borders(
            data.sentences,
            lambda tail: lexicon.holds(tail) or may_begin(tail) or not words.may_cut(f"{tail} "),
        )
        self.speech = Speech(words, data.maths[settings.maths_style], self.borders, settings, data.emoji)
        self.pronunciations = lexicon.pronunciations


_KEPT = 256
_known: dict[tuple[int, int], _Rules] = {}


def _rules_of(data: TextData, settings: TextSettings) -> _Rules:
    # By identity, as with lexicons: callers pass the same settings object for all utterances that are read alike.
    known = _known.get((id(data), id(settings)))
    if known is not None and known.of[0] is data and known.of[1] is settings:
        return known
    if len(_known) >= _KEPT:
        _known.clear()
    rules = _known[id(data), id(settings)] = _Rules(data, settings)
    return rules


def _length(pieces: Iterable[Piece]) -> float:
    """Return the length of pieces in characters of speech; 0 if there is nothing to say, or only a direction for what follows."""
    length, spoken = 0.0, False
    for piece in pieces:
        text = piece.text
        length += weight(text)
        spoken = spoken or not (not text or text.isspace() or only_directions(text))
    return length if spoken else 0.0


def _joined(parts: Iterable[tuple[Atom, Sequence[Piece]]]) -> Reading:
    builder = ReadingBuilder()
    for atom, pieces in parts:
        for piece in pieces:
            builder.add(piece)
        if atom.ends_block:
            builder.close()
    return builder.build()


def _delivered(reading: Reading, delivery: Delivery, group: Sequence[Held]) -> Reading:
    stressed = [one for held in group for one in held.directed.stressed]
    if delivery == PLAIN and not stressed:
        return reading
    return replace(reading, delivery=delivery, emphases=tuple(emphases(reading, stressed)))
