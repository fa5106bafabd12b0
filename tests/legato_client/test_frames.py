import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Cancel, Text
from legato.domain.replies import AudioChunk, Pong, UtteranceFinished
from legato_client.frames import FrameReader, write_frame

STARTED = '{"utteranceStarted": {"utteranceId": "hello", "ordinal": 7}}'
HEADER = bytes.fromhex("01 01 0000 07000000 09000000 02000000 4433221100000000")


def test_a_command_is_json_with_the_names_of_the_contract():
    assert json.loads(write_frame(Text("u1", "Grüße"))) == {"text": {"utteranceId": "u1", "text": "Grüße"}}
    assert json.loads(write_frame(Cancel(played_sample=2**40))) == {"cancel": {"playedSample": str(2**40)}}
    assert "\n" not in write_frame(Text("u1", "a"))


def test_audio_byte_by_byte():
    reader = FrameReader()
    reader.read(STARTED)

    assert reader.read(HEADER + b"\x01\x02") == AudioChunk("hello", 7, 2, 0x11223344, b"\x01\x02")


def test_an_utterance_that_is_over_or_unknown_has_no_audio():
    reader = FrameReader()
    assert reader.read(HEADER + b"\x01\x02") is None
    reader.read(STARTED)
    assert isinstance(reader.read('{"utteranceFinished": {"utteranceId": "hello"}}'), UtteranceFinished)
    assert reader.read(HEADER + b"\x01\x02") is None
    assert isinstance(reader.read('{"utteranceFinished": {"utteranceId": "silent"}}'), UtteranceFinished)


def test_what_a_later_gateway_says_is_passed_over():
    reader = FrameReader()
    reader.read(STARTED)

    assert reader.read(b"\x02" + HEADER[1:]) is None
    assert reader.read(b"\x01\x02" + HEADER[2:]) is None
    assert reader.read('{"somethingNew": {"a": 1}}') is None
    assert reader.read('{"pong": {"payload": "p", "mood": "good"}}') == Pong("p")


@pytest.mark.parametrize("frame", ["", "[1]", "{", "hello", '{"pong": 3}', b"", HEADER[:-1]])
def test_garbage_is_one_named_error(frame):
    with pytest.raises(SpeechError) as caught:
        FrameReader().read(frame)

    assert caught.value.reason is Reason.BAD_FRAME


@given(
    st.one_of(st.text(), st.binary(max_size=64), st.binary(max_size=30).map(lambda tail: HEADER[:20] + tail))
)
def test_any_frame_is_read_or_refused_by_name(frame):
    reader = FrameReader()
    reader.read(STARTED)
    with contextlib.suppress(SpeechError):
        reader.read(frame)
