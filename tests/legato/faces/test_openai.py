import json

import pytest

from legato.domain import events, replies
from legato.domain.audio import EXTRAS, AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.faces import openai
from legato.ports import RequestHead

ASKED = {"model": "m", "voice": "joe", "input": "Hi.", "response_format": "pcm"}


def parsed(**change):
    face = openai.OpenAISpeech("r-1", {"joe"})
    return face, face.parse(json.dumps({**ASKED, **change}).encode())


def test_a_request_is_a_whole_conversation():
    face, told = parsed(speed=2)
    kinds = [events.Open, events.Begin, events.Text, events.End, events.HalfClosed]
    assert [type(event) for event in told] == kinds
    assert (told[0].voice, told[0].options.speed, told[0].audio_format.sample_rate_hz) == ("joe", 2.0, 24_000)
    assert told[0].max_lead_ms == -1
    assert face.headers == {"content-type": "audio/pcm", "x-request-id": "r-1"}


def test_the_trace_of_the_request_goes_with_the_stream():
    face = openai.OpenAISpeech("r-1", {"joe"})
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    face.open(RequestHead("POST", "/v1/audio/speech", {}, {"traceparent": trace, "tracestate": "a=1"}))
    opened = face.parse(json.dumps(ASKED).encode())[0]
    assert (opened.traceparent, opened.tracestate) == (trace, "a=1")


def test_a_speed_may_be_a_number_in_a_text():
    assert parsed(speed="1.5")[1][0].options.speed == 1.5
    for wrong, told in (("fast", '"fast"'), ("9", '"9"'), ("nan", '"nan"'), ("", '""'), ([1], "a list")):
        (event,) = parsed(speed=wrong)[1]
        assert event.error.message == f"speed must be a number from 0.25 to 4; got {told}"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (None, "mp3 (the default)"),
        ("", "mp3 (the default)"),
        ("PCM", '"PCM"'),
        ({"type": "wav"}, "an object"),
    ],
)
def test_a_format_is_refused_as_it_was_given(asked, told):
    (event,) = parsed(response_format=asked)[1]
    assert event.error.message == f"response_format {told} is not supported; supported: pcm, wav"


def test_what_a_client_gets_that_asks_for_no_format_may_be_decided():
    face = openai.OpenAISpeech("r-1", {"joe"}, "wav")
    for asked in ({}, {"response_format": None}):
        opened = face.parse(json.dumps({"voice": "joe", "input": "Hi.", **asked}).encode())[0]
        assert opened.audio_format.encoding is Encoding.WAV
        assert face.headers["content-type"] == "audio/wav"
    [refused] = face.parse(json.dumps({**ASKED, "response_format": "mp3"}).encode())
    assert refused.error.reason is Reason.UNKNOWN_FORMAT, "who asks for something gets nothing else"


def test_mp3_is_the_default_where_it_can_be_made():
    for asked in ({}, {"response_format": "mp3"}, {"response_format": None}):
        face = openai.OpenAISpeech("r-1", {"joe"}, installed={Encoding.MP3})
        opened = face.parse(json.dumps({"voice": "joe", "input": "Hi.", **asked}).encode())[0]
        assert opened.audio_format == AudioFormat(Encoding.MP3, 24_000, 128)
        assert face.headers["content-type"] == "audio/mpeg"
    [refused] = face.parse(json.dumps({**ASKED, "response_format": "ogg"}).encode())
    assert refused.error.message == 'response_format "ogg" is not supported; supported: pcm, wav, mp3'


