"""What the text front end promises for every text, however it is cut into tokens. Used by the plays and by `make fuzz`."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from gateway.app.text_data import text_data
from legato.domain.text import Segment
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript
from legato.text.settings import TextSettings

MOST_HELD_CHARS = 8_500
"""Bound of the text that waits for its segment, with the longest span or row that may still be open after it."""
_TAG = re.compile(r"</?(?:speak|break|prosody|say-as|phoneme|emphasis|voice|sub|p|s)(?:\s[^<>]*)?/?>")


def tokens(text: str, sizes: Sequence[int]) -> Iterator[str]:
    """Yield the text in pieces of these sizes, over and over."""
    at = turn = 0
    while at < len(text):
        size = max(1, sizes[turn % len(sizes)])
        yield text[at : at + size]
        at, turn = at + size, turn + 1


def spoken_words(segments: Sequence[Segment]) -> list[str]:
    """Return the words that are heard, without punctuation and case."""
    said = unicodedata.normalize("NFC", transcript(segments)).lower()
    return "".join(" " if unicodedata.category(char)[0] == "P" else char for char in said).split()


def segmented(text: str, sizes: Sequence[int], settings: TextSettings) -> list[Segment]:
    """Return the segments of a text that comes in pieces of these sizes; check that what is held is bounded."""
    front = FrontEnd(text_data(settings.language), settings)
    found: list[Segment] = []
    for token in tokens(text, sizes):
        found += front.feed(token)
        assert front.pending_chars <= MOST_HELD_CHARS, "bounded memory"
    return found + front.end()


def keeps(text: str, sizes: Sequence[int], settings: TextSettings) -> None:
    """Check every promise for one text.

    Raises:
        AssertionError: a promise is broken.
    """
    whole = segmented(text, [max(1, len(text))], settings)
    assert segmented(text, sizes, settings) == whole, "the same segments for every chunking"
    assert "".join(segment.raw for segment in whole) == text, "lossless"
    at = 0
    for index, segment in enumerate(whole):
        assert (segment.index, segment.source_start, segment.source_end) == (index, at, at + len(segment.raw))
        at = segment.source_end
        for reading in (segment.cleaned, segment.spoken):
            assert [reading.text[word.start : word.end] for word in reading.words] == reading.text.split()
            assert all(0 <= word.source_start <= word.source_end <= len(text) for word in reading.words)
            assert all(0 <= one.start <= one.end <= len(reading.text) for one in reading.pronunciations)
        if settings.ssml:
            assert not _TAG.search(segment.spoken.text), "no tag is spoken"
