"""JSON that is never trusted."""

import base64

import pytest

from legato.providers.json_frames import audio_of, compact, json_object, number_of, numbers_of, strings_of


@pytest.mark.parametrize("frame", ["", "{", "[]", "1", b"\xff", "[" * 100_000, '{"a":' + "9" * 5_000 + "}"])
def test_what_is_no_object_is_none(frame):
    assert json_object(frame) is None


def test_an_object_is_read_from_text_and_bytes():
    assert json_object('{"a": 1}') == json_object(b'{"a": 1}') == {"a": 1}


def test_a_frame_is_compact():
    assert compact({"a": 1, "b": "é"}) == '{"a":1,"b":"é"}'


def test_audio_is_read_or_none():
    assert audio_of(base64.b64encode(b"\0\1\2").decode()) == b"\0\1\2"
    assert [audio_of(value) for value in (None, 5, "a", "é", {})] == [None] * 5


@pytest.mark.parametrize("size", range(1, 7))
def test_audio_may_stand_in_lines_and_without_its_padding(size):
    sound = bytes(range(250, 256))[:size]
    whole = base64.b64encode(sound).decode()
    assert audio_of(whole.rstrip("=")) == sound
    assert audio_of("\r\n".join(whole)) == sound
    assert audio_of(base64.encodebytes(sound).decode()) == sound


@pytest.mark.parametrize(
    "data",
    [
        "this is no base64, and would be noise",
        "-_-_AAAA",
        "data:audio/pcm;base64,AAAA",
        base64.b64encode(b"a").decode() + base64.b64encode(b"b").decode(),
        "A",
    ],
)
def test_what_is_no_base64_is_not_played(data):
    """The characters that are none were passed over, and all behind the first padding was."""
    assert audio_of(data) is None


def test_numbers_are_finite():
    assert numbers_of([1, 2.5]) == [1.0, 2.5]
    assert [numbers_of(v) for v in (None, ["1"], [True], [float("nan")], [10**400])] == [None] * 5
    assert number_of(float("inf")) is None


def test_strings_are_strings():
    assert strings_of(["a"]) == ["a"]
    assert [strings_of(v) for v in (None, [1], "ab")] == [None] * 3
