"""One language, ready to read."""

import pytest

from gateway.app.text_data import text_data
from legato.text.language import TextData, _texts, maths_language, maths_readers
from legato.text.settings import MathsStyle


def test_a_language_has_a_reader_for_every_style() -> None:
    data = text_data("en-GB")
    assert data.language == "en"
    assert set(data.maths) == set(MathsStyle)
    assert "".join(piece.text for piece in data.words.read("5 cats")) == "five cats"


def test_formulas_are_read_in_english_where_signs_have_no_names() -> None:
    files = {"maths/symbols/en": {}, "maths/symbols/de": {}}
    assert [maths_language(tag, files) for tag in ("de-AT", "DE", "en", "ja", "")] == [
        "de",
        "de",
        "en",
        "en",
        "en",
    ]


def test_readers_that_are_there_are_not_made_again() -> None:
    files: dict[str, object] = {"maths/commands": {}, "maths/symbols/en": {}, "sentences": {}}
    readers = maths_readers("en", files)
    assert TextData.parse("ja", files, readers).maths is readers
    assert set(TextData.parse("ja", files).maths) == set(readers) == set(MathsStyle)


def test_a_file_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="sentences"):
        TextData.parse("en", {"sentences": []})
    for wrong in ([], {"x": 1}):
        with pytest.raises(ValueError, match="emoji: expected an object of texts"):
            _texts(wrong, "emoji")
