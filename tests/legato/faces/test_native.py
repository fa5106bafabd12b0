import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import PROPERTIES, Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.replies import (
    AudioChunk,
    Opened,
    Pong,
    StreamError,
    UtteranceFailed,
    WordMethod,
    WordSpoken,
)
from legato.domain.speech import StreamLimits
from legato.faces.native import NativeGrpc, NativeSpeak, NativeWebSocket, refusal
from legato.faces.native_frames import HEADER
from legato.ports import Accepted, Refusal, RequestHead
from legato.v1.speech_pb2 import SpeakRequest, SpeakResponse, StreamRequest, StreamResponse

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)


def head(**headers):
    return RequestHead(
        "GET", "/v1/stream", {}, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def raw(**message):
    return StreamRequest(**message).SerializeToString()


def refused(parsed):
    (event,) = parsed
    assert isinstance(event, events.Refused), event
    return event.error


@pytest.fixture
def grpc():
    face = NativeGrpc()
    face.parse(raw(open={}))
    return face


@pytest.fixture
def websocket():
    face = NativeWebSocket()
    face.parse('{"open":{}}')
    return face


def test_both_wires_read_the_same_message():
    for face, frame in (
        (NativeGrpc(), raw(open={"voice": "anna", "max_lead_ms": 0})),
        (NativeWebSocket(), '{"open":{"voice":"anna","maxLeadMs":0}}'),
        (NativeWebSocket(), '{"open":{"voice":"anna","max_lead_ms":0}}'),
    ):
        assert face.parse(frame) == (events.Open("anna", PCM, max_lead_ms=0),)


def test_every_wire_offers_the_encodings_whose_extra_is_installed():
    opus = {"encoding": "ENCODING_OPUS", "bit_rate_kbps": 64}
    spoken = SpeakRequest(text="Hi.")
    spoken.audio_format.encoding, spoken.audio_format.bit_rate_kbps = 6, 64
    asked = {
        NativeGrpc: raw(open={"audio_format": opus}),
        NativeWebSocket: '{"open":{"audioFormat":{"encoding":"ENCODING_OPUS","bitRateKbps":64}}}',
        NativeSpeak: spoken.SerializeToString(),
    }
    for make, frame in asked.items():
        told = make({Encoding.OPUS}).parse(frame)[0]
        assert told.audio_format == AudioFormat(Encoding.OPUS, 48_000, 64)
        error = refused(make({Encoding.MP3}).parse(frame))
        assert error.reason is Reason.UNKNOWN_FORMAT
        assert "ENCODING_OPUS is not supported without an extra of the gateway" in error.message
        assert "ENCODING_MP3 at" in error.message
        assert "extra" not in refused(make().parse(frame)).message


def test_a_name_that_is_no_encoding_is_answered_with_those_that_are_offered():
    frame = '{"open":{"audioFormat":{"encoding":"OPUS"}}}'
    error = refused(NativeWebSocket({Encoding.OPUS}).parse(frame))
    assert "open.audioFormat.encoding must be one of ENCODING_UNSPECIFIED, " in error.message
    assert "supported: ENCODING_PCM_S16LE at " in error.message
    assert "ENCODING_OPUS at 8000, 16000, 24000, 48000 Hz" in error.message
    assert "ENCODING_FLAC at" not in error.message


@pytest.mark.parametrize("message", [{"ping": {}}, {"text": {"utterance_id": "a"}}, {"cancel": {}}])
def test_what_comes_before_open_is_out_of_order(message):
    face = NativeGrpc()
    assert refused(face.parse(raw(**message))).reason is Reason.BAD_ORDER
    assert refused(face.parse(b"\xff")).reason is Reason.BAD_FRAME
    assert isinstance(face.parse(raw(open={}))[0], events.Open)
    assert not isinstance(face.parse(raw(**message))[0], events.Refused)


def test_r8_bytes_that_are_no_message_are_refused_by_name_and_the_call_goes_on(grpc):
    garbage = refused(grpc.parse(b"\xff\xff\xff"))
    assert garbage.reason is Reason.BAD_FRAME
    assert "legato.v1.StreamRequest" in garbage.message
    cut = refused(grpc.parse(raw(text={"utterance_id": "a", "text": "hello"})[:-1]))
    assert "malformed or cut off" in cut.message
    text = refused(grpc.parse(raw(text={"utterance_id": "a", "text": "?"}).replace(b"?", b"\xff")))
    assert "not UTF-8" in text.message
    assert "got text" in refused(grpc.parse("{}")).message
    assert grpc.parse(raw(end={"utterance_id": "a"})) == (events.End("a"),)


def test_a_websocket_takes_no_binary_frame(websocket):
    error = refused(websocket.parse(b"\0" * 30))
    assert error.reason is Reason.BAD_FRAME
    assert "text frame" in error.message


def test_server_seq_counts_every_response_and_the_highest_client_seq_goes_back(grpc):
    grpc.parse(raw(client_seq=5, ping={}))
    grpc.parse(raw(client_seq=3, ping={}))
    told = [StreamResponse.FromString(grpc.render(Pong(""))[0]) for _ in range(3)]
    assert [(one.server_seq, one.acked_client_seq) for one in told] == [(1, 5), (2, 5), (3, 5)]
    assert grpc.server_seq == 3


def test_an_acknowledgement_may_come_alone_and_never_of_what_was_not_sent(grpc):
    grpc.render(Pong(""))
    assert grpc.parse(raw(acked_server_seq=1)) == ()
    assert grpc.acked_server_seq == 1
    assert "at most 1" in refused(grpc.parse(raw(acked_server_seq=2))).message
    assert grpc.parse(raw(acked_server_seq=1, ping={})) == (events.Ping(""),)


def test_a_client_may_say_that_it_will_acknowledge(grpc):
    grpc.parse(raw(open={}))
    assert not grpc.acknowledges
    grpc.parse(raw(open={"acknowledges": True}))
    grpc.parse(raw(ping={}))
    assert grpc.acknowledges


def test_audio_is_a_message_on_grpc_and_a_binary_frame_on_the_websocket(grpc, websocket):
    chunk = AudioChunk("a", 3, 2, 480, b"\1\2")
    audio = StreamResponse.FromString(grpc.render(chunk)[0]).audio
    assert (audio.utterance_id, audio.generation, audio.sample_offset, audio.data) == ("a", 2, 480, b"\1\2")
    (frame,) = websocket.render(chunk)
    assert HEADER.unpack(frame[:24]) == (1, 1, 0, 3, 1, 2, 480)
    assert frame[24:] == b"\1\2"


def test_the_websocket_writes_camel_case_with_64_bit_integers_as_strings(websocket):
    (frame,) = websocket.render(WordSpoken("a", "füür", 1 << 40, 5, 6, 7, WordMethod.VENDOR))
    assert "füür" in frame
    assert json.loads(frame) == {
        "serverSeq": 1,
        "ackedClientSeq": 0,
        "words": {
            "utteranceId": "a",
            "word": "füür",
            "startSample": str(1 << 40),
            "endSample": "5",
            "sourceStart": 6,
            "sourceEnd": 7,
            "method": "WORD_METHOD_VENDOR",
        },
    }


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("", {}),
        ("legato.v1", {"sec-websocket-protocol": "legato.v1"}),
        ("legato.key.abc, legato.v1", {"sec-websocket-protocol": "legato.v1"}),
    ],
)
def test_the_websocket_agrees_on_its_subprotocol(asked, answered):
    headers = {"sec_websocket_protocol": asked} if asked else {}
    assert NativeWebSocket().open(head(**headers)) == Accepted(answered)


