import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.audio.wav import wav_header
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import UtteranceOptions
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.elevenlabs_rest import ElevenLabsRest
from legato.ports import Refusal, RequestHead

FINISHED = replies.UtteranceFinished("speech", Receipt())
WORD = replies.WordSpoken("speech", "Hi", 7000, 9400, 0, 2, replies.WordMethod.ENGINE)


def opened(path="", switches=None, **query):
    face = ElevenLabsRest("r-1", {"joe"}, switches)
    asked = {"output_format": "pcm_24000", **query}
    return face, face.open(RequestHead("POST", f"/v1/text-to-speech/joe{path}", asked, {}))


def audio(first=7000, samples=2400):
    return replies.AudioChunk("speech", 1, 0, first, b"\1\0" * samples)


def told(face, *several):
    return [frame for reply in several for frame in face.render(reply)]


def test_the_whole_conversation_is_in_the_request():
    face, _ = opened(enable_ssml_parsing="true")
    body = {
        "text": "Hi.",
        "language_code": "en",
        "voice_settings": {"speed": 1.1},
        "seed": 1,
        "model_id": "x",
    }
    start, begin, text, *rest = face.parse(json.dumps(body).encode())
    assert (start.voice, start.language, start.max_lead_ms) == ("joe", "en", -1)
    assert (start.options.ssml, start.options.words) == (True, None)
    assert begin == events.Begin("speech", options=UtteranceOptions(speed=1.1))
    assert text == events.Text("speech", "Hi.")
    assert rest == [events.End("speech"), events.HalfClosed()]
    assert face.headers == {
        "request-id": "r-1",
        "x-trace-id": "r-1",
        "content-type": "audio/pcm",
        "character-cost": "3",
    }


def test_the_trace_of_the_request_goes_with_the_stream():
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=1"}
    face = ElevenLabsRest("r-1", {"joe"}, None)
    face.open(RequestHead("POST", "/v1/text-to-speech/joe", {"output_format": "pcm_24000"}, trace))
    start, *_ = face.parse(b'{"text": "Hi."}')
    assert {"traceparent": start.traceparent, "tracestate": start.tracestate} == trace


@pytest.mark.parametrize("path", ["", "/stream"])
def test_bytes_come_as_they_are(path):
    face, _ = opened(path)
    assert told(face, WORD, audio(), replies.Pong(""), FINISHED) == [audio().data]
    assert told(face, audio()) == []


def test_a_line_for_each_piece_of_audio_and_one_for_the_last_characters():
    face, _ = opened("/stream/with-timestamps")
    opened_stream = face.parse(b'{"text": "Hi."}')[0]
    assert opened_stream.options.words
    first, second, last = map(json.loads, told(face, WORD, audio(), audio(9400), FINISHED))
    assert face.headers["content-type"] == "application/x-ndjson"
    assert base64.b64decode(first["audio_base64"]) == audio().data
    assert first["alignment"] == first["normalized_alignment"]
    assert first["alignment"] == {
        "characters": ["H", "i"],
        "character_start_times_seconds": [0.0, 0.05],
        "character_end_times_seconds": [0.05, 0.1],
    }
    assert second["alignment"] is None
    assert (last["audio_base64"], last["alignment"]["characters"]) == ("", ["."])


def test_one_object_for_all_of_it():
    face, _ = opened("/with-timestamps")
    face.parse(b'{"text": "Hi."}')
    (whole,) = map(json.loads, told(face, WORD, audio(), audio(9400), FINISHED, FINISHED))
    assert face.headers["content-type"] == "application/json"
    assert base64.b64decode(whole["audio_base64"]) == audio().data * 2
    assert whole["alignment"]["characters"] == ["H", "i", "."]
    assert whole["alignment"]["character_start_times_seconds"] == [0.0, 0.05, 0.1]
    (event,) = opened("/with-timestamps")[0].parse(json.dumps({"text": "x" * 10_001}))
    assert event.error.reason is Reason.TEXT_TOO_LONG


