import pytest
from pydantic import ValidationError

from gateway.app.config.lexicons import Lexicons, LexiconSettings, WordSettings
from legato.text.settings import LexiconEntry


def lexicons(**settings):
    return Lexicons({name: LexiconSettings.model_validate(one) for name, one in settings.items()})


def said(words):
    return {entry.written: entry.spoken for entry in reversed(words)}


def test_a_plain_text_is_a_respelling_and_a_section_says_more():
    words = {"Nginx": "engine x", "sql": {"ipa": "siːkwəl"}, "IT": {"say": "it", "case": "any"}}
    assert lexicons(all={"words": words}).of("joe", "shop", "en") == (
        LexiconEntry("Nginx", "engine x", match_case=True),
        LexiconEntry("sql", "", ipa="siːkwəl"),
        LexiconEntry("IT", "it"),
    )


def test_capitals_count_where_the_entry_says_so():
    cases = {"auto": (False, True), "exact": (True, True), "any": (False, False)}
    for case, expected in cases.items():
        word = WordSettings(say="x", case=case)
        assert (word.entry("ab").match_case, word.entry("aB").match_case) == expected


def test_whose_words_they_are():
    ours = lexicons(
        everybody={"words": {"a": "everybody", "b": "everybody", "c": "everybody", "d": "everybody"}},
        voice={"voices": "joe", "words": {"b": "voice", "c": "voice", "d": "voice"}},
        both={"voices": ["joe"], "tenants": ["shop"], "words": {"d": "both"}},
        tenant={"tenants": "shop, bank", "words": {"c": "tenant", "d": "tenant"}},
    )
    assert said(ours.of("joe", "shop", "en")) == {"a": "everybody", "b": "voice", "c": "tenant", "d": "both"}
    assert said(ours.of("ann", "bank", "en")) == {
        "a": "everybody",
        "b": "everybody",
        "c": "tenant",
        "d": "tenant",
    }
    assert said(ours.of("joe", "", "en"))["d"] == "voice"
    assert ours.of("joe", "shop", "en") is ours.of("joe", "shop", "en")
    assert lexicons().of("joe", "shop", "en") == ()


def test_its_language_may_be_written_with_an_underscore():
    only = lexicons(austrian={"languages": "de_AT, fr", "words": {"a": "b"}})
    assert [bool(only.of("", "", tag)) for tag in ("de-AT", "de-DE", "fr-CA")] == [True, False, True]


def test_a_language_is_meant_with_its_regions():
    only = lexicons(german={"languages": ["de"], "words": {"a": "b"}})
    assert [bool(only.of("", "", tag)) for tag in ("de", "de-AT", "DE-at", "den", "en")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "words", [{}, {"x": ""}, {"x": {"say": " "}}, {"x": {"ipa": "a<b"}}, {" ": "y"}, {"x": {"say": "y", "cas": "any"}}]
)  # fmt: skip
def test_what_cannot_be_said_is_refused(words):
    with pytest.raises(ValidationError):
        LexiconSettings.model_validate({"words": words})
