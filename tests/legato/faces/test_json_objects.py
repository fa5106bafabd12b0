import pytest

from legato.domain.errors import Reason, SpeechError
from legato.faces.json_objects import read_object


def test_an_object_is_read_as_it_is_written():
    assert read_object('{\n  "a": 1\n}') == {"a": 1}
    assert read_object(b"{}") == {}


@pytest.mark.parametrize("wrong", ["", "{", "[" * 100_000])
def test_what_is_no_json_is_told(wrong):
    with pytest.raises(SpeechError, match=r"\Aexpected JSON\Z") as caught:
        read_object(wrong)
    assert caught.value.reason is Reason.BAD_FRAME


@pytest.mark.parametrize("wrong", [b"\xff", '{"text": "Café"}'.encode("cp1252")])
def test_json_in_another_character_set_is_told_by_name(wrong):
    with pytest.raises(SpeechError, match=r"\Aexpected JSON in UTF-8\Z") as caught:
        read_object(wrong)
    assert caught.value.reason is Reason.BAD_FRAME


def test_what_is_no_object_is_told_as_the_dialect_says_it():
    with pytest.raises(SpeechError, match=r"\Athe body must be a JSON object\Z"):
        read_object("[]", "the body must be")
