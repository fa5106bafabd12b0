"""Reads the numbers, signs and short forms of a text aloud, in one pass.

The scanner jumps from word to word and sign to sign. A plain word costs one table lookup; at a digit, a sign, a known
word or a word joined to a sign the rules are tried in order of evidence, and the first that has something to say replaces
what it matched. Nothing is read twice, so what a rule wrote is never rewritten. What no rule takes is left as it is.
"""

import re

from legato.text.pieces import Piece
from legato.text.verbal.book import Rule, RuleBook
from legato.text.verbal.cuts import Cuts
from legato.text.verbal.rules.abbreviations import Abbreviations
from legato.text.verbal.rules.acts import Acts
from legato.text.verbal.rules.addresses import Addresses
from legato.text.verbal.rules.appointments import Appointments
from legato.text.verbal.rules.chess import Chess
from legato.text.verbal.rules.codes import Codes
from legato.text.verbal.rules.compounds import Compounds
from legato.text.verbal.rules.dashed_dates import DashedDates
from legato.text.verbal.rules.dates import Dates
from legato.text.verbal.rules.densities import Densities
from legato.text.verbal.rules.doses import Doses
from legato.text.verbal.rules.durations import Durations
from legato.text.verbal.rules.electronic import Electronic
from legato.text.verbal.rules.few import Few
from legato.text.verbal.rules.finance import Finance
from legato.text.verbal.rules.fractions import Fractions
from legato.text.verbal.rules.identifiers import Identifiers
from legato.text.verbal.rules.keys import Keys
from legato.text.verbal.rules.kitchen import Kitchen
from legato.text.verbal.rules.law import Law
from legato.text.verbal.rules.lengths import Lengths
from legato.text.verbal.rules.letter_ordinals import LetterOrdinals
from legato.text.verbal.rules.magnitudes import Magnitudes
from legato.text.verbal.rules.marked_ordinals import MarkedOrdinals
from legato.text.verbal.rules.matches import Matches
from legato.text.verbal.rules.measures import Measures
from legato.text.verbal.rules.metres import Metres
from legato.text.verbal.rules.models import Models
from legato.text.verbal.rules.money import Money
from legato.text.verbal.rules.multiples import Multiples
from legato.text.verbal.rules.numerals import Numerals
from legato.text.verbal.rules.ordinal_spans import OrdinalSpans
from legato.text.verbal.rules.pages import Pages
from legato.text.verbal.rules.percentages import Percentages
from legato.text.verbal.rules.phones import Phones
from legato.text.verbal.rules.pluses import Pluses
from legato.text.verbal.rules.portions import Portions
from legato.text.verbal.rules.postal import Postal
from legato.text.verbal.rules.powers import Powers
from legato.text.verbal.rules.ratios import Ratios
from legato.text.verbal.rules.references import References
from legato.text.verbal.rules.romans import Romans
from legato.text.verbal.rules.scientific import Scientific
from legato.text.verbal.rules.shares import Shares
from legato.text.verbal.rules.sides import Sides
from legato.text.verbal.rules.software import Software
from legato.text.verbal.rules.stage_directions import StageDirections
from legato.text.verbal.rules.streets import Streets
from legato.text.verbal.rules.symbols import Symbols
from legato.text.verbal.rules.technical import Technical
from legato.text.verbal.rules.times import Times
from legato.text.verbal.rules.waypoints import Waypoints
from legato.text.verbal.rules.weekday_lists import WeekdayLists
from legato.text.verbal.rules.wide import Wide
from legato.text.verbal.say_as import SayAs
from legato.text.verbal.speech import LETTER, Speech
from legato.text.verbal.tables import VerbalData
from legato.text.verbal.units import all_units
from legato.text.verbal.words.registry import number_words

__all__ = ["VerbalData", "Verbaliser"]

_GREEK = "\u0370-\u03ff\u1f00-\u1fff"
# Words next to these would look like an address when read again.
_GLUE = frozenset("._@")

_COLON = re.compile(r"(?<=\w:)").match
_JOINTS = frozenset("0123456789.@:/\\_&+#-₀₁₂₃₄₅₆₇₈₉²³⁴⁺⁻")
_LAST_STOP = re.compile(r"\.\s*\Z")
_SHORTEST_WORD = 3
"""Fewer letters before a stop may be initials."""