@pytest.mark.parametrize(
    ("name", "audio_format", "content_type"),
    [
        ("opus", AudioFormat(Encoding.OPUS, 24_000, 64), "audio/opus"),
        ("aac", AudioFormat(Encoding.AAC, 24_000, 96), "audio/aac"),
        ("flac", AudioFormat(Encoding.FLAC, 24_000), "audio/flac"),
    ],
)
def test_the_vendors_other_formats_where_they_can_be_made(name, audio_format, content_type):
    face = openai.OpenAISpeech("r-1", {"joe"}, installed=set(EXTRAS))
    opened = face.parse(json.dumps({**ASKED, "response_format": name}).encode())[0]
    assert (opened.audio_format, face.headers["content-type"]) == (audio_format, content_type)
    decided = openai.OpenAISpeech("r-1", {"joe"}, name, installed=set(EXTRAS))
    opened = decided.parse(json.dumps({"voice": "joe", "input": "Hi."}).encode())[0]
    assert opened.audio_format == audio_format


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            None,
            "mp3 (the default) is not supported without an extra of the gateway (pip install 'legato[mp3]')",
        ),
        ("opus", "\"opus\" is not supported without an extra of the gateway (pip install 'legato[codecs]')"),
        ("flac", "\"flac\" is not supported without an extra of the gateway (pip install 'legato[codecs]')"),
        ("aac", "\"aac\" is not supported without an extra of the gateway (pip install 'legato[codecs]')"),
        ("ogg", '"ogg" is not supported'),
        (["opus"], "a list is not supported"),
    ],
)
def test_who_needs_an_extra_is_told_which(asked, told):
    face = openai.OpenAISpeech("r-1", {"joe"}, installed=set())
    [refused] = face.parse(json.dumps({**ASKED, "response_format": asked}).encode())
    assert refused.error.message == f"response_format {told}; supported: pcm, wav"
    assert refused.error.reason is Reason.UNKNOWN_FORMAT


@pytest.mark.parametrize(("voice", "name"), [("alloy", ""), ({"id": "joe"}, "joe"), ("joe", "joe")])
def test_voices_of_the_vendor_mean_the_default_one(voice, name):
    assert parsed(voice=voice)[1][0].voice == name


@pytest.mark.parametrize(
    "change",
    [
        {"voice": "ann"}, {"voice": None}, {"input": ""}, {"input": 3}, {"response_format": None}, {"speed": 9},
        {"response_format": ["pcm"]}, {"speed": True}, {"stream_format": "x"}, {"stream_format": [1]},
    ],
)  # fmt: skip
def test_what_cannot_be_spoken_is_refused(change):
    (event,) = parsed(**change)[1]
    assert isinstance(event, events.Refused)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(body):
    (event,) = openai.OpenAISpeech("r", ()).parse(body)
    assert isinstance(event, events.Refused)


def test_every_reason_has_its_row_and_its_answer():
    assert set(openai.ERRORS) == set(Reason)
    face, _ = parsed()
    for reason in Reason:
        answer = face.refuse(SpeechError(reason, "why", retry_after_s=2))
        assert answer.headers["retry-after"] == "2"
        assert set(json.loads(answer.body)["error"]) == {"message", "type", "param", "code"}


def test_a_mistake_in_the_request_is_a_400_and_all_else_has_the_status_that_it_has_everywhere():
    mistakes = {
        Reason.BAD_FRAME,
        Reason.BAD_ORDER,
        Reason.UNKNOWN_VOICE,
        Reason.UNKNOWN_FORMAT,
        Reason.UNKNOWN_UTTERANCE,
        Reason.TEXT_AFTER_END,
        Reason.TEXT_TOO_LONG,
    }
    face, _ = parsed()
    for reason in Reason:
        error = SpeechError(reason, "why")
        answer = face.refuse(error)
        assert answer.status == (400 if reason in mistakes else error.properties.http_status), reason
        kind = json.loads(answer.body)["error"]["type"]
        assert (kind == "server_error") == (answer.status >= 500), reason
        assert (kind == "invalid_request_error") == (answer.status in {400, 408, 499}), reason


def test_audio_is_the_body_as_it_is():
    face, _ = parsed()
    assert list(face.render(replies.AudioChunk("speech", 1, 0, 0, b"ab"))) == [b"ab"]


def test_audio_its_end_and_errors_are_events_where_those_were_asked_for():
    face, _ = parsed(stream_format="sse")
    (delta,) = face.render(replies.AudioChunk("speech", 1, 0, 0, b"a"))
    assert delta == 'data: {"type": "speech.audio.delta", "audio": "YQ=="}\n\n'
    assert "speech.audio.done" in face.render(replies.UtteranceFinished("speech", Receipt()))[0]
    assert '"error"' in face.render(replies.StreamError(SpeechError(Reason.INTERNAL, "x")))[0]
    assert face.render(replies.Pong("")) == parsed()[0].render(replies.Pong("")) == ()


