import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain import events, replies
from legato.domain.audio import Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.faces.cartesia_rest import CartesiaBytes, CartesiaEvents
from legato.ports import RequestHead

FLOAT_WAV = {"container": "wav", "encoding": "pcm_f32le", "sample_rate": 44100}
RAW = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000}


def face_of(kind, output=RAW, **more):
    face = kind("r-1", {"joe"})
    face.open(RequestHead("POST", "/tts/bytes", {}, {}))
    body = {"model_id": "sonic-3", "transcript": "Hello.", "voice": "joe", "output_format": output, **more}
    return face, list(face.parse(json.dumps(body)))


def chunk(data):
    return replies.AudioChunk("speech", 1, 0, 0, data)


@pytest.mark.parametrize("kind", [CartesiaBytes, CartesiaEvents])
def test_a_request_is_a_whole_conversation(kind):
    _, (stream, begin, text, end, closed) = face_of(kind, language="en")
    assert stream.max_lead_ms == -1
    assert (begin.voice, begin.language) == ("joe", "en")
    assert (text.text, type(end), type(closed)) == ("Hello.", events.End, events.HalfClosed)


@pytest.mark.parametrize("kind", [CartesiaBytes, CartesiaEvents])
def test_speed_and_trace_go_with_the_speech(kind):
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    face = kind("r-1", {"joe"})
    face.open(RequestHead("POST", "/tts/bytes", {}, {"traceparent": parent, "tracestate": "a=1"}))
    body = {"model_id": "sonic-3", "transcript": "Hello.", "voice": "joe", "output_format": RAW}
    stream, begin, *_ = face.parse(json.dumps({**body, "generation_config": {"speed": 1.5}}))
    assert (stream.traceparent, stream.tracestate) == (parent, "a=1")
    assert begin.options.speed == 1.5


@pytest.mark.parametrize(("version", "first"), [("2024-06-10", 0), ("2026-03-01", 1)])
def test_flushes_are_counted_from_where_the_clients_version_counts_them(version, first):
    face = CartesiaEvents("r-1", {"joe"})
    face.open(RequestHead("POST", "/tts/sse", {}, {"cartesia-version": version}))
    body = {"model_id": "sonic-3", "transcript": "Hello.", "voice": "joe", "output_format": RAW}
    face.parse(json.dumps(body))
    (event,) = face.render(chunk(b"ab"))
    assert json.loads(event.partition("data: ")[2])["flush_id"] == first


def test_what_is_to_be_spelled_is_spelled():
    _, (_, _, text, *_) = face_of(CartesiaBytes, transcript="Code <spell>AB-1</spell>.")
    assert text.text == "Code A B, 1."


def test_bytes_are_bare_sound_and_floats_in_a_wav_have_one_head():
    face, _ = face_of(CartesiaBytes)
    assert face.headers == {"x-request-id": "r-1", "content-type": "application/octet-stream"}
    assert face.render(chunk(b"ab")) == (b"ab",)
    assert face.render(replies.UtteranceFinished("speech", Receipt())) == face.render(chunk(b"")) == ()
    face, _ = face_of(CartesiaBytes, FLOAT_WAV)
    assert face.headers["content-type"] == "audio/wav"
    (first,) = face.render(chunk(struct.pack("<h", 16384)))
    assert (first[:4], struct.unpack_from("<f", first, 44)) == (b"RIFF", (0.5,))
    assert len(face.render(chunk(b"abcd"))[0]) == 8


def test_mp3_is_for_who_can_make_it():
    mp3 = {"container": "mp3", "sample_rate": 44100, "bit_rate": 128000}
    face, (refused,) = face_of(CartesiaBytes, mp3)
    assert refused.error.reason is Reason.UNKNOWN_FORMAT
    face = CartesiaBytes("r-1", {"joe"}, installed={Encoding.MP3})
    face.open(RequestHead("POST", "/tts/bytes", {}, {}))
    body = {"model_id": "sonic-3", "transcript": "Hello.", "voice": "joe", "output_format": mp3}
    assert face.parse(json.dumps(body))[0].audio_format.encoding is Encoding.MP3
    assert face.headers["content-type"] == "audio/mpeg"


def test_events_are_the_objects_of_the_socket():
    face, _ = face_of(CartesiaEvents, context_id="mine")
    assert face.headers["content-type"] == "text/event-stream"
    error = SpeechError(Reason.VENDOR_LOST, "why")
    for reply, kind in (
        (chunk(b"ab"), "chunk"),
        (replies.UtteranceFinished("speech", Receipt()), "done"),
        (replies.UtteranceFailed("speech", error, "", Receipt()), "error"),
        (replies.StreamError(error), "error"),
    ):
        (event,) = face.render(reply)
        first, data = event.rstrip("\n").split("\n")
        frame = json.loads(data.removeprefix("data: "))
        assert (first, frame["type"], frame["context_id"]) == (f"event: {kind}", kind, "mine")
    assert face.render(replies.GoAway(1, "r")) == ()


@pytest.mark.parametrize("more", [{"transcript": ""}, {"transcript": 3}, {"voice": None}, {"output": None}])
def test_a_bad_request_is_refused(more):
    assert isinstance(face_of(CartesiaBytes, **more)[1][0], events.Refused)


def test_events_have_no_wav():
    (refused,) = face_of(CartesiaEvents, FLOAT_WAV)[1]
    assert refused.error.reason is Reason.UNKNOWN_FORMAT


def test_the_rest():
    face, _ = face_of(CartesiaBytes)
    assert face.key(RequestHead("POST", "/", {}, {"authorization": "Bearer k"})) == "k"
    assert face.refuse(SpeechError(Reason.UNAUTHENTICATED, "x")).status == 401


@given(st.binary(max_size=40) | st.text(max_size=40))
def test_nothing_that_is_sent_raises(body):
    assert isinstance(CartesiaBytes("r", ()).parse(body)[0], events.Refused)


@pytest.mark.parametrize(
    ("output", "size"), [(RAW, 0), (FLOAT_WAV, 44), ({**FLOAT_WAV, "encoding": "pcm_s16le"}, 44)]
)
def test_speech_without_a_sample_is_a_file_all_the_same(output, size):
    face, _ = face_of(CartesiaBytes, output)
    assert len(b"".join(face.render(replies.UtteranceFinished("speech", Receipt())))) == size
