import json
import struct

import pytest

from legato.domain import events, replies
from legato.domain.audio import EXTRAS, AudioFormat, Encoding
from legato.domain.receipt import Receipt
from legato.faces.deepgram_models import model_uuid
from legato.faces.deepgram_rest import DeepgramRest
from legato.ports import Refusal, RequestHead


def opened(content_type="application/json", *, installed=None, **query):
    face = DeepgramRest("r-1", {"joe"}, installed)
    return face, face.open(RequestHead("POST", "/v1/speak", query, {"content-type": content_type}))


@pytest.mark.parametrize(
    ("query", "encoding", "content_type"),
    [
        ({"encoding": "linear16"}, Encoding.PCM_S16LE, "audio/wav"),
        ({"encoding": "linear16", "container": "none"}, Encoding.PCM_S16LE, "audio/l16;rate=24000"),
        ({"encoding": "mulaw"}, Encoding.MULAW, "audio/wav"),
        ({"encoding": "mulaw", "container": "none"}, Encoding.MULAW, "audio/mulaw;rate=8000"),
        ({"encoding": "alaw"}, Encoding.ALAW, "audio/wav"),
        ({"encoding": "alaw", "container": "none"}, Encoding.ALAW, "audio/alaw;rate=8000"),
    ],
)
def test_the_headers_name_the_format_that_was_asked_for(query, encoding, content_type):
    face, _ = opened(**query)
    told = face.parse(b'{"text": "Hi."}')
    assert told[0].audio_format.encoding is encoding
    assert told[2] == events.Text("speech", "Hi.")
    assert face.headers["content-type"] == content_type
    assert face.headers["dg-char-count"] == "3"


def test_the_whole_conversation_is_in_the_request():
    face = DeepgramRest("r-1", {"joe"})
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    query = {"encoding": "linear16", "model": "joe", "speed": "1.2"}
    face.open(RequestHead("POST", "/v1/speak", query, {"traceparent": trace, "tracestate": "a=1"}))
    stream, begin, text, end, closed = face.parse(b'{"text": "Hi."}')
    assert (stream.voice, stream.options.speed, stream.max_lead_ms) == ("joe", 1.2, -1)
    assert (stream.traceparent, stream.tracestate) == (trace, "a=1")
    assert (begin, text) == (events.Begin("speech"), events.Text("speech", "Hi."))
    assert (face.headers["dg-model-name"], face.headers["dg-model-uuid"]) == ("joe", model_uuid("joe"))
    assert (end, closed) == (events.End("speech"), events.HalfClosed())


@pytest.mark.parametrize(
    ("query", "audio_format", "content_type"),
    [
        ({}, AudioFormat(Encoding.MP3, 22_050, 48), "audio/mpeg"),
        ({"encoding": "opus"}, AudioFormat(Encoding.OPUS, 48_000, 12), "audio/ogg;codecs=opus"),
        ({"encoding": "aac"}, AudioFormat(Encoding.AAC, 22_050, 48), "audio/aac"),
        ({"encoding": "flac"}, AudioFormat(Encoding.FLAC, 48_000), "audio/flac"),
    ],
)
def test_what_extras_make_is_no_wav_file(query, audio_format, content_type):
    face, _ = opened(installed=set(EXTRAS), **query)
    assert face.parse(b'{"text": "Hi."}')[0].audio_format == audio_format
    assert face.headers["content-type"] == content_type
    assert face.render(replies.AudioChunk("speech", 0, 0, 0, b"data")) == (b"data",)


def test_who_needs_an_extra_is_told_which():
    answer = opened(installed=(), encoding="opus", container="ogg")[1]
    told = "encoding=opus&container=ogg is not supported without an extra of the gateway (pip install 'legato[codecs]'); supported"
    assert json.loads(answer.body)["err_msg"].startswith(told)
    assert answer.status == 400