def test_what_a_client_of_openai_branches_on_is_spelled_as_openai_does():
    """Its client library reads the kind of each event, and the header before it tries again."""
    face, _ = parsed(stream_format="sse")

    def told(reply):
        (frame,) = face.render(reply)
        assert (frame[:6], frame[-2:]) == ("data: ", "\n\n")
        return json.loads(frame[6:])

    assert told(replies.AudioChunk("speech", 1, 0, 0, b"\0\1")) == {
        "type": "speech.audio.delta",
        "audio": "AAE=",
    }
    usage = {"input_tokens": 3, "output_tokens": 0, "total_tokens": 3}
    done = told(replies.UtteranceFinished("speech", Receipt(accepted_chars=3)))
    assert done == {"type": "speech.audio.done", "usage": usage}
    error = SpeechError(Reason.VENDOR_LOST, "why")
    failed = {"message": "why", "type": "server_error", "param": None, "code": "vendor_lost"}
    assert told(replies.UtteranceFailed("speech", error, "", Receipt())) == {"type": "error", "error": failed}
    refusal = face.refuse(error)
    assert (refusal.status, json.loads(refusal.body)) == (502, {"error": failed})
    assert refusal.headers == {
        "content-type": "application/json",
        "x-request-id": "r-1",
        "x-should-retry": "true",
    }
    assert face.refuse(SpeechError(Reason.FORBIDDEN, "why")).headers["x-should-retry"] == "false"


@pytest.mark.parametrize(
    ("reason", "kind", "param"),
    [
        (Reason.UNKNOWN_VOICE, "invalid_request_error", "voice"),
        (Reason.UNKNOWN_FORMAT, "invalid_request_error", "response_format"),
        (Reason.TEXT_TOO_LONG, "invalid_request_error", "input"),
        (Reason.UNAUTHENTICATED, "authentication_error", None),
        (Reason.FORBIDDEN, "permission_error", None),
        (Reason.TOO_MANY_UTTERANCES, "rate_limit_error", None),
        (Reason.QUOTA_EXCEEDED, "insufficient_quota", None),
        (Reason.OVERLOADED, "server_error", None),
    ],
)
def test_an_error_has_the_kind_that_openai_gives_it_and_names_the_field(reason, kind, param):
    told = json.loads(parsed()[0].refuse(SpeechError(reason, "why")).body)["error"]
    assert told == {"message": "why", "type": kind, "param": param, "code": reason.value}


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"input": ""}, "input"),
        ({"voice": None}, "voice"),
        ({"speed": 9}, "speed"),
        ({"stream_format": "x"}, "stream_format"),
        ({"voice": "ann"}, "voice"),
    ],
)
def test_a_request_that_cannot_be_read_names_the_field(change, param):
    face, (refused,) = parsed(**change)
    assert json.loads(face.refuse(refused.error).body)["error"]["param"] == param


def test_the_key():
    face, _ = parsed()
    assert face.key(RequestHead("POST", "/", {}, {"authorization": "Bearer k"})) == "k"
    assert face.key(RequestHead("POST", "/", {}, {"authorization": "Basic k"})) == ""


@pytest.mark.parametrize(("asked", "size"), [("pcm", 0), ("wav", 44)])
def test_speech_without_a_sample_is_a_file_all_the_same(asked, size):
    face, _ = parsed(response_format=asked)
    finished = replies.UtteranceFinished("speech", Receipt())
    assert len(b"".join(face.render(finished))) == size
    face, _ = parsed(response_format=asked)
    face.render(replies.AudioChunk("speech", 1, 0, 0, b"RIFF"))
    assert list(face.render(finished)) == []


def test_a_choice_is_refused_with_what_it_was():
    _, (refused,) = parsed(stream_format="x")
    assert refused.error.message == 'stream_format must be one of audio, sse; got "x"'
