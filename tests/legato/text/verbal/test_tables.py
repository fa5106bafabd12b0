"""The language files: what is taken, and errors that name the file and the section."""

import json

import pytest

from legato.text.verbal.tables import Noun, VerbalData, noun
from legato.text.verbal.verbaliser import Verbaliser
from tests.legato.text.verbal.conftest import DATA


def test_sections_of_several_files_are_gathered():
    data = VerbalData.parse(
        "pt-BR", {"verbal": {"months": {"a": "b"}}, "verbal_words": {"names": ["x", "y"]}, "sentences": 5}
    )
    assert data.language == "pt"
    assert data.table("months") == {"a": "b"}
    assert data.texts("names") == ("x", "y")


def test_missing_sections_are_empty():
    data = VerbalData.parse("en", {})
    assert data.table("months") == {}
    assert data.texts("names") == ()
    assert data.nouns("units") == {}


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"verbal": []}, "en/verbal: expected an object"),
        ({"verbal": {"months": "x"}}, "en/verbal: months: expected an object or an array"),
        ({"verbal": {"months": {"a": 1}}}, "months: expected strings, found 1"),
        ({"verbal": {"names": [None]}}, "names: expected strings"),
        ({"verbal": {"a": {}}, "verbal_b": {"a": {}}}, "en/verbal_b: a: section given twice"),
    ],
)
def test_a_slip_in_a_file_is_named(files, named):
    with pytest.raises(ValueError, match=named):
        VerbalData.parse("en", files)


def test_nouns_agree_with_their_number():
    hour = noun("Stunde|Stunden|f")
    assert hour == Noun("Stunde", "Stunden", "f")
    assert [hour.after(number) for number in ("1", "1.5", "2")] == ["Stunde", "Stunden", "Stunden"]


def test_a_noun_has_two_forms():
    with pytest.raises(ValueError, match=r"one\|many"):
        noun("hour")


def test_all_shipped_languages_have_the_same_phrases(data):
    needed = set(data("nl").table("phrases"))
    for language in ("de", "en", "es", "fr", "it", "ja", "pt", "zh"):
        assert needed <= set(data(language).table("phrases")) | {
            "square_one",
            "cubic_one",
            "inches",
            "match_minute",
        }, language


@pytest.mark.parametrize("section", ["extension_words", "number_names"])
def test_all_shipped_languages_name_what_every_rule_looks_for(data, section):
    assert all(
        data(language).texts(section) for language in ("de", "en", "es", "fr", "it", "ja", "nl", "pt", "zh")
    )


@pytest.mark.parametrize(
    ("section", "words", "written", "said"),
    [
        ("day_spans", ["fino"], "25-11 fino 28-11", "vijfentwintig november fino achtentwintig november"),
        ("score_words", ["punteggio"], "punteggio 1-3", "punteggio één drie"),
        ("after_days", ["dus"], "per 1-7 dus", "per één juli dus"),
        ("number_names", ["dossier"], "dossier 4711-88", "dossier vier zeven één één, acht acht"),
        ("extension_words", ["tst"], "030-123-4567 tst 12", "toestel één twee"),
    ],
)
def test_the_words_around_a_number_are_the_tables_own(section, words, written, said):
    files = sorted((DATA / "nl").glob("verbal*.json"))
    parsed = {file.stem: json.loads(file.read_text("utf-8")) for file in files}
    for content in parsed.values():
        if section in content:
            content[section] = words
    pieces = Verbaliser(VerbalData.parse("nl", parsed)).read(written)
    assert said in "".join(piece.text for piece in pieces)
