"""Readings as sent to a vendor that takes pronunciations: cut to what one message may hold, and never inside a mark.

Rules:
- Only text that is sent has marks. Word times are matched with the reading's own text, which has none.
- A mark that is longer than a message is dropped: the word goes as it stands.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from legato.domain.text import Reading
from legato.providers.pieces import pieces

_TOKEN = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Markup:
    """How a vendor writes a pronunciation.

    Args:
        pronounced: returns what is sent for a run of words, given the run and its IPA.
        plain: returns what is sent for any other text, escaped if the markup needs it.
    """

    pronounced: Callable[[str, str], str]
    plain: Callable[[str], str] = str


UNMARKED = Markup(lambda word, _: word)
"""For a voice that takes no phonemes: the text has the respelling, or the word itself."""


def marked(reading: Reading, markup: Markup, most: int = 0, after: str = "") -> Iterator[str]:
    """Yield the text of a reading with its pronunciations, in pieces that joined are the whole.

    Args:
        reading: what is said.
        markup: the vendor's markup.
        most: characters that a piece may have; 0 for no bound.
        after: what is sent after the text.
    """
    if not reading.pronunciations:
        return pieces(markup.plain(reading.text) + after, most)
    return _marked(reading, markup, most, after)


def _marked(reading: Reading, markup: Markup, most: int, after: str) -> Iterator[str]:
    held = ""
    for token in (*_tokens(reading, markup, most), after):
        if most and held and len(held) + len(token) > most:
            yield held
            held = ""
        *full, held = pieces(held + token, most)
        yield from full
    if held:
        yield held


def _tokens(reading: Reading, markup: Markup, most: int) -> Iterator[str]:
    text, at = reading.text, 0
    for one in reading.pronunciations:
        word = text[one.start : one.end]
        yield from map(markup.plain, _TOKEN.findall(text[at : one.start]))
        mark = markup.pronounced(word, one.ipa)
        yield mark if not most or len(mark) <= most else markup.plain(word)
        at = one.end
    yield from map(markup.plain, _TOKEN.findall(text[at:]))
