import json

import pytest

from legato.domain.text import Pronunciation, Reading
from legato.providers.deepgram_settings import markup_of
from legato.providers.phonemes import marked

READING = Reading('Ask "Siobhan".', pronunciations=(Pronunciation(4, 13, "ʃɪˈvɔːn"),))


@pytest.mark.parametrize("voice", ["aura-2-thalia-en", "aura-2-celeste-es", "flux-kit-en"])
def test_the_voices_that_take_pronunciations_are_sent_them_inline(voice: str) -> None:
    (text,) = marked(READING, markup_of(voice))
    assert text == 'Ask \\{"word":"\\"Siobhan\\"","pronounce":"ʃɪˈvɔːn"\\}.'
    inside = text[len("Ask \\") : -len("\\}.")] + "}"
    assert json.loads(inside) == {"word": '"Siobhan"', "pronounce": "ʃɪˈvɔːn"}


@pytest.mark.parametrize(
    ("voice", "wanted"), [("aura-asteria-en", True), ("aura-2-aiko-ja", True), ("aura-2-thalia-en", False)]
)
def test_the_others_are_sent_the_word(voice: str, wanted: bool) -> None:
    assert list(marked(READING, markup_of(voice, wanted=wanted))) == [READING.text]


@pytest.mark.parametrize(
    ("word", "chars", "sent"),
    [("A", 15, True), ("A", 16, False), ("Bo", 20, True), ("Bo", 21, False), ("B" * 40, 129, False)],
)
def test_a_pronunciation_that_the_vendor_would_refuse_leaves_the_word(
    word: str, chars: int, sent: bool
) -> None:
    reading = Reading(word, pronunciations=(Pronunciation(0, len(word), "a" * chars),))
    (text,) = marked(reading, markup_of("aura-2-thalia-en"))
    assert (text != word) is sent
