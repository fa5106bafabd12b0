"""One atom -> what is said of it, and its cleaned and spoken pieces with their sources (`levels`).

Rules:
- an atom is read by itself, so its reading does not depend on the atoms around it;
- hidden text leaves nothing.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from legato.domain.values import value
from legato.text import sounds
from legato.text.asides import answer, asked_at, closing_mark, code_block, raised, unit_chars, unit_words
from legato.text.atoms import Atom, Block, Span, SpanKind
from legato.text.borders import Borders
from legato.text.citations import citation_as_word, is_note, lists_citations, naming
from legato.text.code_marks import name_of_mark
from legato.text.inline import Inline
from legato.text.levels import Levels, Said
from legato.text.lexicon import lexicon_of
from legato.text.numbering import label_chars
from legato.text.pieces import Piece
from legato.text.plain import plain
from legato.text.scanner import Scanner
from legato.text.settings import Fences, TextSettings
from legato.text.ssml import attributes
from legato.text.tables import cells
from legato.text.tags import name_of

_DEPTH = 4
_CLOSED_HEADING = re.compile(r"(?:(?<=\s)|\A)#{1,6}\s*\Z")
"""The hashes that close a heading: # Title #"""
_BLANKS = re.compile(r"\s+")


class Words(Protocol):
    """Reads numbers, dates and the like in cleaned text."""

    def read(self, text: str) -> list[Piece]:
        """Return pieces that tile the text."""

    def say_as(self, kind: str, text: str, form: str) -> str | None:
        """Return the reading of a text whose kind the writer gives; None to read it like any other."""


class Maths(Protocol):
    """Reads formulas; digits come out as digits."""

    def latex(self, source: str) -> list[Piece]:
        """Return pieces that tile the source of a LaTeX formula."""

    def mathml(self, source: str) -> list[Piece]:
        """Return pieces that tile a MathML element."""

    def plain(self, source: str) -> list[Piece] | None:
        """Return pieces that tile bare mathematics in prose; None if it is not mathematics."""


@value
class AtomReading:
    """The reading of one atom; offsets are of the accepted text."""

    cleaned: tuple[Piece, ...]
    spoken: tuple[Piece, ...]