def test_without_word_times_there_is_audio_alone():
    for path, lines in (("/stream/with-timestamps", 1), ("/with-timestamps", 1)):
        face, _ = opened(path)
        face.parse(b'{"text": "Hi."}')
        answers = list(map(json.loads, told(face, audio(), FINISHED)))
        assert [answer["alignment"] for answer in answers] == [None] * lines


def test_what_is_not_offered_is_refused_with_the_list():
    for query, status in (({"output_format": ""}, 400), ({"output_format": "opus_48000_32"}, 400)):
        answer = opened(**query)[1]
        assert isinstance(answer, Refusal)
        assert answer.status == status
        assert "pcm_24000" in json.loads(answer.body)["detail"]["message"]
    mapped = opened(output_format="", switches=ElevenLabsSwitches(default_format="pcm_16000"))
    assert not isinstance(mapped[1], Refusal)
    unknown = ElevenLabsRest("r-1", {"joe"})
    assert (
        unknown.open(RequestHead("POST", "/v1/text-to-speech/ann", {"output_format": "pcm_8000"}, {})).status
        == 404
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"text": 1}', b'{"text": " "}', b"\xff"])
def test_a_body_that_holds_no_text_is_refused(body):
    face, _ = opened()
    (event,) = face.parse(body)
    assert isinstance(event, events.Refused)
    assert face.refuse(event.error).status == 422


@pytest.mark.parametrize("reason", list(Reason))
def test_an_error_has_no_words_and_nothing_follows_it(reason):
    face, _ = opened("/stream/with-timestamps")
    face.parse(b'{"text": "Hi."}')
    error = SpeechError(reason, "why")
    assert told(face, replies.UtteranceFailed("speech", error, "", Receipt()), audio(), FINISHED) == []
    assert json.loads(face.refuse(error).body)["detail"]


def test_the_rest():
    face, _ = opened()
    assert face.key(RequestHead("POST", "/", {}, {"xi-api-key": "abc"})) == "abc"


BODIES = st.dictionaries(
    st.sampled_from(["text", "voice_settings", "language_code", "x"]),
    st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.lists(st.integers(), max_size=2),
)


@settings(deadline=None)
@given(BODIES.map(json.dumps) | st.binary(max_size=30), st.sampled_from(["", "/stream/with-timestamps"]))
def test_whatever_a_body_holds_it_is_read_or_refused(body, path):
    face, _ = opened(path)
    for event in face.parse(body):
        assert isinstance(event, events.ClientEvent)


@pytest.mark.parametrize("path", ["", "/stream", "/with-timestamps", "/stream/with-timestamps"])
def test_a_wav_file_is_the_same_samples_after_one_header(path):
    face, _ = opened(path, output_format="wav_24000")
    start, *_ = face.parse(b'{"text": "Hi."}')
    assert start.audio_format == AudioFormat(Encoding.PCM_S16LE, 24_000)
    frames = told(face, WORD, audio(), audio(9400), FINISHED)
    if path.endswith("timestamps"):
        sound = b"".join(base64.b64decode(json.loads(frame)["audio_base64"]) for frame in frames)
        assert "json" in face.headers["content-type"]
    else:
        sound = b"".join(frames)
        assert face.headers["content-type"] == "audio/wav"
    assert sound == wav_header(24_000) + audio().data * 2


def test_wav_is_among_what_is_offered_over_http():
    _, refused = opened(output_format="wav_96000")
    assert b"wav_8000" in refused.body


def test_a_language_that_is_no_string_is_refused_by_name():
    face, _ = opened(output_format="pcm_24000")
    [event] = face.parse('{"text": "Hi.", "language_code": 5}')
    assert event.error.reason is Reason.BAD_FRAME
    assert "language_code must be a string" in event.error.message
    [start, *_] = face.parse('{"text": "Hi.", "language_code": null}')
    assert start.language == ""