def test_another_subprotocol_is_refused():
    answer = NativeWebSocket().open(head(sec_websocket_protocol="graphql-ws"))
    assert isinstance(answer, Refusal)
    assert answer.status == 400
    assert "legato.v1" in json.loads(answer.body)["error"]["message"]


def test_the_trace_of_the_head_holds_where_open_brings_none():
    mine = TRACE.replace("b7", "c7")
    for face, bare, own in (
        (NativeGrpc(), raw(open={}), raw(open={"traceparent": mine})),
        (NativeWebSocket(), '{"open":{}}', json.dumps({"open": {"traceparent": mine}})),
    ):
        face.open(head(traceparent=TRACE, tracestate="a=1"))
        opened = face.parse(bare)[0]
        assert (opened.traceparent, opened.tracestate) == (TRACE, "a=1")
        second = type(face)()
        second.open(head(traceparent=TRACE, tracestate="a=1"))
        told = second.parse(own)[0]
        assert (told.traceparent, told.tracestate) == (mine, "")
    page = NativeWebSocket()
    page.open(RequestHead("GET", "/v1/stream", {"traceparent": TRACE, "tracestate": "a=1"}, {}))
    opened = page.parse('{"open":{}}')[0]
    assert (opened.traceparent, opened.tracestate) == (TRACE, "a=1")
    broken = NativeGrpc()
    broken.open(head(traceparent="no trace"))
    assert broken.parse(raw(open={}))[0].traceparent == ""


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_words_on_every_wire(reason, grpc, websocket):
    error = SpeechError(reason, "expected else", retry_after_s=0.2, utterance_id="u")
    row = PROPERTIES[reason]
    told = StreamResponse.FromString(grpc.render(StreamError(error))[0]).error
    written = json.loads(websocket.render(StreamError(error))[0])["error"]
    answer = refusal(error)

    assert (told.reason, told.code, told.retryable) == (reason.value, row.grpc_code, row.may_retry)
    assert (written["reason"], written["code"], written["fatal"]) == (reason.value, told.code, told.fatal)
    assert answer.status == row.http_status
    assert json.loads(answer.body)["error"]["reason"] == reason.value
    assert answer.headers["retry-after"] == "1"


