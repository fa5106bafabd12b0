import pytest

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.protobuf_wire import data, fields, text, whole
from legato.domain.receipt import Receipt
from legato.domain.speech import UtteranceOptions
from legato.faces.riva import RivaSpeech, RivaSynthesis, config
from legato.ports import Accepted, RequestHead
from tests.legato.faces.test_wyoming_info import Directory

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
HEAD = RequestHead(
    "POST", "/s/m", {}, {"authorization": "Bearer k", "traceparent": TRACE, "tracestate": "a=1"}
)
RECEIPT = Receipt()


def request(said="Hello.", language="en-US", encoding=1, rate=16_000, voice="joe", times=0):
    return (
        text(1, said)
        + text(2, language)
        + whole(3, encoding)
        + whole(4, rate)
        + text(5, voice)
        + whole(9, times)
    )


def opened(kind=RivaSpeech):
    face = kind("r", {"joe"})
    assert face.key(HEAD) == "k"
    assert face.open(HEAD) == Accepted({})
    return face


def word(name, start, end):
    return replies.WordSpoken("speech", name, start, end, 0, 0, replies.WordMethod.ENGINE)


def chunk(sound):
    return replies.AudioChunk("speech", 1, 0, 0, sound)


def test_the_first_request_decides_and_each_is_spoken_at_once():
    face = opened()
    told = face.parse(request())
    options = UtteranceOptions(words=False)
    audio_format = AudioFormat(Encoding.PCM_S16LE, 16_000)
    assert told == (
        events.Open(
            "joe", audio_format, "en-US", options, max_lead_ms=-1, traceparent=TRACE, tracestate="a=1"
        ),
        events.Begin("speech"),
        events.Text("speech", "Hello."),
        events.Flush("speech"),
    )
    assert face.parse(request("More.", voice="nobody", rate=3)) == (
        events.Text("speech", "More."),
        events.Flush("speech"),
    )
    assert face.parse(request(" ")) == ()


@pytest.mark.parametrize(
    ("encoding", "rate", "expected"),
    [
        (0, 0, AudioFormat(Encoding.PCM_S16LE, 22_050)),
        (1, 44_100, AudioFormat(Encoding.PCM_S16LE, 44_100)),
        (3, 8_000, AudioFormat(Encoding.MULAW, 8_000)),
        (20, 8_000, AudioFormat(Encoding.ALAW, 8_000)),
    ],
)
def test_an_encoding_has_its_usual_rate_unless_one_is_named(encoding, rate, expected):
    assert opened().parse(request(encoding=encoding, rate=rate))[0].audio_format == expected


@pytest.mark.parametrize(("voice", "meant"), [("joe", "joe"), ("", ""), ("English-US.Female-1", "")])
def test_voices_of_the_vendor_mean_the_default_one(voice, meant):
    assert opened().parse(request(voice=voice))[0].voice == meant


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (request(encoding=2), Reason.UNKNOWN_FORMAT),
        (request(rate=11), Reason.UNKNOWN_FORMAT),
        (request(voice="nobody"), Reason.UNKNOWN_VOICE),
        (request(voice="no-body"), Reason.UNKNOWN_VOICE),
        (request(voice="no.body"), Reason.UNKNOWN_VOICE),
        (b"\xff", Reason.BAD_FRAME),
    ],
)
def test_what_cannot_be_spoken_is_refused(asked, reason):
    for kind in (RivaSpeech, RivaSynthesis):
        [refused] = opened(kind).parse(asked)
        assert refused.error.reason is reason
        assert opened(kind).farewell(refused.error)[0] == 3


def test_a_rate_is_refused_in_the_words_of_the_vendor():
    [refused] = opened().parse(request(rate=11))
    assert refused.error.message.startswith(
        "sample_rate_hz 11 is not supported with encoding LINEAR_PCM; supported: 8000"
    )


def test_sound_and_words_from_the_calls_first_sample():
    face = opened()
    face.parse(request(times=1))
    assert face.render(replies.UtteranceStarted("speech", 1, 0, 0, 160)) == ()
    assert face.render(chunk(b"ab")) == (data(1, b"ab"),)
    assert face.render(chunk(b"")) == ()
    [message] = face.render(word("Hello.", 160, 8_160))
    [(number, meta)] = fields(message)
    [(inner, timing)] = fields(meta)
    assert (number, inner, dict(fields(timing))) == (2, 9, {1: b"Hello.", 3: 500})
    assert face.render(replies.UtteranceFinished("speech", RECEIPT)) == ()
    assert face.headers == {}


def test_word_times_are_for_those_who_ask():
    assert opened().parse(request(times=1))[0].options.words is True
    for kind in (RivaSpeech, RivaSynthesis):
        face = opened(kind)
        face.parse(request())
        assert face.render(word("Hello.", 0, 160)) == ()


def test_a_single_request_has_a_single_answer():
    face = opened(RivaSynthesis)
    told = face.parse(request(times=1))
    assert told[-2:] == (events.End("speech"), events.HalfClosed())
    unsaid = [replies.UtteranceStarted("speech", 1, 0, 0, 0), chunk(b"ab"), word("a", 0, 16), chunk(b"cd")]
    assert [face.render(reply) for reply in unsaid] == [()] * 4
    [answer] = face.render(replies.UtteranceFinished("speech", RECEIPT))
    assert dict(fields(answer)).keys() == {1, 2}
    assert dict(fields(answer))[1] == b"abcd"


def test_the_status_of_a_call():
    face = opened()
    assert face.farewell(None) == (0, "")
    assert face.farewell(SpeechError(Reason.VENDOR_QUOTA, "q"))[0] == 8
    assert face.refuse(SpeechError(Reason.UNAUTHENTICATED, "q")).status == 401


def test_every_voice_is_told_as_a_model():
    models = [list(fields(model)) for _, model in fields(config(Directory()))]
    assert [model[0] for model in models] == [(1, name) for name in (b"anna", b"bernd", b"doris", b"carys")]
    entries = dict(tuple(value for _, value in fields(entry)) for _, entry in models[0][1:])
    assert entries == {b"language_code": b"en-GB", b"voice_name": b"anna", b"type": b"single"}
