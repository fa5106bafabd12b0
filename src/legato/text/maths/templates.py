"""What a rule says: words, pauses and the parts of the formula, compiled from `the sum from {a} to {b} of`."""

import re
from dataclasses import dataclass

_PART = re.compile(r"\{(\w+)(?::(\w+))?\}|([,;])|([^{},;]+)")
_SIGNS = frozenset("\\^_$")
MODIFIERS = frozenset({"", "group", "ordinal", "nth", "list", "digits"})


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a template: a slot with how to say it, a pause, or words."""

    words: str = ""
    pause: str = ""
    slot: str = ""
    modifier: str = ""


Template = tuple[Part, ...]


def compiled(text: str) -> Template:
    """Return the steps of a template.

    Raises:
        ValueError: there is a sign of LaTeX, an unknown modifier, or a slot that is said twice (its text would grow without bound).
    """
    parts: list[Part] = []
    for slot, modifier, pause, words in _PART.findall(text):
        if slot:
            if modifier not in MODIFIERS or any(part.slot == slot for part in parts):
                raise ValueError(f"{text!r}: slot {slot!r} is used twice or with an unknown modifier")
            parts.append(Part(slot=slot, modifier=modifier))
        elif pause:
            parts.append(Part(pause=pause))
        elif set(words) & _SIGNS:
            raise ValueError(f"{text!r} would send LaTeX markup to a voice")
        elif words.strip():
            parts.append(Part(words=words.strip()))
    return tuple(parts)
