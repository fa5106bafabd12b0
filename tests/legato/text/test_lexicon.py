"""The caller's own words."""

from legato.text.lexicon import Lexicon, lexicon_of
from legato.text.pieces import Piece
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


def test_a_pronunciation_goes_with_the_respelling_or_with_the_word_itself() -> None:
    lexicon = Lexicon(
        [
            LexiconEntry("Siobhan", "shiv-awn", ipa="\u0283\u026a\u02c8v\u0254\u02d0n"),
            LexiconEntry("bass", "", ipa="be\u026as"),
        ]
    )
    assert lexicon.read("Siobhan: bass", spoken=True) == [
        Piece("shiv-awn", 0, 7, "lexicon", "\u0283\u026a\u02c8v\u0254\u02d0n"),
        Piece(": ", 7, 9),
        Piece("bass", 9, 13, "lexicon", "be\u026as"),
    ]  # fmt: skip


def test_of_two_entries_for_a_word_the_first_counts() -> None:
    assert (
        said(Lexicon([LexiconEntry("SQL", "sequel"), LexiconEntry("sql", "ess cue ell")]), "SQL") == "sequel"
    )
    exact = LexiconEntry("IT", "eye tee", match_case=True)
    assert said(Lexicon([exact, LexiconEntry("it", "that")]), "IT, it, It") == "eye tee, that, that"


def test_scripts_without_spaces_have_no_borders_of_words() -> None:
    assert (
        said(Lexicon([LexiconEntry("\u6771\u4eac", "Tokyo")]), "\u6771\u4eac\u90fd\u306f")
        == "Tokyo\u90fd\u306f"
    )


def test_words_with_signs() -> None:
    lexicon = Lexicon(
        [
            LexiconEntry(".NET", "dot net"),
            LexiconEntry("C++", "see plus plus"),
            LexiconEntry("R&D", "are and dee"),
        ]
    )
    assert (
        said(lexicon, "Use .NET, C++ or R&D; not net") == "Use dot net, see plus plus or are and dee; not net"
    )


def test_the_same_entries_are_compiled_once() -> None:
    entries = (LexiconEntry("a", "b"),)
    assert lexicon_of(entries) is lexicon_of((LexiconEntry("a", "b"),))
    assert not lexicon_of((LexiconEntry("a", ""),))


def test_pronunciations_are_of_the_words_that_readings_have() -> None:
    lexicon = Lexicon(
        [
            LexiconEntry("Siobhan", "shivawn", ipa="\u0283\u026av\u0254n"),
            LexiconEntry("Bo", "", ipa="bo"),
            LexiconEntry("Bo", "", ipa="b\u0254"),
            LexiconEntry("SQL", "sequel"),
        ]
    )
    assert lexicon.pronunciations == (("shivawn", "\u0283\u026av\u0254n"), ("Bo", "bo"))