def test_an_error_of_an_utterance_is_never_fatal(grpc, websocket):
    for utterance_id, fatal in (("", True), ("u", False)):
        error = SpeechError(Reason.SHUTTING_DOWN, "closing", utterance_id=utterance_id)
        told = StreamResponse.FromString(grpc.render(StreamError(error))[0]).error
        written = json.loads(websocket.render(StreamError(error))[0])["error"]
        assert told.fatal is written["fatal"] is fatal


def test_a_failed_utterance_does_not_end_its_stream(grpc):
    error = SpeechError(Reason.INTERNAL, "planted")
    told = StreamResponse.FromString(grpc.render(UtteranceFailed("a", error, "rest", Receipt()))[0])
    assert told.utterance_failed.error.reason == "internal"
    assert not told.utterance_failed.error.fatal


@pytest.mark.parametrize(("state", "kept"), [("a=1", "a=1"), ("A=1", "")])
def test_a_trace_of_a_later_version_is_read_wherever_it_comes(state, kept):
    said = {"traceparent": f"01{TRACE[2:]}-what.the-future-will-be-like", "tracestate": state}
    asked, headed = NativeGrpc(), NativeGrpc()
    asked.open(head())
    headed.open(head(**said))
    told = [
        *asked.parse(raw(open=said)),
        *asked.parse(raw(begin={"utterance_id": "u", **said})),
        *headed.parse(raw(open={})),
        NativeSpeak().parse(SpeakRequest(text="a", **said).SerializeToString())[0],
    ]
    assert [(event.traceparent, event.tracestate) for event in told] == [(TRACE, kept)] * 4


def test_one_text_is_a_whole_conversation():
    face = NativeSpeak()
    assert face.open(head(traceparent=TRACE)) == Accepted({})
    opened, begun, text, end, closed = face.parse(
        SpeakRequest(text="Hello.", voice="anna").SerializeToString()
    )
    assert (opened.voice, opened.max_lead_ms, opened.traceparent) == ("anna", -1, TRACE)
    assert text == events.Text(begun.utterance_id, "Hello.")
    assert (type(end), type(closed)) == (events.End, events.HalfClosed)
    assert refused(face.parse(b"\xff")).reason is Reason.BAD_FRAME


def test_one_text_is_answered_with_what_its_call_has_words_for():
    face = NativeSpeak()
    told = [
        Opened("s", PCM, StreamLimits()),
        AudioChunk("a", 1, 0, 0, b"\0\0"),
        WordSpoken("a", "hi", 0, 1, 0, 2, WordMethod.ENGINE),
        replies.Warned("slow", "it is"),
        replies.UtteranceFinished("a", Receipt()),
    ]
    kinds = [SpeakResponse.FromString(face.render(reply)[0]).WhichOneof("response") for reply in told]
    assert kinds == ["format", "audio", "words", "warning", "finished"]
    assert face.render(Pong("")) == ()


REQUESTS = st.sampled_from([field.name for field in StreamRequest.DESCRIPTOR.fields] + ["", "texts"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(REQUESTS | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_fuzz_any_bytes_are_an_event_or_one_named_error(data):
    for face in (NativeGrpc(), NativeWebSocket(), NativeSpeak()):
        accepted_or_named(face, data)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60)
    | JSON.map(json.dumps)
    | st.tuples(REQUESTS, JSON).map(lambda it: json.dumps(dict([it])))
)
def test_fuzz_any_text_is_an_event_or_one_named_error(text):
    accepted_or_named(NativeWebSocket(), text)
    opened = NativeWebSocket()
    opened.parse('{"open":{}}')
    accepted_or_named(opened, text)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_fuzz_a_damaged_message_is_an_event_or_one_named_error(place, damage):
    whole = raw(
        client_seq=3, begin={"utterance_id": "ab", "track": 3, "options": {"speed": 1.5}, "voice": "anna"}
    )
    place %= len(whole)
    accepted_or_named(NativeGrpc(), whole[:place] + damage + whole[place + len(damage) :])


def accepted_or_named(face, frame):
    for event in face.parse(frame):
        assert isinstance(event, events.ClientEvent)
        if isinstance(event, events.Refused):
            assert event.error.message
            # What is told about it can be written, whatever it was.
            NativeWebSocket().render(StreamError(event.error))
            NativeGrpc().render(StreamError(event.error))


PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()


@pytest.mark.parametrize("reason", Reason)
def test_the_page_tells_every_error_with_its_codes(reason):
    row = PROPERTIES[reason]
    retry = "yes" if row.may_retry else "no"
    codes = f"{row.grpc_code} | {row.close_code} | {row.http_status}"
    assert f"| `{reason.value}` | {row.whose.value} | {retry} | {row.reach.value} | {codes} |" in PAGE


@pytest.mark.parametrize("message", [StreamRequest, StreamResponse], ids=["requests", "responses"])
def test_the_page_tells_every_message(message):
    (group,) = message.DESCRIPTOR.oneofs
    for field in group.fields:
        assert f"`{field.message_type.name}`" in PAGE
