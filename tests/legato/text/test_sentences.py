"""Language data is checked when it is read."""

import pytest

from legato.text.sentences import SentenceData


def test_lists_and_switches_are_read() -> None:
    data = SentenceData.parse(
        {"titles": ["dr"], "before_number": ["no"], "abbreviations": ["inc"], "ordinal_dot": True}
    )
    assert data.ordinal_dot
    assert all(data.is_abbreviation(word) for word in ("Dr", "no", "INC"))
    assert not data.is_abbreviation("cat")


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"titels": []}, "'titels' is unknown; known: titles, before_number"),
        ({"titles": "dr"}, "'titles' must be a list of strings"),
        ({"titles": [1]}, "'titles' must be a list of strings"),
        ({"ordinal_dot": "yes"}, "'ordinal_dot' must be true or false"),
    ],
)
def test_anything_else_is_refused_by_name(wrong: dict[str, object], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        SentenceData.parse(wrong)
