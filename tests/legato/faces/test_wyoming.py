import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.faces.wyoming import FORMAT, WyomingSpeech
from legato.faces.wyoming_frames import FrameReader, frame
from legato.ports import Accepted, RequestHead
from tests.legato.faces.test_wyoming_info import Directory

HEAD = RequestHead("TCP", "", {}, {})


def face_of(key=""):
    face = WyomingSpeech(Directory(), key)
    assert isinstance(face.open(HEAD), Accepted)
    return face


def say(face, kind, **data):
    return list(face.parse(frame(kind, data)))


def told(face, reply):
    reader = FrameReader()
    return [(m.kind, m.data) for f in face.render(reply) for m in reader.feed(f)]


def kinds(face, reply):
    return [kind for kind, _ in told(face, reply)]


def started(number):
    return replies.UtteranceStarted(str(number), number, 0, 0, 0)


def chunk(number):
    return replies.AudioChunk(str(number), number, 0, 0, b"abcd")


def finished(number):
    return replies.UtteranceFinished(str(number), Receipt())


def failed(number, reason=Reason.VENDOR_LOST):
    return replies.UtteranceFailed(str(number), SpeechError(reason, "why"), "", Receipt())


def test_a_whole_text_is_one_utterance_that_ends_with_audio_stop():
    face = face_of()
    stream, begin, text, end = say(face, "synthesize", text="Hello.", voice={"name": "anna"})
    assert (stream.audio_format, stream.max_lead_ms, stream.waiting_turns) == (FORMAT, -1, 64)
    assert (begin.voice, text, end) == ("anna", events.Text("1", "Hello."), events.End("1"))
    assert told(face, started(1)) == [("audio-start", {"rate": 22050, "width": 2, "channels": 1})]
    assert kinds(face, chunk(1)) == ["audio-chunk"]
    assert face.render(chunk(1))[0].endswith(b"abcd")
    assert kinds(face, finished(1)) == ["audio-stop"]
    assert say(face, "synthesize", text="Again.")[0].utterance_id == "2"


def test_a_text_in_pieces_is_one_utterance_too_and_the_whole_text_in_between_is_passed_over():
    face = face_of()
    _, begin = say(face, "synthesize-start", voice={"language": "de"}, text_format="ssml")
    assert (begin.voice, begin.language, begin.options.ssml) == ("doris", "de", True)
    assert say(face, "synthesize-chunk", text="Guten ") == [events.Text("1", "Guten ")]
    assert say(face, "synthesize", text="Guten Tag.") == []
    assert say(face, "synthesize-chunk", text="\ud83d") == [events.Text("1", "\ufffd")]
    assert say(face, "synthesize-stop") == [events.End("1")]
    assert (kinds(face, started(1)), kinds(face, finished(1))) == (
        ["audio-start"],
        ["audio-stop", "synthesize-stopped"],
    )


def test_a_silent_text_has_a_beginning_and_an_end():
    face = face_of()
    say(face, "synthesize", text="")
    assert kinds(face, finished(1)) == ["audio-start", "audio-stop"]
    say(face, "synthesize", text="👍")
    assert kinds(face, chunk(2)) == ["audio-start", "audio-chunk"], "silence, in place of speech"
    assert kinds(face, finished(2)) == ["audio-stop"]


def test_a_failure_is_told_and_the_end_comes_all_the_same():
    face = face_of()
    say(face, "synthesize", text="a")
    assert told(face, failed(1)) == [("error", {"text": "why", "code": "vendor_lost"}), ("audio-stop", {})]
    say(face, "synthesize-start")
    assert kinds(face, failed(2)) == ["error", "audio-stop", "synthesize-stopped"]
    for kind in ("synthesize-chunk", "synthesize", "synthesize-stop"):
        assert say(face, kind, text="a") == []
    assert say(face, "synthesize", text="b")


