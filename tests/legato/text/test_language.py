"""One language, ready to read."""

import pytest

from gateway.app.text_data import text_data
from legato.text.language import TextData, _texts
from legato.text.settings import MathsStyle


def test_a_language_has_a_reader_for_every_style() -> None:
    data = text_data("en-GB")
    assert data.language == "en"
    assert set(data.maths) == set(MathsStyle)
    assert "".join(piece.text for piece in data.words.read("5 cats")) == "five cats"


def test_a_file_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="sentences"):
        TextData.parse("en", {"sentences": []})
    for wrong in ([], {"x": 1}):
        with pytest.raises(ValueError, match="emoji: expected an object of texts"):
            _texts(wrong, "emoji")