class Speech:
    """Reads atoms for one utterance."""

    def __init__(
        self, words: Words, maths: Maths, borders: Borders, settings: TextSettings, emoji: Mapping[str, str]
    ) -> None:
        self._words = words
        self._maths = maths
        self._borders = borders
        self._settings = settings
        self._language = settings.language
        self._announced = code_block(settings.language)
        self._lexicon = lexicon_of(settings.lexicon)
        self._levels = Levels(words.read, maths.plain, self._lexicon)
        self._inline = Inline(settings.emoji, emoji, markup=not settings.ssml)

    def read(self, atom: Atom, carried: str = "") -> AtomReading:
        """Return the reading of an atom.

        Args:
            atom: the atom.
            carried: the end of the text before it, if an idle moment cut there (`carried.end_of`).
        """
        quick = None if carried or self._lexicon else plain(atom, self._words.read)
        if quick is not None:
            return AtomReading(*quick)
        said = list(self._atom(atom, 0))
        return AtomReading(tuple(self._levels.cleaned(said)), tuple(self._levels.spoken(said, carried)))

    def _atom(self, atom: Atom, depth: int) -> Iterator[Said]:
        text, offset = atom.before + atom.text, atom.start - len(atom.before)
        position = atom.start + (label_chars(atom.text) if atom.block is Block.ITEM else 0)
        if position > atom.start:
            label = atom.text[: position - atom.start].lstrip()
            yield Said(Piece(label, atom.start, position), done=True)
        dropped = False
        for span in atom.spans:
            start, end = span.start - offset, span.end - offset
            cited = span.kind is SpanKind.MARKER and not citation_as_word(text, start, end, self._language)
            if dropped and cited and lists_citations(text[position - offset : start], text, start):
                yield Said(Piece("", position, span.start, "clean/reference"))
            else:
                yield from self._run(text, position - offset, start, offset)
            dropped = cited
            yield from self._span(text, offset, span, depth)
            position = span.end
            if span.kind is SpanKind.MATHS and (chars := unit_chars(text, end)):
                named = unit_words(text[end : end + chars], self._words.read)
                yield Said(Piece(named, position, position + chars, "clean/unit"), done=True)
                position += chars
        end = atom.end
        if atom.block is Block.HEADING and (closed := _CLOSED_HEADING.search(text, position - offset)):
            end = offset + closed.start()
        yield from self._run(text, position - offset, end - offset, offset)
        if end < atom.end:
            yield Said(Piece("", end, atom.end, "clean/heading"))

    def _run(self, text: str, start: int, end: int, offset: int) -> Iterator[Said]:
        cleaned = self._inline.clean(text, start, end, offset)
        for piece in naming(cleaned, text, offset, self._language):
            yield Said(piece)

    def _span(self, text: str, offset: int, span: Span, depth: int) -> Iterator[Said]:
        inner = text[span.inner_start - offset : span.inner_end - offset]
        match span.kind:
            case SpanKind.CODE:
                yield from self._code(inner, span)
            case SpanKind.MATHS | SpanKind.DISPLAY | SpanKind.MATHML:
                yield from self._formula(inner, span, text[span.end - offset : span.end - offset + 1])
            # An idle moment may have cut the text before a citation, so that the scanner took it for a link.
            case SpanKind.LINK | SpanKind.IMAGE if not is_note(text, span.start - offset):
                yield Said(Piece("", span.start, span.inner_start, "clean/link"))
                yield from self._inside(inner, span.inner_start, depth)
                yield Said(Piece("", span.inner_end, span.end, "clean/link"))
            case SpanKind.ROW:
                yield from self._row(inner, span, depth)
            case SpanKind.SAID_AS | SpanKind.PHONEME:
                yield from self._as_marked(text, offset, span)
            case SpanKind.PROTECTED:
                yield from self._as_written(inner, span)
            case SpanKind.FENCE if self._settings.fences is Fences.ANNOUNCE:
                yield Said(Piece(f" {self._announced} ", span.start, span.end, "clean/fence"), done=True)
            case SpanKind.MARKER if named := citation_as_word(
                text, span.start - offset, span.end - offset, self._language
            ):
                yield Said(Piece(named, span.start, span.end, "clean/reference"))
            case SpanKind.BREAK | SpanKind.FENCE:
                is_tag = text.startswith("<", span.start - offset)
                rule = self._tag(text, offset, span) if is_tag else "clean/break"
                yield Said(Piece(" ", span.start, span.end, rule))
            case _:
                power = raised(text, span.start - offset, span.end - offset)
                yield Said(Piece(power, span.start, span.end, self._dropped(text, offset, span)))

    def _dropped(self, text: str, offset: int, span: Span) -> str:
        """Return the rule by which a span is silent."""
        if span.kind in {SpanKind.TAG, SpanKind.MANNER}:
            return self._tag(text, offset, span)
        return f"clean/{span.kind.name.lower()}"

    def _tag(self, text: str, offset: int, span: Span) -> str:
        """Return the rule for a tag; SSML tags, which may say how their text is delivered, have rules of their own."""
        name = ""
        if self._settings.ssml:
            name = name_of(text[span.start - offset : span.end - offset]).removeprefix("/")
        return f"ssml/{name}" if name else "clean/tag"

    def _code(self, inner: str, span: Span) -> Iterator[Said]:
        if not self._settings.speak_inline_code:
            yield Said(Piece("", span.start, span.end, "clean/code"))
            return
        if named := name_of_mark(inner, self._language):
            yield Said(Piece(named, span.start, span.end, "clean/code"), done=True)
            return
        yield Said(Piece("", span.start, span.inner_start, "clean/code"))
        for match in re.finditer(r"\s+|\S+", inner):
            start = span.inner_start + match.start()
            visible = "".join(char for char in match.group() if char.isprintable())
            body, rule = (" ", "clean/space") if match.group().isspace() else (visible, "")
            yield Said(
                Piece(
                    body,
                    start,
                    start + len(match.group()),
                    rule if visible == match.group() else "clean/space",
                )
            )
        yield Said(Piece("", span.inner_end, span.end, "clean/code"))

    def _as_written(self, inner: str, span: Span) -> Iterator[Said]:
        yield Said(Piece("", span.start, span.inner_start, "clean/protected"))
        kept = "".join(char if char.isprintable() else " " for char in inner)
        yield Said(Piece(kept, span.inner_start, span.inner_end), done=True, kept=True)
        yield Said(Piece("", span.inner_end, span.end, "clean/protected"))

    def _as_marked(self, text: str, offset: int, span: Span) -> Iterator[Said]:
        """Yield a text of which its writer says how it is read: with a mark of its sounds, or in an SSML element."""
        start, end = span.inner_start - offset, span.inner_end - offset
        if text.startswith(sounds.OPENERS, span.start - offset):
            spelled, ipa = sounds.read(text[start:end])
            yield Said(Piece(spelled, span.start, span.end, "clean/sounds", ipa), done=True)
            return
        named = attributes(text[span.start - offset : start])
        inner = html.unescape(text[start:end])
        ipa = ""
        if span.kind is SpanKind.PHONEME:
            said = inner.strip() or None
            ipa = named.get("ph", "").strip() if named.get("alphabet", "ipa").lower() == "ipa" else ""
            rule = "ssml/phoneme"
        else:
            said = self._words.say_as(named.get("interpret-as", ""), inner, named.get("format", ""))
            rule = "ssml/say-as"
        yield Said(Piece("", span.start, span.inner_start, "clean/tag"))
        if said is None or (span.kind is SpanKind.PHONEME and not ipa):
            for piece in self._inline.clean(text, start, end, offset):
                yield Said(piece)
        else:
            yield Said(Piece(said, span.inner_start, span.inner_end, rule, ipa), done=True)
        yield Said(Piece("", span.inner_end, span.end, "clean/tag"))

    def _formula(self, inner: str, span: Span, following: str) -> Iterator[Said]:
        read = self._maths.mathml if span.kind is SpanKind.MATHML else self._maths.latex
        yield Said(Piece("", span.start, span.inner_start, "clean/maths"))
        for piece in read(inner if span.kind is SpanKind.MATHML else inner[: asked_at(inner)]):
            start, end = span.inner_start + piece.start, span.inner_start + piece.end
            yield Said(Piece(piece.text, start, end, piece.rule), done=True)
        mark = "" if span.kind is SpanKind.MATHML else closing_mark(inner, following)
        yield Said(Piece(mark, span.inner_end, span.end, "clean/maths"), done=bool(mark))

    def _inside(self, inner: str, offset: int, depth: int) -> Iterator[Said]:
        if depth >= _DEPTH or not inner:
            yield Said(Piece(_BLANKS.sub(" ", inner), offset, offset + len(inner), "clean/depth"))
            return
        settings = self._settings
        scanner = Scanner(self._borders, markup=not settings.ssml, nested=True, protected=settings.protected)
        for atom in (*scanner.feed(inner), *scanner.finish()):
            for said in self._atom(atom, depth + 1):
                piece = said.piece
                yield Said(
                    Piece(piece.text, piece.start + offset, piece.end + offset, piece.rule),
                    done=said.done,
                    kept=said.kept,
                )

    def _row(self, inner: str, span: Span, depth: int) -> Iterator[Said]:
        comma = ""
        position = span.start
        for index, (start, end) in enumerate(cells(inner)):
            if start == end:
                continue
            at, until = span.inner_start + start, span.inner_start + end
            yield Said(Piece(comma, position, at, "clean/table"))
            for said in self._header(span.columns, index, depth):
                yield Said(Piece(said.piece.text, at, until, "clean/table"), done=said.done, kept=said.kept)
            yield from self._cell(inner[start:end], at, depth)
            comma, position = ", ", until
        yield Said(Piece("", position, span.end, "clean/table"))

    def _cell(self, inner: str, at: int, depth: int) -> Iterator[Said]:
        if ticked := answer(inner, self._language):
            return iter((Said(Piece(ticked, at, at + len(inner), "clean/table"), done=True),))
        return self._inside(inner, at, depth)

    def _header(self, columns: Sequence[str], index: int, depth: int) -> Iterator[Said]:
        if index >= len(columns) or not columns[index]:
            return
        heading = [
            said
            for said in self._inside(columns[index], 0, depth)
            # The stop inside a formula would stand before the colon.
            if not (said.done and said.piece.text in {".", ",", ";"})
        ]
        if any(said.piece.text.strip() for said in heading):
            yield from heading
            yield Said(Piece(": ", 0, 0, "clean/table"))
