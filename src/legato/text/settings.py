"""How one utterance is read: policies, thresholds and the caller's own words."""

import enum
from dataclasses import dataclass, field


class Fences(enum.StrEnum):
    """What becomes of a fenced code block."""

    SKIP = "skip"
    ANNOUNCE = "announce"


class Emoji(enum.StrEnum):
    """What becomes of emoji."""

    DROP = "drop"
    NAME = "name"


class MathsStyle(enum.StrEnum):
    """How much of a formula's grouping is said aloud."""

    NATURAL = "natural"
    EXPLICIT = "explicit"
    BRIEF = "brief"


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """A word or phrase and how it is said.

    Args:
        written: the word or phrase as it is written; words are separated by one space.
        spoken: the respelling; empty for the word as it stands, which then needs an IPA.
        match_case: whether "Polish" leaves "polish" alone.
        cleaned_too: whether a vendor that reads digits and symbols itself is sent the respelling as well.
        ipa: the pronunciation in IPA, for voices that take it; the others are sent the respelling.
    """

    written: str
    spoken: str
    match_case: bool = False
    cleaned_too: bool = True
    ipa: str = ""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a border becomes a cut. Lengths are characters of the cleaned reading; a wide character counts 2.5.

    Args:
        first_min_chars: the first segment may end at a sentence from this length on.
        first_clause_chars: it may end at a clause, comma or block from this length on.
        first_max_chars: it is cut at the best border before this length.
        min_chars: later segments end at a sentence from this length on.
        soft_chars: they end at a clause from this length on, at a comma from 1.3 times it.
        max_chars: they are cut at the best border before this length.
        low_lead_ms: below this much unplayed audio, the listener is about to run out of it: cut sooner.
        high_lead_ms: above this much, sentences are joined up to `max_chars`.
    """

    first_min_chars: int = 8
    first_clause_chars: int = 24
    first_max_chars: int = 90
    min_chars: int = 32
    soft_chars: int = 120
    max_chars: int = 240
    low_lead_ms: float = 500.0
    high_lead_ms: float = 2000.0


@dataclass(frozen=True, slots=True)
class IdleTimes:
    """After how long without a token held text is spoken, in milliseconds.

    Args:
        sentence_ms: after a sentence mark, or whatever stands complete before one.
        comma_ms: after a comma or a clause mark.
        word_ms: after a plain word.
        anything_ms: after anything at all, whatever it might have become; a mark alone waits twice as long.
    """

    sentence_ms: int = 120
    comma_ms: int = 350
    word_ms: int = 700
    anything_ms: int = 2000


@dataclass(frozen=True, slots=True)
class TextSettings:
    """Everything that steers the front end of one utterance.

    Args:
        language: BCP 47 tag; its first subtag picks the data.
        speak_inline_code: whether `code` in a sentence is spoken or dropped.
        fences: what becomes of a fenced code block.
        emoji: what becomes of emoji.
        maths_style: how a formula's grouping is said.
        ssml: whether the text is SSML: tags are obeyed, and markdown is not looked for.
        thresholds: when a border becomes a cut.
        idle: how long held text waits for the next token.
        lexicon: the caller's own words; of two entries for the same word, the first counts.
        protected: pairs of marks; what stands between two of them is spoken as it is written, and the marks are silent.
    """

    language: str = "en"
    speak_inline_code: bool = True
    fences: Fences = Fences.SKIP
    emoji: Emoji = Emoji.DROP
    maths_style: MathsStyle = MathsStyle.NATURAL
    ssml: bool = False
    thresholds: Thresholds = field(default_factory=Thresholds)
    idle: IdleTimes = field(default_factory=IdleTimes)
    lexicon: tuple[LexiconEntry, ...] = ()
    protected: tuple[tuple[str, str], ...] = ()
