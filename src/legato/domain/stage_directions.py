"""Stage directions that language models write for voices that act: [laughs], [whispers], [clears throat].

Some vendors' models act them, as audio tags; any other voice would say them. They are written in English, whatever the language.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from legato.domain.text import Reading, WordSpan

ANY_DIRECTION: Final = frozenset({"*"})
"""What a voice acts that acts any direction."""


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_SOUNDS: Final = _names(
    "applause breathes chuckle chuckles clapping cough coughs cries crying exhales gasp gasps giggle giggles "
    "giggling groan groans gulps humming hums inhales laugh laughing laughs laughter moans mumbles mutters scoffs "
    "screams shouting shouts sigh sighing sighs singing sings sniffles sniffs snorts sobbing sobs swallows "
    "whimpers whisper whispering whispers wheezing yawn yawns yelling yells"
)
_MOODS: Final = _names(
    "amazed amused angrily angry annoyed anxious bored calm calmly cheerful cheerfully confident confused curious "
    "curiously deadpan delighted disappointed dramatic dramatically drawn embarrassed empathetic enthusiastic "
    "excited excitedly flustered frightened frustrated gently happily happy hesitant hesitantly impressed joyful "
    "mischievous mischievously nervous nervously panicked playful playfully proud quietly rapidly relieved "
    "reluctantly rushed sad sadly sarcastic sarcastically scared serious seriously sheepishly shocked slowly "
    "softly stammers surprised sympathetic tender tired warm warmly wistful worried"
)
_PHRASES: Final = (
    "laughs harder",
    "starts laughing",
    "laughing hard",
    "clears throat",
    "clearing throat",
    "deep breath",
    "deep breaths",
    "takes a deep breath",
    "pause",
    "pauses",
    "short pause",
    "long pause",
    "happy gasp",
    "under breath",
)
_HOW: Final = (
    "softly",
    "quietly",
    "nervously",
    "loudly",
    "warmly",
    "gently",
    "sadly",
    "deeply",
    "a bit",
    "a little",
    "slightly",
    "very",
)


def _any_of(words: Sequence[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


_CORE: Final = _any_of([*_SOUNDS, *_MOODS, *_PHRASES])
PATTERN: Final = rf"\[(?i:(?:{_any_of(_HOW)} )?{_CORE}(?: {_any_of(_HOW)})?)\](?![\w(\[])"
"""A stage direction in its brackets, as a regular expression without groups."""
_DIRECTION: Final = re.compile(PATTERN)
_HUGS: Final = frozenset(".,;:!?)]}”’…")


def only_directions(text: str) -> bool:
    """Whether all that is said in a text is stage directions."""
    return "[" in text and not _DIRECTION.sub("", text).strip()


def sounds(text: str) -> bool:
    """Whether a voice owes audio for a text: marks, and directions that are acted silently, may have none."""
    return any(map(str.isalnum, _DIRECTION.sub("", text) if "[" in text else text))


def without_unacted(reading: Reading, acted: frozenset[str]) -> Reading:
    """The reading without the stage directions that its voice would say.

    Args:
        reading: what is said.
        acted: the directions that the voice acts, in lower case; `ANY_DIRECTION` for all.
    """
    if "[" not in reading.text or acted is ANY_DIRECTION or acted == ANY_DIRECTION:
        return reading
    cuts = _cuts(reading.text, acted)
    return _without(reading, cuts) if cuts else reading


def _cuts(text: str, acted: frozenset[str]) -> Sequence[tuple[int, int]]:
    """Where the directions are, each with one of the blanks beside it."""
    cuts: list[tuple[int, int]] = []
    for match in _DIRECTION.finditer(text):
        if match.group()[1:-1].lower() in acted:
            continue
        start, end = match.span()
        if cuts and cuts[-1][1] == start:
            start = cuts.pop()[0]
        after = text[end : end + 1]
        if (not start or text[start - 1] == " ") and after == " ":
            end += 1
        elif start and text[start - 1] == " " and (not after or after in _HUGS):
            start -= 1
        cuts.append((start, end))
    return cuts


def _without(reading: Reading, cuts: Sequence[tuple[int, int]]) -> Reading:
    def moved(at: int) -> int:
        return at - sum(min(at, end) - start for start, end in cuts if start < at)

    kept, done = "", 0
    for start, end in cuts:
        kept, done = kept + reading.text[done:start], end
    words: list[WordSpan] = []
    for word in reading.words:
        start, end = moved(word.start), moved(word.end)
        if words and start == words[-1].end < end:  # what hugged the direction hugs the word before it
            last = words.pop()
            words.append(WordSpan(last.start, end, last.source_start, word.source_end))
        elif start < end:
            words.append(WordSpan(start, end, word.source_start, word.source_end))
    marks = (replace(one, start=moved(one.start), end=moved(one.end)) for one in reading.pronunciations)
    emphases = (replace(one, start=moved(one.start), end=moved(one.end)) for one in reading.emphases)
    return replace(
        reading,
        text=kept + reading.text[done:],
        words=tuple(words),
        pronunciations=tuple([one for one in marks if one.start < one.end]),
        emphases=tuple([one for one in emphases if one.start < one.end]),
    )
