"""Which phonemes belong to which written word.

A phonemiser returns sentences of phonemes in which words are parted by a space, but its words are not the writer's: "of
the" comes back as one, "25" as two. So the written words are phonemised again one by one, and both rows of phonemes are
laid against each other; a word begins where the first of its own phonemes was found.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

Phonemes = Sequence[str]
Phonemise = Callable[[str], Sequence[Phonemes]]

_WORD = re.compile(r"[^\W_](?:\S*[^\W_])?")  # from its first letter or digit to its last
_PLAIN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")  # a word that is read as one word
_LENGTH = frozenset("ːˑ")
_STRESS = frozenset("ˈˌ")  # stands before the phoneme it belongs to; a word alone is stressed otherwise


@dataclass(frozen=True, slots=True)
class WordPhonemes:
    """One written word, and where its phonemes are.

    Args:
        start: first character in the text.
        end: one past the last.
        sentence: index of the sentence of phonemes.
        first: index of its first phoneme there.
        last: one past its last phoneme there.
    """

    start: int
    end: int
    sentence: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Sounding:
    """A phoneme that can be heard, from its stress mark to its length mark, and which phonemiser's word it is in."""

    symbol: str
    sentence: int
    first: int
    last: int
    word: int


def written_words(text: str) -> list[tuple[int, int]]:
    """Where the words of a text are, without the marks around them."""
    return [match.span() for match in _WORD.finditer(text)]


def assign(text: str, sentences: Sequence[Phonemes], phonemise: Phonemise) -> list[WordPhonemes]:
    """Give each written word its phonemes, in order; words without any are left out.

    Args:
        text: what was phonemised.
        sentences: what came of it.
        phonemise: the same phonemiser, for single words.
    """
    spans = written_words(text)
    sounding = _sounding(sentences)
    if not spans or not sounding:
        return []
    if len(spans) == sounding[-1].word + 1 and all(_PLAIN.fullmatch(text[a:b]) for a, b in spans):
        starts = [at for at, one in enumerate(sounding) if at == 0 or one.word != sounding[at - 1].word]
    else:
        starts = _found(spans, text, sounding, phonemise)
    return _joined(spans, starts, sounding)


def _sounding(sentences: Sequence[Phonemes]) -> list[_Sounding]:
    heard: list[_Sounding] = []
    word = -1
    for number, phonemes in enumerate(sentences):
        fresh, first = True, 0
        for index, symbol in enumerate(phonemes):
            if unicodedata.category(symbol[0]).startswith("L") and symbol not in _LENGTH:
                word, fresh = word + fresh, False
                heard.append(_Sounding(symbol, number, first, index + 1, word))
            elif symbol in _LENGTH and heard and not fresh:
                heard[-1] = replace(heard[-1], last=index + 1)
            elif symbol == " ":
                fresh = True
            if symbol not in _STRESS:
                first = index + 1
    return heard


def _found(
    spans: Sequence[tuple[int, int]], text: str, sounding: Sequence[_Sounding], phonemise: Phonemise
) -> list[int]:
    """For each written word, the index in `sounding` where it begins; never falling."""
    alone = [[one.symbol for one in _sounding(phonemise(text[start:end]))] for start, end in spans]
    owner = [number for number, symbols in enumerate(alone) for _ in symbols]
    row = [symbol for symbols in alone for symbol in symbols]
    matcher = difflib.SequenceMatcher(None, row, [one.symbol for one in sounding], autojunk=False)
    bounds: list[tuple[int, int] | None] = [None] * len(spans)
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            number, at = owner[block.a + offset], block.b + offset
            known = bounds[number]
            bounds[number] = (known[0] if known else at, at + 1)
    return _filled(bounds, len(sounding))


def _filled(bounds: Sequence[tuple[int, int] | None], end: int) -> list[int]:
    """A word that was not found has what lies between its neighbours, which may be nothing."""
    starts: list[int] = []
    for number, bound in enumerate(bounds):
        following = next((other[0] for other in bounds[number:] if other), end)
        before = bounds[number - 1] if number else None
        starts.append(min(before[1], following) if bound is None and before else following)
    return [0, *starts[1:]]


def _joined(
    spans: Sequence[tuple[int, int]], starts: Sequence[int], sounding: Sequence[_Sounding]
) -> list[WordPhonemes]:
    words = []
    for (start, end), (first, past) in zip(spans, pairwise([*starts, len(sounding)]), strict=True):
        if first == past:
            continue
        one = sounding[first]
        # A word ends with its sentence at the latest.
        last = max(other.last for other in sounding[first:past] if other.sentence == one.sentence)
        words.append(WordPhonemes(start, end, one.sentence, one.first, last))
    return words
