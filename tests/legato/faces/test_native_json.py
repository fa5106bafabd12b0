import json

import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.domain.errors import Reason, SpeechError
from legato.faces.native_json import decoded, request_of, write
from legato.v1.speech_pb2 import StreamRequest, StreamResponse


def read_request(text):
    return request_of(decoded(text, "StreamRequest"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"clientSeq":4,"text":{"utteranceId":"a","text":"hé"}}',
            {"client_seq": 4, "text": {"utterance_id": "a", "text": "hé"}},
        ),
        ('{"client_seq":4,"ping":{}}', {"client_seq": 4, "ping": {}}),
        (
            '{"played":{"sample":"18446744073709551615","track":2.0}}',
            {"played": {"sample": (1 << 64) - 1, "track": 2}},
        ),
        ('{"played":{"sample":7,"track":null}}', {"played": {"sample": 7}}),
        (
            '{"open":{"audioFormat":{"encoding":"ENCODING_MULAW"},"options":{"speed":"1.5","words":false}}}',
            {"open": {"audio_format": {"encoding": 2}, "options": {"speed": 1.5, "words": False}}},
        ),
        (
            '{"begin":{"utteranceId":"a","position":3,"options":{"pitch":-2}}}',
            {"begin": {"utterance_id": "a", "position": 3, "options": {"pitch": -2}}},
        ),
    ],
)
def test_both_spellings_and_all_forms_of_proto3_json_are_read(text, message):
    assert read_request(text) == StreamRequest(**message)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected StreamRequest as a JSON object"),
        ("[]", "the message must be a JSON object"),
        ('{"text":[]}', "text must be a JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"ping":{},"ping":{}}', "given twice"),
        ('{"txet":{}}', "txet is not a field; did you mean text?"),
        ('{"text":{"utterance_idd":"a"}}', "text.utterance_idd is not a field; did you mean utteranceId?"),
        ('{"ping":{"zzzzzz":1}}', "ping.zzzzzz is not a field; known: payload"),
        ('{"\\ud800":1}', "\\ud800 is not a field"),
        ('{"ping":{},"end":{}}', "this one holds ping and end"),
        (
            '{"begin":{"interruptible":true,"utteranceId":"a","utterance_id":"b","track":"x"}}',
            "begin.track must be an integer",
        ),
        ('{"text":{"text":5}}', "text.text must be a string"),
        ('{"text":{"text":"\\ud800"}}', "half of a surrogate pair"),
        ('{"cancel":{"force":1}}', "cancel.force must be true or false"),
        ('{"cancel":{"track":true}}', "cancel.track must be an integer from 0 to 4294967295"),
        ('{"cancel":{"track":-1}}', "cancel.track must be an integer"),
        ('{"cancel":{"track":1.5}}', "cancel.track"),
        (
            '{"played":{"sample":"1_0"}}',
            "played.sample must be an integer from 0 to 18446744073709551615, as a number or a string",
        ),
        ('{"open":{"options":{"speed":"fast"}}}', "open.options.speed must be a number"),
        ('{"open":{"options":{"speed":true}}}', "open.options.speed must be a number"),
        ('{"open":{"options":{"speed":NaN}}}', "must be a finite number"),
        ('{"open":{"options":{"speed":1e999}}}', "must be a finite number"),
        ('{"open":{"options":{"speed":' + "9" * 400 + "}}}", "must be a finite number"),
        ('{"open":{"maxLeadMs":2147483648}}', "-2147483648 to 2147483647"),
        ('{"begin":{"position":"LAST"}}', "begin.position must be one of POSITION_UNSPECIFIED"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, expected):
    with pytest.raises(SpeechError) as caught:
        read_request(text)
    assert caught.value.reason is Reason.BAD_FRAME
    assert expected in caught.value.message


@pytest.mark.parametrize(
    ("text", "utterance_id"),
    [
        ('{"begin":{"utteranceId":"a","position":"LAST"}}', "a"),
        ('{"begin":{"options":{"sped":1},"utterance_id":"é"}}', "é"),
        ('{"begin":{"utteranceId":"a"},"end":{"utteranceId":"a"}}', "a"),
        ('{"begin":{"utteranceId":"\\ud83d"}}', ""),
        ('{"begin":{"utteranceId":5}}', ""),
        ('{"begin":{"utteranceId":"%s","track":"x"}}' % ("a" * 129), ""),
        ('{"begin":[]}', ""),
        ('{"text":{"utteranceId":"a","text":5}}', ""),
        ("[]", ""),
    ],
)
def test_a_begin_that_cannot_be_read_names_its_utterance(text, utterance_id):
    """Its text follows all the same: without the name no client could tell that it begins an utterance with the stream's defaults."""
    with pytest.raises(SpeechError) as caught:
        read_request(text)
    assert caught.value.utterance_id == utterance_id


def test_a_field_with_presence_is_taken_in_one_spelling_only():
    with pytest.raises(SpeechError, match="both spellings"):
        read_request('{"open":{"maxLeadMs":1,"max_lead_ms":2}}')


def test_an_unknown_encoding_is_an_unknown_format():
    with pytest.raises(SpeechError) as caught:
        read_request('{"open":{"audioFormat":{"encoding":"mp3"}}}')
    assert caught.value.reason is Reason.UNKNOWN_FORMAT
    assert "ENCODING_MULAW" in caught.value.message


def test_what_is_written_is_proto3_json():
    message = StreamResponse(server_seq=1, utterance_started={"utterance_id": "a", "start_sample": 1 << 50})
    text = write(message)
    assert json.loads(text)["utteranceStarted"] == {
        "utteranceId": "a",
        "ordinal": 0,
        "track": 0,
        "generation": 0,
        "startSample": str(1 << 50),
    }
    assert json_format.Parse(text, StreamResponse()) == message


@settings(max_examples=200, deadline=None)
@given(
    st.builds(
        lambda seq, name, text, track, speed: StreamRequest(
            client_seq=seq,
            begin={"utterance_id": name, "voice": text, "track": track, "options": {"speed": speed}},
        ),
        st.integers(0, (1 << 32) - 1),
        st.text(max_size=9),
        st.text(max_size=9),
        st.integers(0, (1 << 32) - 1),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    st.booleans(),
)
def test_it_reads_what_the_library_writes(message, snake):
    assert read_request(json_format.MessageToJson(message, preserving_proto_field_name=snake)) == message
