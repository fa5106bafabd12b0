"""Emoji by their names."""

import pytest

from gateway.app.text_data import text_data
from legato.text.frontend import FrontEnd
from legato.text.pictures import MOST_NAMED, named
from legato.text.settings import Emoji, TextSettings

NAMES = {"a": "ay", "a\u200db": "ab", "b": "bee", "c": "see", "d": "dee", "e": "e"}


def test_the_longest_sequence_is_named_and_a_repeated_one_once() -> None:
    assert named("a\u200db", NAMES) == "ab"
    assert named("a\ufe0fa\U0001f3fdb", NAMES) == "ay, bee"
    assert named("xyz", NAMES) == ""
    assert len(named("abcde", NAMES).split(", ")) == MOST_NAMED


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "red heart"),
        ("de", "rotes herz"),
        ("fr", "c\u0153ur rouge"),
        ("es", "coraz\u00f3n rojo"),
        ("it", "cuore rosso"),
        ("pt", "cora\u00e7\u00e3o vermelho"),
        ("nl", "rood hart"),
        ("sv", ""),
    ],
)
def test_every_language_has_its_own_names(language: str, said: str) -> None:
    front = FrontEnd(text_data(language), TextSettings(language=language, emoji=Emoji.NAME))
    segments = front.feed("\u2764\ufe0f\u2764\ufe0f") + front.end()
    assert " ".join(segment.spoken.text for segment in segments).strip() == said