def test_a_refused_beginning_is_told_once_with_its_end():
    face = face_of()
    (refused,) = say(face, "synthesize-start", voice={"name": "nobody"})
    assert kinds(face, replies.StreamError(refused.error)) == ["error", "audio-stop", "synthesize-stopped"]
    assert say(face, "synthesize-chunk", text="a") == say(face, "synthesize-stop") == []
    (refused,) = say(face, "synthesize", text=3)
    assert kinds(face, replies.StreamError(refused.error)) == ["error", "audio-stop"]
    say(face, "synthesize", text="a")
    full = SpeechError(Reason.TOO_MANY_UTTERANCES, "full", utterance_id="3")
    assert kinds(face, replies.StreamError(full)) == ["error", "audio-stop"]
    assert kinds(face, replies.StreamError(full)) == []


def test_text_that_is_too_long_is_told_and_the_rest_is_spoken():
    face = face_of()
    say(face, "synthesize-start")
    long = SpeechError(Reason.TEXT_TOO_LONG, "long", utterance_id="1")
    assert kinds(face, replies.StreamError(long)) == ["error"]
    assert say(face, "synthesize-stop") == [events.End("1")]


def test_a_new_start_ends_the_stream_before_it():
    face = face_of()
    say(face, "synthesize-start")
    assert [type(e) for e in say(face, "synthesize-start")] == [events.End, events.Begin]


def test_questions_are_answered_before_anything_is_spoken():
    face = face_of()
    (asked,) = say(face, "describe")
    ((kind, data),) = told(face, replies.Pong(asked.payload))
    assert (kind, data["tts"][0]["name"]) == ("info", "legato")
    for text in ("hi", "\ud800", "info"):
        (asked,) = say(face, "ping", text=text)
        assert told(face, replies.Pong(asked.payload)) == [("pong", {"text": text})]
    (asked,) = say(face, "ping", text=None)
    assert told(face, replies.Pong(asked.payload)) == [("pong", {})]


def test_messages_out_of_order_are_refused_and_other_trades_passed_over():
    face = face_of()
    for kind in ("synthesize-chunk", "synthesize-stop"):
        (refused,) = say(face, kind, text="a")
        assert told(face, replies.StreamError(refused.error))[0][1]["code"] == "bad_order"
    say(face, "synthesize-start")
    assert isinstance(say(face, "synthesize-chunk")[0], events.Refused)
    assert say(face, "audio-chunk") == say(face, "select-program", name="x") == []


def test_what_cannot_be_read_ends_the_connection():
    face = face_of()
    refused, end = face.parse("GET / HTTP/1.1\r\n")
    assert (type(refused), end) == (events.Refused, events.HalfClosed())
    assert list(face.parse(frame("describe"))) == []


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_code(reason):
    error = SpeechError(reason, "why")
    expected = [("error", {"text": "why", "code": reason.value})]
    assert told(face_of(), replies.StreamError(error)) == expected
    refusal = face_of().refuse(error)
    assert [m.data["code"] for m in FrameReader().feed(refusal.body)] == [reason.value]
    assert refusal.status >= 400


def test_the_rest():
    face = face_of("sesame")
    assert face.key(HEAD) == "sesame"
    assert face.headers == {}
    assert face.render(replies.GoAway(1, "r")) == face.render(chunk(9)) == ()
    say(face, "synthesize", text="a")
    assert face.render(replies.Flushed("1", "", 0)) == ()
    gone = replies.UtteranceCancelled("1", "", "", "", 0, replies.HeardMethod.WRITE_TIMES, Receipt())
    assert kinds(face, gone) == ["audio-stop"]


KINDS = ("describe", "ping", "synthesize", "synthesize-start", "synthesize-chunk", "synthesize-stop", "x")
values = st.none() | st.text(max_size=5) | st.integers() | st.dictionaries(st.text(max_size=4), st.text())
data = st.fixed_dictionaries({}, optional=dict.fromkeys(("text", "voice", "text_format"), values))
frames = st.builds(lambda kind, data: frame(kind, json.loads(json.dumps(data))), st.sampled_from(KINDS), data)


@given(st.lists(frames | st.binary(max_size=20), max_size=10))
def test_nothing_that_is_sent_raises(sent):
    face = face_of()
    for piece in sent:
        for event in face.parse(piece):
            if isinstance(event, events.Refused):
                face.render(replies.StreamError(event.error))
            if isinstance(event, events.Ping):
                assert face.render(replies.Pong(event.payload))
