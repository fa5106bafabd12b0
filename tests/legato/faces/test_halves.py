import json

from hypothesis import given, settings
from hypothesis import strategies as st

from legato.faces.halves import whole


def test_whole_characters_stay_and_halves_are_replaced():
    assert whole("a 😀 ü") == "a 😀 ü"
    assert whole(json.loads('"a\\ud83d b"')) == "a\ufffd b"
    assert whole(json.loads('"\\ud83d\\ude00"')) == "😀"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_left_has_bytes(text):
    assert whole(text).encode().decode() == whole(text)
