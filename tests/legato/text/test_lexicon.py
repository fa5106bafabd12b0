"""The caller's own words."""

from legato.text.lexicon import Lexicon
from legato.text.settings import LexiconEntry


def said(lexicon: Lexicon, text: str, *, spoken: bool = True) -> str:
    return "".join(piece.text for piece in lexicon.read(text, spoken=spoken))


def test_the_longest_entry_wins_and_borders_of_words_count() -> None:
    lexicon = Lexicon(
        [
            LexiconEntry("New York", "noo yawk"),
            LexiconEntry("York", "yorrick"),
            LexiconEntry("C#", "see sharp"),
        ]
    )
    assert (
        said(lexicon, "New  York and york, not Yorkshire, use C# now")
        == "noo yawk and yorrick, not Yorkshire, use see sharp now"
    )
    assert [piece.rule for piece in lexicon.read("York x", spoken=True)] == ["lexicon", ""]


def test_case_may_count() -> None:
    lexicon = Lexicon(
        [
            LexiconEntry("Polish", "poe-lish", match_case=True),
            LexiconEntry("IT", "eye tee", cleaned_too=False),
        ]
    )
    assert said(lexicon, "Polish polish it") == "poe-lish polish eye tee"
    assert said(lexicon, "Polish it", spoken=False) == "poe-lish it"


def test_a_phrase_that_has_begun_is_held() -> None:
    lexicon = Lexicon([LexiconEntry("New York City", "nyc")])
    assert lexicon.holds("in New")
    assert lexicon.holds("new york")
    assert not lexicon.holds("city")
    assert not Lexicon([]).holds("New")
    assert not Lexicon([LexiconEntry(" ", "x")])
    assert said(Lexicon([]), "as it is") == "as it is"
