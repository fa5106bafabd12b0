import pytest

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.protobuf_wire import data, double, text, whole
from legato.domain.receipt import Receipt
from legato.domain.speech import UtteranceOptions
from legato.faces.google import GoogleSpeech
from legato.ports import Accepted, RequestHead

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def head(**headers):
    return RequestHead("POST", "/s/m", {}, headers)


def config(voice="joe", encoding=7, rate=16_000, speed=1.25, language="en-US"):
    audio = whole(1, encoding) + whole(2, rate) + double(3, speed)
    return data(1, data(1, text(1, language) + text(2, voice)) + data(4, audio))


def said(words, field=1):
    return data(2, text(field, words))


def opened():
    face = GoogleSpeech("r", {"joe"})
    assert face.open(head(traceparent=TRACE, tracestate="a=1")) == Accepted({})
    return face


def test_a_configuration_and_then_text_as_it_comes():
    face = opened()
    assert face.eager
    options = UtteranceOptions(speed=1.25)
    audio_format = AudioFormat(Encoding.PCM_S16LE, 16_000)
    assert face.parse(config()) == (
        events.Open(
            "joe", audio_format, "en-US", options, max_lead_ms=-1, traceparent=TRACE, tracestate="a=1"
        ),
        events.Begin("speech"),
    )
    assert face.parse(said("Hello ")) == (events.Text("speech", "Hello "),)
    assert face.parse(said("there", field=5)) == (events.Text("speech", "there"),)
    assert face.parse(said("")) == ()


@pytest.mark.parametrize(
    ("encoding", "rate", "expected"),
    [
        (0, 0, AudioFormat(Encoding.PCM_S16LE, 24_000)),
        (5, 0, AudioFormat(Encoding.MULAW, 8_000)),
        (6, 8_000, AudioFormat(Encoding.ALAW, 8_000)),
    ],
)
def test_an_encoding_has_its_usual_rate_unless_one_is_named(encoding, rate, expected):
    assert opened().parse(config(encoding=encoding, rate=rate))[0].audio_format == expected


def test_no_speed_is_the_voices_own():
    assert opened().parse(config(speed=0.0))[0].options.speed is None


@pytest.mark.parametrize(("voice", "meant"), [("", ""), ("en-US-Chirp3-HD-Charon", "")])
def test_voices_of_the_vendor_mean_the_default_one(voice, meant):
    assert opened().parse(config(voice=voice))[0].voice == meant


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (said("too early"), Reason.BAD_FRAME),
        (config(voice="nobody"), Reason.UNKNOWN_VOICE),
        (config(encoding=3), Reason.UNKNOWN_FORMAT),
        (config(rate=11), Reason.UNKNOWN_FORMAT),
        (config(speed=9.0), Reason.BAD_FRAME),
        (b"\xff", Reason.BAD_FRAME),
    ],
)
def test_what_cannot_be_spoken_is_refused(message, reason):
    face = opened()
    [refused] = face.parse(message)
    assert refused.error.reason is reason
    assert face.farewell(refused.error)[0] == 3


def test_a_rate_is_refused_in_the_words_of_the_vendor():
    [refused] = opened().parse(config(encoding=5, rate=24_000))
    assert (
        refused.error.message
        == "sample_rate_hertz 24000 is not supported with audio_encoding MULAW; supported: 8000, 16000"
    )


def test_a_second_configuration_is_refused():
    face = opened()
    face.parse(config())
    [refused] = face.parse(config())
    assert "first message" in refused.error.message


def test_sound_is_all_that_is_told():
    face = opened()
    assert face.render(replies.AudioChunk("speech", 1, 0, 0, b"ab")) == (data(1, b"ab"),)
    assert face.render(replies.AudioChunk("speech", 1, 0, 0, b"")) == ()
    assert face.render(replies.UtteranceFinished("speech", Receipt())) == ()
    assert face.headers == {}


def test_keys_and_the_status_of_a_call():
    face = opened()
    assert face.key(head(authorization="Bearer token")) == "token"
    assert face.key(head(**{"x-goog-api-key": "k"})) == "k"
    assert face.farewell(None) == (0, "")
    assert face.farewell(SpeechError(Reason.IDLE_TIMEOUT, "late")) == (10, "late")
    assert face.refuse(SpeechError(Reason.FORBIDDEN, "no")).status == 403


def test_a_speed_is_refused_with_what_it_was():
    [refused] = opened().parse(config(speed=9.0))
    assert refused.error.message == "speaking_rate must be a number from 0.25 to 2; got 9.0"
