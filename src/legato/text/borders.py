"""Whether text may be cut between two words, and how strong that border is.

Rules:
- a decision looks at the word before the gap and at most at one word after it;
- WAIT means that the characters seen so far do not tell;
- a weak border (comma, clause, plain space) is one only where both sides are plain words, so that no reading of a
  number, date or name spans it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from legato.domain.text import Break
from legato.text.marks import CLOSERS, DOTTED, OPENERS, PLAIN_WORD, UNSPACED, WIDE_STOPS
from legato.text.sentences import SentenceData

WAIT: Final = "wait"
Verdict = Break | None | Literal["wait"]

WEAK_FROM_CHARS = 20
"""A weak border nearer than this to the last one is not worth having."""
PLAIN_FROM_CHARS = 60
"""From here on any plain space will do, not only one before a conjunction."""
PEEK_CHARS = 32
"""A following word longer than this counts as known."""

_TAIL = re.compile(r"[.!?…:;,]+$")
_DASH = re.compile(r"(?:-{1,3}|[–—―])$")
_EDGES = re.compile(f"^[{re.escape(OPENERS)}]+")
_UNSPACED_CHAR = re.compile(f"[{UNSPACED}]")
_CLAUSE_MARKS = frozenset(":;")
_LOUD = frozenset("!?")
_MERIDIEM = frozenset({"a.m", "p.m", "am", "pm"})


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of whitespace and what stands around it.

    Args:
        word: the characters before it back to the last whitespace or protected span; a span stands as "x".
        peek: the characters after it up to the next whitespace, as far as they are known.
        whole: `peek` is the complete next word.
        run_chars: characters since the last border.
        tail: the text before the gap, as far back as a reading may look.
        opens: the word is the first of its atom.
        listed: the word numbers a list item.
    """

    word: str
    peek: str
    whole: bool
    run_chars: int
    tail: str
    opens: bool = False
    listed: bool = False


class Borders:
    """The border rules of one language."""

    def __init__(self, data: SentenceData, holds: Callable[[str], bool]) -> None:
        self._data = data
        self._holds = holds

    def between(self, gap: Gap) -> Verdict:
        """What the gap is: a border of some strength, none, or not known yet."""
        if gap.listed:
            return None
        core = gap.word.rstrip(CLOSERS)
        mark = _TAIL.search(core)
        if mark is None:
            return self._unmarked(gap, core)
        stem = core[: mark.start()].lstrip(OPENERS)
        ahead = _EDGES.sub("", gap.peek)
        if not ahead and not gap.whole:
            return WAIT
        last = core[-1]
        if last in self._data.stops:
            return Break.SENTENCE
        if last in _LOUD or (last == "…") or mark.group().endswith(".."):
            return self._loud(gap, ahead)
        if last == ".":
            return self._dot(gap, stem, ahead)
        if gap.run_chars < WEAK_FROM_CHARS or not stem[-1:].isalpha() or not ahead[:1].isalpha():
            return None
        return self._weak(gap, Break.CLAUSE if last in _CLAUSE_MARKS else Break.COMMA)

    def wide(self, run: str, before: str, after: str) -> Break | None:
        """What a run of marks that need no space is.

        Args:
            run: the marks and the closing brackets behind them.
            before: the character before, empty at the start.
            after: the character after, empty at the end of the text.
        """
        core = run.rstrip(CLOSERS + "」』）】》〉〕］｝")
        last = core[-1:]
        if before.isdigit() and after.isdigit():
            return None
        if last and (last in WIDE_STOPS or last in "!?…"):
            closed = len(core) < len(run)
            if closed and after in set("とっのってなはをがにへも") and after:
                return None
            return Break.SENTENCE
        if not last or last == "、" or after.isdigit():
            return None
        return Break.CLAUSE if last in "；፤፥፦：" else Break.COMMA

    def safe_end(self, word: str, tail: str) -> bool:
        """Whether a text may be spoken up to here although nothing is known of what follows.

        Args:
            word: the last word with its marks.
            tail: the text before here, as far back as a reading may look.
        """
        core = word.rstrip(CLOSERS).rstrip(".!?…,;:" + WIDE_STOPS + "，、،")
        stem = core.lstrip(OPENERS)
        if _UNSPACED_CHAR.match(stem[-1:]):
            return not self._holds(tail)
        if PLAIN_WORD.fullmatch(stem) is None or len(stem) < 2:
            return False
        dotted = word[len(word.rstrip(CLOSERS + ".")) :].startswith(".")
        if dotted and self._data.is_abbreviation(stem):
            return False
        return not self._holds(tail)

    def _unmarked(self, gap: Gap, core: str) -> Verdict:
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
            return WAIT if gap.peek.isalpha() or not gap.peek else None
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

    def _weak(self, gap: Gap, strength: Break) -> Break | None:
        return None if self._holds(gap.tail) else strength

    def _loud(self, gap: Gap, ahead: str) -> Verdict:
        if not ahead[:1].islower():
            return Break.SENTENCE
        if gap.run_chars < WEAK_FROM_CHARS:
            return None
        return self._weak(gap, Break.CLAUSE)

    def _dot(self, gap: Gap, stem: str, ahead: str) -> Verdict:
        first = ahead[:1]
        if not first:
            return Break.SENTENCE
        low = stem.lower()
        if stem[-1:].isdigit():
            return self._after_number(gap, stem, ahead)
        if len(stem) == 1 and stem.isalpha():
            return self._initial(gap, stem, ahead)
        if DOTTED.fullmatch(stem):
            return self._dotted(gap, low, ahead)
        if low in self._data.titles:
            return None
        if low in self._data.before_number:
            return None if first.isdigit() or first.islower() else Break.SENTENCE
        if low in self._data.abbreviations:
            return self._abbreviated(gap, ahead)
        return None if first.islower() else Break.SENTENCE

    def _after_number(self, gap: Gap, stem: str, ahead: str) -> Verdict:
        if ahead[0].islower() or ahead[0].isdigit():
            return None
        if self._data.ordinal_dot and stem.isdigit() and len(stem) <= 2:
            return self._starts(gap, ahead)
        return Break.SENTENCE

    def _initial(self, gap: Gap, stem: str, ahead: str) -> Verdict:
        if gap.opens or stem.islower():
            return None
        return self._starts(gap, ahead)

    def _dotted(self, gap: Gap, low: str, ahead: str) -> Verdict:
        if not ahead[0].isupper() or low in self._data.titles:
            return None
        if low in _MERIDIEM:
            return Break.SENTENCE
        return self._starts(gap, ahead)

    def _abbreviated(self, gap: Gap, ahead: str) -> Verdict:
        if not ahead[0].isupper():
            return None
        return self._starts(gap, ahead) if self._data.capital_nouns else Break.SENTENCE

    def _starts(self, gap: Gap, ahead: str) -> Verdict:
        if not gap.whole:
            return WAIT if ahead[0].isupper() else None
        bare = ahead.rstrip(CLOSERS + ".,;:!?").split("'")[0].split("’")[0]
        return Break.SENTENCE if bare in self._data.starters else None
