"""The gaps between words of a draft: what the border rules need to know about each, and what they decide.

A border depends on more than its two neighbours; tracked here are open quotes, the labels of a list, and whether the word before is one.
"""

import re

from legato.domain.text import Break
from legato.text.atoms import Block
from legato.text.borders import PEEK_CHARS, WAIT, WEAK_FROM_CHARS, Borders, Gap, Run, Verdict
from legato.text.draft import Draft
from legato.text.lines import Line, LineKind
from legato.text.marks import DASHES, SPACE, WIDE, WRAPPED, mark_of
from legato.text.numbering import LONGEST_LABEL_CHARS, Numbering
from legato.text.pictures import ends_with_picture
from legato.text.quotes import Quotes

TAIL_CHARS = 96
"""As far back as a rule of the verbaliser looks for what a number or a short form means."""
SOFT_LINE_CHARS = 40
"""A line at least this long that goes on in lower case was wrapped, not ended."""
FULL_LINE_CHARS = 65
"""A line at least this long was wrapped, whatever follows."""
MAY_BEGIN_NO_LINE = frozenset(".,;:!?)]}")
"""Before one of these, only the character after it tells whether the line was merely wrapped."""
LABEL_ENDS = frozenset(".)•⁃")
_PLAIN_WORDS = re.compile(r"(?:[A-Za-z]{1,40} )+(?=[A-Za-z])")


class Gaps:
    """Asks the border rules about the gaps of a draft.

    Args:
        draft: the text.
        borders: the rules.
        nested: whether the text is the inside of a span, in which a line end is a space.
    """

    def __init__(self, draft: Draft, borders: Borders, *, nested: bool) -> None:
        self._draft = draft
        self._borders = borders
        self._nested = nested
        self._quotes = Quotes()
        self._quoted = 0
        self._numbering = Numbering()
        self._listed = False
        self.mark: Break | None = None
        """The border that the marks before the gap have already decided."""

    def end_word(self, at: int) -> None:
        """End a word where a gap begins."""
        draft = self._draft
        self.mark = None
        word = draft.visible(draft.word, at)
        self._quotes.read(word[self._quoted :] if self._quoted else word)
        self._quoted = 0
        if len(word) <= LONGEST_LABEL_CHARS and word[-1:] in LABEL_ENDS and not self._listed:
            self._listed = self._numbering.labels(word, opens=not draft.has_words(draft.word))

    def so_far(self, at: int) -> Break:
        """Return the strength of the marks before `at` without waiting for what follows."""
        self.end_word(at)
        draft = self._draft
        text = draft.visible(max(draft.start, at - TAIL_CHARS), at).rstrip()
        if not text:
            return draft.strength
        word = text.rpartition(" ")[2]
        return mark_of(word) if self._borders.safe_end(word, text) else Break.FORCED

    def begin_word(self, *, paragraph: bool) -> None:
        """Begin a word where a gap ended."""
        if paragraph:
            self._quotes.reset()
        self._quoted = 0
        self._listed = False
        self.mark = None

    def begin_item(self, label: str) -> None:
        """Begin a list item: a line began with this label."""
        self._listed = True
        self._numbering.line(label)

    def wide(self, at: int, end: int) -> Break | None:
        """Return the border at a run of marks that need no space after them."""
        draft = self._draft
        buffer = draft.buffer
        self._quotes.read(buffer[draft.word + self._quoted : end])
        before = buffer[at - 1 : at] if at else ""
        verdict = self._borders.wide(
            Run(buffer[at:end], before, buffer[end : end + 1], quoted=self._quotes.inside)
        )
        self._quoted = 0 if verdict is not None and buffer[end : end + 1].strip() else end - draft.word
        return verdict

    def glued(self, at: int) -> Verdict:
        """Return the border at a stop directly before a capital."""
        draft = self._draft
        return self._borders.glued(draft.buffer[draft.word : at], draft.buffer[at + 1 : at + 1 + PEEK_CHARS])

    def between(self, at: int, *, final: bool) -> Verdict:
        """Return what the gap before the word at `at` is, if it contains no line end."""
        if self.mark is not None:
            return self.mark
        draft = self._draft
        buffer, gap = draft.buffer, draft.gap
        if self._is_plain(at):
            return None
        dashes = DASHES.match(buffer, at)
        space = SPACE.search(buffer, dashes.end() if dashes else at, at + PEEK_CHARS)
        end = space.start() if space else min(len(buffer), at + PEEK_CHARS)
        whole = final or space is not None or end - at >= PEEK_CHARS
        label = not self._listed and self._numbering.expects(buffer[at:end], whole=whole)
        if label is not False:
            return Break.SENTENCE if label else WAIT
        tail = buffer[max(draft.start, gap - TAIL_CHARS) : gap]
        if buffer[gap - 1] > "\u2000" and not self._quotes.inside and ends_with_picture(tail):
            ended = self._borders.pictures.end(tail, buffer[at:end], whole=whole)
            if ended is not False:
                return WAIT if ended is None else Break.SENTENCE
        return self._borders.between(
            Gap(
                word=draft.visible(draft.word, gap),
                peek=buffer[at:end],
                whole=whole,
                run_chars=gap - draft.start,
                tail=tail,
                opens=not draft.has_words(draft.word),
                listed=self._listed,
                quoted=self._quotes.inside,
            )
        )

    def _is_plain(self, at: int) -> bool:
        """Whether no border can be here: two words side by side soon after a border, as most are."""
        draft = self._draft
        near = draft.gap - draft.start < WEAK_FROM_CHARS
        return (
            near
            and not self._numbering.active
            and draft.buffer[draft.gap - 1].isalpha()
            and draft.buffer[at].isalpha()
        )

    def pass_plain_words(self) -> None:
        """In a word, skip ahead to the last of the words between which, by `_is_plain`, no border can be.

        Most words are like that, and each alone would cost four steps.
        """
        draft = self._draft
        if self._quoted or self._numbering.active:
            return
        plain = _PLAIN_WORDS.match(draft.buffer, draft.word, draft.start + WEAK_FROM_CHARS + 1)
        if plain is not None:
            end = plain.end()
            self._quotes.read(draft.buffer[draft.word : end - 1])
            self.begin_word(paragraph=False)
            draft.gap, draft.word, draft.seek = end - 1, end, end

    def before_line(self, at: int, ends: int, line: Line, *, final: bool) -> Verdict:
        """Return what the gap before a line is.

        Args:
            at: first visible character of the line.
            ends: number of line ends in the gap.
            line: what kind of line it is.
            final: whether no more text will come.
        """
        draft = self._draft
        if line.kind is not LineKind.TEXT or ends > 1 or draft.block is Block.HEADING:
            return Break.PARAGRAPH
        if not final and at + 1 == len(draft.buffer) and draft.buffer[at] in MAY_BEGIN_NO_LINE:
            return WAIT
        inner = self.between(at, final=final)
        if isinstance(inner, str) or (inner is not None and inner >= Break.SENTENCE):
            return inner
        return inner if self._wrapped(at) else Break.PARAGRAPH

    def _wrapped(self, at: int) -> bool:
        """Whether the line before was broken only to fit."""
        draft = self._draft
        length = draft.gap - draft.line
        if draft.buffer[at].islower() and (length >= SOFT_LINE_CHARS or self._nested):
            return True
        if WRAPPED.match(draft.buffer, max(0, draft.gap - 1)) is not None:
            return True
        return length >= FULL_LINE_CHARS and not WIDE.search(draft.buffer, draft.word, at + 1)