def test_what_is_not_offered_is_refused_with_the_list():
    for query in ({}, {"encoding": "opus"}, {"encoding": "linear16", "sample_rate": "1"}):
        answer = opened(**query)[1]
        assert isinstance(answer, Refusal)
        assert answer.status == 400


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({}, "encoding=mp3 (the default) is not supported; supported: encoding=linear16&container=wav"),
        ({"encoding": "opus"}, "encoding=opus is not supported; supported: encoding=linear16"),
        ({"encoding": "linear16", "container": "ogg"}, "encoding=linear16&container=ogg is not supported"),
        (
            {"encoding": "mulaw", "sample_rate": "24000"},
            "sample_rate 24000 is not supported with encoding mulaw; supported: 8000, 16000",
        ),
        (
            {"encoding": "mulaw", "sample_rate": "8 kHz"},
            'sample_rate must be a whole number of Hz; got "8 kHz"',
        ),
        ({"encoding": "mulaw", "speed": "fast"}, 'speed must be a number from 0.25 to 4; got "fast"'),
        (
            {"encoding": "mulaw", "callback": "http://a"},
            "callback is not supported: the audio is sent in the response",
        ),
    ],
)
def test_a_refusal_names_what_was_given_and_what_there_is(query, told):
    assert json.loads(opened(**query)[1].body)["err_msg"].startswith(told)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"text": 1}', b'{"text": " "}', b"\xff"])
def test_a_body_that_holds_no_text_is_refused(body):
    (event,) = opened(encoding="mulaw")[0].parse(body)
    assert isinstance(event, events.Refused)


@pytest.mark.parametrize(
    ("content_type", "body"), [("application/json", b'{"text": "Hi."}'), ("text/plain", b"Hi.")]
)
def test_a_byte_order_mark_is_no_text(content_type, body):
    face, _ = opened(content_type, encoding="mulaw")
    assert face.parse(b"\xef\xbb\xbf" + body)[2] == events.Text("speech", "Hi.")


def test_where_the_key_is():
    assert (
        DeepgramRest("r-1", {"joe"}).key(RequestHead("POST", "/", {}, {"authorization": "Token abc"}))
        == "abc"
    )


def test_plain_text_audio_and_the_rest():
    face, _ = opened("Text/Plain; charset=UTF-8", encoding="mulaw", container="none")
    assert face.parse(b"Hi.")[2] == events.Text("speech", "Hi.")
    assert face.render(replies.AudioChunk("speech", 1, 0, 0, b"a")) == (b"a",)
    assert face.render(replies.Pong("")) == ()


def test_inline_pronunciations_are_never_read_aloud():
    face, _ = opened("text/plain", encoding="mulaw")
    told = face.parse('Ask \\{"word":"Siobhan","pronounce":"ʃɪˈvɔːn"\\}.'.encode())
    assert told[2] == events.Text("speech", "Ask Siobhan.")


@pytest.mark.parametrize(
    ("encoding", "layout"),
    [
        ("linear16", (1, 1, 24_000, 48_000, 2, 16)),
        ("mulaw", (7, 1, 8_000, 8_000, 1, 8)),
        ("alaw", (6, 1, 8_000, 8_000, 1, 8)),
    ],
)
def test_a_file_has_one_header_that_names_its_samples(encoding, layout):
    face, _ = opened(encoding=encoding)
    first, second = (face.render(replies.AudioChunk("speech", 1, 0, 0, data))[0] for data in (b"ab", b"cd"))
    assert struct.unpack_from("<HHIIHH", first, 20) == layout
    assert (first[:4], first[44:], second) == (b"RIFF", b"ab", b"cd")


@pytest.mark.parametrize(("container", "size"), [("none", 0), ("wav", 44)])
def test_speech_without_a_sample_is_a_file_all_the_same(container, size):
    face, _ = opened(encoding="linear16", container=container)
    finished = replies.UtteranceFinished("speech", Receipt())
    assert len(b"".join(face.render(finished))) == size
    face.render(replies.AudioChunk("speech", 1, 0, 0, b"RIFF"))
    assert list(face.render(finished)) == []
