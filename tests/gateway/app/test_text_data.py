"""The data files of the text front end."""

import pytest

from gateway.app.text_data import languages, readable, text_data


def test_every_language_parses() -> None:
    assert {"en", "de", "fr", "es", "it", "pt", "nl", "ru", "ja", "zh", "ar", "hi", "am"} <= set(languages())
    assert len([text_data(language) for language in languages()]) >= 22


def test_a_tag_is_reduced_to_its_language_and_read_once() -> None:
    assert text_data("en-US").language == "en"
    assert text_data("en") is text_data("EN-gb") is text_data("en-US")


def test_mandarin_is_read_as_chinese_is() -> None:
    assert text_data("cmn") is text_data("zh-CN") is text_data("zh")


def test_what_is_read_like_another_language_is_among_those_that_are_read() -> None:
    assert set(readable()) - set(languages()) == {"bs", "cmn", "ms", "nn", "no", "sr"}
    assert set(languages()) < set(readable())


def test_all_that_read_formulas_in_english_share_its_rules() -> None:
    assert text_data("ja").maths is text_data("hi").maths is text_data("en").maths
    assert text_data("de").maths is not text_data("en").maths


def test_a_file_that_is_no_json_is_refused_by_its_name(monkeypatch, tmp_path) -> None:
    (tmp_path / "eo").mkdir()
    (tmp_path / "eo" / "sentences.json").write_text('{"titles": [', encoding="utf-8")
    text_data("en")  # what all languages share is read once, and not from the folder below
    monkeypatch.setattr("gateway.app.text_data._ROOT", tmp_path)
    with pytest.raises(ValueError, match=r"eo/sentences\.json: .*line 1"):
        text_data("eo")


def test_an_unknown_language_borrows_the_sentences() -> None:
    data = text_data("xx")
    assert data.sentences == text_data("en").sentences
    assert "".join(piece.text for piece in data.words.read("5")) == "5"


def test_a_language_is_no_way_to_other_folders() -> None:
    assert text_data("de/../ja").sentences == text_data("en").sentences != text_data("ja").sentences