class Verbaliser:
    """Reads texts of one language.

    Args:
        data: the language's tables. A language without number words is left as it is written.
    """

    def __init__(self, data: VerbalData) -> None:
        words = number_words(data.language) if data.table("phrases") else None
        speech = Speech(data, words) if words else None
        self._book = rule_book(speech) if speech else RuleBook(data.language)
        self._say_as = SayAs(speech, self._joined) if speech else None
        signs = re.escape("".join(self._book.symbols))
        greek = "".join(data.table("greek"))
        alone = [rf"(?P<greek>(?<![{_GREEK}])[{greek}](?![{_GREEK}]))"] if greek else []
        found = [*alone, f"(?P<word>{LETTER}+)", "(?P<digit>[0-9])"] + (
            [f"(?P<sign>[{signs}])"] if signs else []
        )
        self._token = re.compile("|".join(found)).search if words else re.compile("(?!)").search
        self._cuts = Cuts(data, active=words is not None)

    def read(self, text: str) -> list[Piece]:
        """Return the text as pieces that tile it in order; rewritten pieces name their rule. Linear in the length, never raises."""
        pieces: list[Piece] = []
        done = at = 0
        words = self._book.words
        while token := self._token(text, at):
            if token.lastgroup == "word" and token.group().lower() not in words:
                at = token.end()
                joint = text[at : at + 1]
                if joint not in _JOINTS:
                    continue  # most words stay as they are
                if joint == "." and at - token.start() >= _SHORTEST_WORD and _LAST_STOP.match(text, at):
                    continue  # the stop of a sentence joins nothing
            at, said, rule = self._try(text, token)
            if not rule:
                continue
            start = token.start()
            if start > done:
                pieces.append(Piece(text[done:start], done, start))
            if pieces and pieces[-1].text[-1:].isspace():
                said = said.lstrip()
            elif start and (text[start - 1] in _GLUE or _COLON(text, start)) and said[:1].isalnum():
                said = f" {said}"
            pieces.append(Piece(_apart(text, at, said), start, at, rule))
            done = at
        if done < len(text):
            pieces.append(Piece(text[done:], done, len(text)))
        return pieces

    def may_cut(self, before: str, after_known: bool = False) -> bool:  # noqa: FBT001, FBT002 - the segmenter's contract
        """Whether a text may be cut at the end of `before` so that both parts read as the whole would, whatever follows.

        Args:
            before: the text up to the cut, or its last few dozen characters.
            after_known: whether what follows is known to begin afresh: white space and then a capital, a new line, or the end.
        """
        return self._cuts.may_cut(before, after_known=after_known)

    def say_as(self, kind: str, text: str, form: str = "") -> str | None:
        """Return a text read as the kind that the writer states; None if that does not help, and it is read like any other.

        Args:
            kind: as SSML's `interpret-as`.
            text: the text.
            form: as SSML's `format`; may be empty.
        """
        return self._say_as.say(kind, text, form) if self._say_as else None

    def _joined(self, text: str) -> str:
        return "".join(piece.text for piece in self.read(text))

    def _try(self, text: str, token: re.Match[str]) -> tuple[int, str, str]:
        """Return where to go on, what is said, and by which rule (empty: none)."""
        start, end = token.span()
        for rule in self._candidates(text, token, end):
            match = rule.pattern.match(text, start)
            if match is not None and (said := rule.say(match)) is not None and match.end() > start:
                return match.end(), said, rule.id
        return end, "", ""

    def _candidates(self, text: str, token: re.Match[str], end: int) -> list[Rule]:
        kind, written = token.lastgroup, token.group()
        if kind == "digit":
            return self._book.digits
        if kind in {"sign", "greek"}:
            return self._book.symbols[written]
        known = self._book.words.get(written.lower())
        if end < len(text) and text[end] in _JOINTS:
            return (known or []) + self._book.joined
        return known or []


def _apart(text: str, end: int, said: str) -> str:
    """Return words with a space after them if what follows would join them: an address, a bracket."""
    joins = text[end : end + 1] in _GLUE and text[end + 1 : end + 2].isalnum()
    opens = text[end : end + 1] == "(" and text[end - 1].isdigit()
    return f"{said} " if (joins or opens) and said[-1:].isalnum() else said


def rule_book(speech: Speech) -> RuleBook:
    """Return all rules of a language in order of evidence: shapes that can be only one thing first, plain numbers last."""
    book = RuleBook(speech.data.language)
    numerals, times = Numerals(speech), Times(speech)
    Wide(speech).add(book)
    StageDirections().add(book)
    Keys(speech).add(book)
    Law(speech).add(book)
    DashedDates(speech).add(book)
    _add_shaped(book, speech)
    Identifiers(speech).add(book)
    Pages(speech).add(book)
    Kitchen(speech).add(book)
    Abbreviations(speech).add(book)
    Romans(speech).add(book)
    Models(speech).add(book)
    Doses(speech).add(book)
    Software(speech).add(book)
    Streets(speech).add(book)
    Technical(speech).add(book)
    Durations(speech).add(book)
    LetterOrdinals(speech).add(book)
    Compounds(speech).add(book)
    Codes(speech).add(book)
    Electronic(speech).add(book)
    Phones(speech).add(book)
    Postal(speech).add(book)
    Addresses(speech).add(book)
    times.add(book)
    WeekdayLists(speech).add(book)
    Dates(speech).add(book)
    OrdinalSpans(speech).add(book)
    Money(speech).add(book)
    Shares(speech).add(book)
    Magnitudes(speech).add(book)
    Waypoints(speech).add(book)
    units = all_units(speech)
    Sides(speech, units).add(book)
    Pluses(speech).add(book)
    Metres(speech).add(book)
    measures = Measures(speech, units)
    Scientific(speech, measures.named).add(book)
    measures.add(book)
    Lengths(speech).add(book)
    Fractions(speech).add(book)
    Ratios(speech).add(book)
    numerals.add_exact(book)
    Multiples(speech).add(book)
    numerals.add_plain(book)
    Powers(speech).add(book)
    Symbols(speech).add(book)
    return book


def _add_shaped(book: RuleBook, speech: Speech) -> None:
    """Add the rules that recognise by its shape what others would take for a fraction, a length, a unit or a number."""
    Acts(speech).add(book)
    Chess(speech).add(book)
    Densities(speech).add(book)
    Few(speech).add(book)
    MarkedOrdinals(speech).add(book)
    Percentages(speech).add(book)
    Portions(speech).add(book)
    Finance(speech).add(book)
    References(speech).add(book)
    Matches(speech).add(book)
    Appointments(speech).add(book)
    Ratios(speech).add_mixed(book)
    Money(speech).add_short(book)
