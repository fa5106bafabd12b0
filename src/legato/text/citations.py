"""A citation that stands where a word should: in "as shown in [1]" it is read, anywhere else it is dropped."""

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

_NUMBERS = re.compile(r"\[([1-9]\d{0,2}(?:\s?[,;–-]\s?\d{1,3}){0,8})\]")
_NAMES: Mapping[str, tuple[str, str, str]] = MappingProxyType({
    "en": ("reference", "references", "see in from by of per with to than using following and or"),
    "de": ("Quelle", "Quellen", "siehe vgl in aus von nach laut gemäß mit und oder"),
    "fr": ("référence", "références", "voir dans par selon de avec et ou"),
    "es": ("referencia", "referencias", "véase ver en de por según con y o"),
    "it": ("riferimento", "riferimenti", "vedi in da di secondo con e o"),
    "pt": ("referência", "referências", "ver veja em de por segundo com e ou"),
    "nl": ("bron", "bronnen", "zie in uit van volgens door met en of"),
})  # fmt: skip
"""What one and several are called, and the words that ask for one; the last two only join it to another."""


def citation_as_word(text: str, start: int, end: int, language: str) -> str:
    """What is said of a bracket; empty where it is no word of its sentence.

    Args:
        text: its surroundings.
        start: of the bracket in it.
        end: one past the bracket.
        language: BCP 47 tag.
    """
    names = _NAMES.get(language[:2].lower())
    numbers = _NUMBERS.fullmatch(text, start, end)
    if names is None or numbers is None or not _asking(names[2]).search(text, max(0, start - 64), start):
        return ""
    before = "," if text[start - 1 : start] == "]" else ""
    after = " " if text[end : end + 1].isalnum() else ""
    return f"{before} {names[0] if numbers[1].isdigit() else names[1]} {numbers[1]}{after}"


@functools.cache
def _asking(words: str) -> re.Pattern[str]:
    *asking, both, either = words.split()
    joined = rf"(?:\[[\d,; –-]{{1,20}}\]\s?(?:(?:,|{both}|{either})\s)?){{0,4}}"
    return re.compile(rf"(?i:(?<!\w)(?:{'|'.join(asking)})\.?\s{joined})\Z")
