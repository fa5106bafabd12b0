"""Whether text may be cut between two words, and how strong that border is.

Rules:
- a decision looks at the word before the gap and at most at one word after it;
- WAIT means that the characters seen so far do not decide;
- a weak border (comma, clause, plain space) counts only where both sides are plain words, so that no reading of a
  number, date or name spans it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from legato.domain.text import Break
from legato.text.citations import LISTING
from legato.text.marks import (
    BEHIND_MERIDIEM,
    CLOSERS,
    DOTTED,
    MOVE,
    MOVE_BEGUN,
    OPENERS,
    PLAIN_WORD,
    UNSPACED,
    WIDE_STOPS,
    bare_word,
    is_caseless,
    latin_end,
)
from legato.text.pictures import Pictures
from legato.text.sentences import SentenceData

WAIT: Final = "wait"
Verdict = Break | None | Literal["wait"]

WEAK_FROM_CHARS = 20
"""A weak border nearer than this to the last one is not worth having."""
PLAIN_FROM_CHARS = 60
"""From here on any plain space will do, not only one before a conjunction."""
LONGEST_CHARS = 600
"""After this many characters without a border, any gap is one."""
PEEK_CHARS = 32
"""A following word longer than this counts as known."""

_TAIL = re.compile(r"[.!?…:;,]+$")
_JOINED, _DASH = re.compile("[-–—]"), re.compile(r"(?:-{1,3}|[–—―])$")
_EDGES = re.compile(rf"^(?:[-–—]{{1,3}}\s+)?[{re.escape(OPENERS)}]+|^[-–—]{{1,3}}\s+")
_UNSPACED_CHAR = re.compile(f"[{UNSPACED}]")
_ENDING, _PLAIN_BEGUN = frozenset("!?…"), re.compile(r"[^\W\d_]+(?:['’][^\W\d_]*)?")
_JAPANESE_LINKS = "とっのってなはをがにへも"
_HOST_HEADS = frozenset({"www", "http", "https", "ftp", "mailto"})
LONG_ACRONYM_CHARS = 4
_FILE = re.compile(r"^[a-z]{1,3}\.(?:[a-z]{2,4})$")
"""Lower-case letters on both sides of a dot, at least two after it: a file name, not a short form."""
_CUT_OUT, _LONE_DOTS = re.compile(r"[\[(](?:\.{3}|…)$"), re.compile(r"(?:(?:^|\s)\.){4,}$")
_BROKEN_OFF = re.compile('(?:--|[–—])["”»]$')
_COMPANY_FORM, _TOO_SHORT = re.compile(r"(?:KG|KGaA|AG|OHG)\b"), re.compile(r"|[-–—]{1,3}|[a1i]")
_ORDINALS = re.compile(r"[0-9]{1,2}(?:\.?[-–/][0-9]{1,2}){0,3}")
_FOOTNOTE = re.compile(r"(?:[^\W\d_]{3}|[)\]”\"])[.!?]\d{1,3}$")
_FIRST_LABEL = re.compile(r"\(?[a1i](?:\.\)|[.)])")
_ROMAN, _ROMAN_ENDS = re.compile(r"[IVX]+\W*\Z"), ".,;:!?)"
_CODE, _CODE_BEGUN = re.compile(r"[A-Z]{1,5}-?[0-9]"), re.compile(r"[A-Z]{1,5}-?")
"""An identifier of letters and digits: serial no. SN-4F29."""
_STATE, _STATE_BEGUN = re.compile(r"[A-Z]{2}\W*"), re.compile("[A-Z]{1,2}")
_RULER, _OPERATORS = re.compile("[IVX]{2,}"), frozenset("=<>≤≥≠+*/×·−^")
_MERIDIEM = frozenset({"a.m", "p.m", "am", "pm"})


@dataclass(slots=True)
class Gap:
    """A run of whitespace and what stands around it.

    Args:
        word: the characters before it back to the last whitespace or protected span; a span appears as "x".
        peek: the characters after it up to the next whitespace, as far as they are known.
        whole: whether `peek` is the complete next word.
        run_chars: characters since the last border.
        tail: the text before the gap, as far back as a reading may look.
        opens: whether the word is the first of its atom.
        listed: whether the word is the label of a list item.
        quoted: whether it stands inside a quote or bracket that is still open.
    """

    word: str
    peek: str
    whole: bool
    run_chars: int
    tail: str
    opens: bool = False
    listed: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A run of marks that need no space after them.

    Args:
        marks: the marks and the closing brackets after them.
        before: the character before, empty at the start.
        after: the character after, empty at the end of the text.
        quoted: whether it stands inside a quote or bracket that is still open.
    """

    marks: str
    before: str
    after: str
    quoted: bool = False


