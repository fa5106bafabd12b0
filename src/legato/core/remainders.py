"""What is left of a reading, from one of its words on."""

from dataclasses import replace

from legato.domain.text import Pronunciation, Reading, WordSpan


def rest_of(reading: Reading, word: int) -> Reading:
    """The reading from the word with this index on."""
    if word >= len(reading.words):
        return Reading("")
    base = reading.words[word].start
    rest = (
        WordSpan(span.start - base, span.end - base, span.source_start, span.source_end)
        for span in reading.words[word:]
    )
    marks = (
        Pronunciation(one.start - base, one.end - base, one.ipa)
        for one in reading.pronunciations
        if one.start >= base
    )
    emphases = (
        replace(one, start=max(one.start - base, 0), end=one.end - base)
        for one in reading.emphases
        if one.end > base
    )
    return replace(
        reading,
        text=reading.text[base:],
        words=tuple(rest),
        pronunciations=tuple(marks),
        emphases=tuple(emphases),
    )


def from_source(reading: Reading, source: int) -> Reading:
    """The reading from the first word that comes from this source character or a later one."""
    place = next((n for n, word in enumerate(reading.words) if word.source_end > source), len(reading.words))
    return rest_of(reading, place)
