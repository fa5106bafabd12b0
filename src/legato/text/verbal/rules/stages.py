"""Stage directions that language models write for voices that act: [laughs], [whispers], [clears throat].

A voice to which only words are sent knows none of them, and would say them. They are written in English, whatever the language.
"""

from typing import Final

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import any_of


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


class Stages:
    """The rule for stage directions; the same in every language."""

    def add(self, book: RuleBook) -> None:
        """Enters the rule."""
        how, core = any_of(_HOW), any_of([*_SOUNDS, *_MOODS, *_PHRASES])
        book.on_symbol("[", "stage", rf"\[(?i:(?:{how} )?{core}(?: {how})?)\](?![\w(\[])", lambda _: "")