class Borders:
    """The border rules of one language."""

    def __init__(self, data: SentenceData, holds: Callable[[str], bool]) -> None:
        self._data = data
        self._holds = holds
        self.pictures = Pictures(data)
        forms = data.titles | data.abbreviations | data.before_number
        self._dotted_heads = _HOST_HEADS | {
            head for form in forms for head, dot, _ in (form.partition("."),) if dot
        }

    def between(self, gap: Gap) -> Verdict:
        """Return what the gap is: a border of some strength, none (`None`), or not known yet (`WAIT`)."""
        if gap.run_chars > LONGEST_CHARS:
            return Break.FORCED
        if gap.listed:
            return None
        if _BROKEN_OFF.search(gap.word) and (not gap.peek or gap.peek[0].isupper()):
            return Break.SENTENCE if gap.peek else WAIT
        core = gap.word.rstrip(CLOSERS)
        mark = _TAIL.search(core)
        if mark is None or _CUT_OUT.search(core):
            return self._unmarked(gap, core)
        stem = core[: mark.start()].lstrip(OPENERS)
        ahead = _EDGES.sub("", gap.peek)
        if not gap.whole and _TOO_SHORT.fullmatch(ahead):
            return WAIT
        if gap.peek.startswith("[") and ahead[:1].islower():
            ahead = ahead.capitalize()  # a stage direction, a note: "secret. [sighs] Okay"
        last = core[-1]
        if last in self._data.stops:
            return Break.SENTENCE
        if last in _ENDING or last == ".":
            return self._ending(gap, mark.group(), stem, ahead)
        if gap.run_chars < WEAK_FROM_CHARS or not stem[-1:].isalpha() or not ahead[:1].isalpha():
            return None
        return self._weak(gap, Break.CLAUSE if last in {":", ";"} else Break.COMMA)

    def wide(self, run: Run) -> Break | None:
        """Return the border at a run of marks that need no space; `None` if there is none."""
        core = run.marks.rstrip(CLOSERS)
        last, after = core[-1:], run.after
        if not last or (run.before.isdigit() and after.isdigit()):
            return None
        if last in WIDE_STOPS or last in _ENDING:
            if after in _JAPANESE_LINKS and len(core) < len(run.marks) and after:
                return None
            return Break.CLAUSE if run.quoted else Break.SENTENCE
        if last == "、" or after.isdigit() or run.quoted:
            return None
        return Break.CLAUSE if last in "；፤፥፦：" else Break.COMMA

    def glued(self, word: str, after: str) -> Verdict:
        """Whether a stop ends a sentence although the next one follows without a space.

        Args:
            word: what stands before the stop, back to the last space.
            after: what follows it, as far as known.
        """
        bare = word.lstrip(OPENERS)
        number = bare.replace(",", "").isdigit()
        if not number and not (len(bare) > 2 and bare[1:].islower() and PLAIN_WORD.fullmatch(bare)):
            return None
        if self._data.is_abbreviation(bare):
            return None
        match = PLAIN_WORD.match(after)
        if match is None or match.end() == len(after):
            return WAIT if len(after) < PEEK_CHARS else None
        following = after[match.end()]
        starts = match.group() in self._data.starters and following in " ,'’"
        titled = match.group().lower() in self._data.titles and following == "."
        return Break.SENTENCE if starts or titled else None

    def safe_end(self, word: str, tail: str) -> bool:
        """Whether a text may be spoken up to here although what follows is unknown.

        Args:
            word: the last word with its marks.
            tail: the text before here, as far back as a reading may look.
        """
        core = word.rstrip(CLOSERS).rstrip(".!?…,;:" + WIDE_STOPS + "，、،")
        stem = core.lstrip(OPENERS)
        if _UNSPACED_CHAR.match(stem[-1:]):
            return not self._holds(tail)
        if (
            PLAIN_WORD.fullmatch(stem) is None
            or len(stem) < 2
            or not stem[-1].isalpha()
            or word.lower().rstrip(":") in LISTING
        ):
            return False
        dotted = word[len(word.rstrip(CLOSERS + ".")) :].startswith(".")
        if dotted and (self._data.is_abbreviation(stem) or latin_end(stem).lower() in self._dotted_heads):
            return False
        if dotted and stem.isupper() and len(stem) < LONG_ACRONYM_CHARS:
            return False
        return not self._holds(tail)

    def _ending(self, gap: Gap, mark: str, stem: str, ahead: str) -> Verdict:
        """Return the border at a mark that ends a sentence, unless it belongs to a word, goes on, or stands inside a quote."""
        if ahead[:1] in {".", "…"}:
            return None
        if mark == "." and not stem:
            lone = _LONE_DOTS.search(gap.tail) is not None or not gap.tail.endswith(" . .")
            verdict: Verdict = Break.SENTENCE if lone and not ahead[:1].islower() else None
        elif mark == ".":
            verdict = self._dot(gap, stem, ahead)
        else:
            verdict = self._loud(gap, stem, ahead)
        if verdict is Break.SENTENCE and gap.quoted:
            return None if gap.run_chars < WEAK_FROM_CHARS else self._weak(gap, Break.CLAUSE)
        return verdict

    def _unmarked(self, gap: Gap, core: str) -> Verdict:
        if _FOOTNOTE.search(core):
            return WAIT if not gap.peek else Break.SENTENCE if gap.peek[0].isupper() else None
        if gap.run_chars < WEAK_FROM_CHARS:
            return None
        if _UNSPACED_CHAR.match(core[-1:]) and core[-1:] > "\u0e00":
            return Break.CLAUSE
        if _DASH.search(core):
            return self._dashed(gap, core)
        low = core.lower()
        if core != low or low in self._data.holds_next or PLAIN_WORD.fullmatch(core) is None:
            return None
        if not gap.whole:
            return WAIT if not gap.peek or _PLAIN_BEGUN.fullmatch(gap.peek) else None
        if gap.peek != gap.peek.lower() or PLAIN_WORD.fullmatch(gap.peek) is None:
            return None
        if gap.run_chars < PLAIN_FROM_CHARS and gap.peek not in self._data.conjunctions:
            return None
        return self._weak(gap, Break.FORCED)

    def _dashed(self, gap: Gap, core: str) -> Verdict:
        if not gap.peek:
            return WAIT
        alone = len(core.rstrip("-–—―")) == 0
        return self._weak(gap, Break.CLAUSE) if alone and gap.peek[0].isalpha() else None

    def _weak(self, gap: Gap, strength: Break) -> Verdict:
        named = strength is Break.COMMA and gap.word[0].isupper()
        if named and (_STATE if gap.whole else _STATE_BEGUN).fullmatch(gap.peek):
            return None if gap.whole else WAIT  # Dayton, OH
        return None if self._holds(gap.tail) else strength

    def _loud(self, gap: Gap, stem: str, ahead: str) -> Verdict:
        if ahead[:1] in _OPERATORS and gap.word[-1:] == "!" and not gap.word[-2:-1].isspace():
            return None if len(ahead) > 1 or gap.whole else WAIT
        if not ahead[:1].islower() or is_caseless(stem):
            return Break.SENTENCE
        if gap.run_chars < WEAK_FROM_CHARS:
            return None
        return self._weak(gap, Break.CLAUSE)

    def _dot(self, gap: Gap, stem: str, ahead: str) -> Verdict:
        first = ahead[:1]
        if not first:
            return Break.SENTENCE
        if first == "&" or ahead in {"@", "="}:
            return None if gap.whole or first == "&" else WAIT
        low = stem.lower().replace("–", "-").rsplit(".-", 1)[-1].rsplit("'", 1)[-1].rsplit("’", 1)[-1]
        if stem[-1:].isdigit():
            return self._after_number(gap, stem, ahead)
        if len(stem) == 1 and stem.isalpha():
            return self._initial(gap, stem, ahead)
        if DOTTED.fullmatch(stem):
            return self._dotted(gap, low, ahead)
        if low in self._data.titles or (gap.opens and self._data.ordinal_dot and _RULER.fullmatch(stem)):
            return None
        dated = stem in self._data.capital_before_number
        if dated or self._data.stands_before_number(_JOINED.split(low)[-1]):
            return self._before_number(gap, ahead)
        if (rated := low.rpartition("/")[2]) in self._data.abbreviations:
            return self._abbreviated(gap, rated, ahead)
        goes_on = first.islower() and not _FIRST_LABEL.match(ahead) and not is_caseless(stem)
        return None if goes_on else Break.SENTENCE

    def _before_number(self, gap: Gap, ahead: str) -> Verdict:
        if _ROMAN.match(ahead) and (not gap.whole or ahead[:2].rstrip(_ROMAN_ENDS) != "I"):
            return None if gap.whole else WAIT
        if not gap.whole and _CODE_BEGUN.fullmatch(ahead):
            return WAIT
        numbered = ahead[0].isdigit() or ahead[0].islower() or ahead[0] in {"+", "#"} or _CODE.match(ahead)
        return None if numbered else Break.SENTENCE

    def _after_number(self, gap: Gap, stem: str, ahead: str) -> Verdict:
        if ahead[0].islower() or ahead[0].isdigit():
            return None
        if (MOVE if gap.whole else MOVE_BEGUN).fullmatch(ahead) and len(stem) < LONG_ACRONYM_CHARS:
            return None if gap.whole else WAIT
        if not self._data.ordinal_dot or not _ORDINALS.fullmatch(stem):
            return Break.SENTENCE
        if self._data.capital_nouns:
            return self._starts(gap, ahead)
        if not gap.whole:
            return WAIT
        return None if ahead.lower().rstrip(".,") in self._data.months else Break.SENTENCE

    def _initial(self, gap: Gap, stem: str, ahead: str) -> Verdict:
        if gap.opens or stem.islower():
            return None
        return self._starts(gap, ahead)

    def _dotted(self, gap: Gap, low: str, ahead: str) -> Verdict:
        if not ahead[0].isupper() or low in self._data.titles:
            return None
        if low in _MERIDIEM:
            if not gap.whole:
                return WAIT
            if _JOINED.split(ahead.rstrip(CLOSERS + ".,;:!?"), maxsplit=1)[0] in BEHIND_MERIDIEM:
                return None
            titled = ahead.endswith(".") and self._data.is_abbreviation(ahead[:-1])
            return None if titled and gap.run_chars < WEAK_FROM_CHARS else Break.SENTENCE
        if _FILE.search(low) and not self._data.is_abbreviation(low):
            return Break.SENTENCE
        return self._starts(gap, ahead)

    def _may_go_on(self, ahead: str) -> bool:
        begun = bare_word(ahead)
        return any(word.startswith(begun) for word in self._data.goes_on)

    def _abbreviated(self, gap: Gap, low: str, ahead: str) -> Verdict:
        if not ahead[0].isupper():
            return None
        if not gap.whole and (ahead.isupper() or self._may_go_on(ahead)):
            return WAIT
        if low in self._data.name_endings or gap.peek[0] == "(":
            return self._starts(gap, ahead)
        if gap.whole and bare_word(ahead) in self._data.goes_on:
            return None
        if _COMPANY_FORM.match(ahead):
            return None
        return self._starts(gap, ahead) if self._data.capital_nouns else Break.SENTENCE

    def _starts(self, gap: Gap, ahead: str) -> Verdict:
        if not gap.whole:
            return WAIT if ahead[0].isupper() else None
        return Break.SENTENCE if bare_word(ahead) in self._data.starters else None
