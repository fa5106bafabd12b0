import json

from hypothesis import given, settings
from hypothesis import strategies as st

from legato.faces.surrogates import without_surrogates


def test_whole_characters_stay_and_halves_are_replaced():
    assert without_surrogates("a 😀 ü") == "a 😀 ü"
    assert without_surrogates(json.loads('"a\\ud83d b"')) == "a\ufffd b"
    assert without_surrogates(json.loads('"\\ud83d\\ude00"')) == "😀"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_left_has_bytes(text):
    assert without_surrogates(text).encode().decode() == without_surrogates(text)
