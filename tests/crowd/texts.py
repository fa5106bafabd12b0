"""What a client of the crowd says, and in which pieces."""

import random

from gateway.simulator.words import NUMBERS, WORDS

_MARKS = (". ", ". ", ", ", "! ", "? ", "; ", ".\n")


REPEATED_SHARE, _REPEATED = 0.3, 4
"""Of all texts, and how many texts they are: what is said again and again."""


def coded_text(chance: random.Random, repeated: float = REPEATED_SHARE, most: int = 14) -> str:
    """Return sentences of coded words, up to `most` of them; no word comes twice. A share of texts is `repeated`, for the cache."""
    if chance.random() < repeated:
        chance = random.Random(f"repeated {chance.randrange(_REPEATED)}")
    words = chance.sample(WORDS, chance.randint(1, most))
    text = ""
    for number, word in enumerate(words):
        last = number == len(words) - 1
        text += word + (". " if last else chance.choice(_MARKS) if chance.random() < 0.25 else " ")
    return text if chance.random() < 0.8 else text.strip()


def numbers(text: str) -> list[int]:
    """Return the numbers of the coded words of a text; a part of a word has none."""
    words = "".join(c if c.isalnum() else " " for c in text).split()
    return [NUMBERS[word] for word in words if word in NUMBERS]


def pieces(chance: random.Random, text: str, *, words: bool = False) -> list[str]:
    """Return the text as a model or an application would send it: whole, by words, or cut anywhere (unless only whole `words` may be)."""
    how = chance.random()
    if how < 0.25:
        return [text]
    if how < 0.6 or words:
        return [one for one in text.replace(" ", " \0").split("\0") if one]
    most, cut = chance.choice((2, 5, 12)), []
    while text:
        size = chance.randint(1, most)
        cut.append(text[:size])
        text = text[size:]
    return cut
