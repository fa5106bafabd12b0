import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.faces.cartesia import CartesiaSpeech, CartesiaSwitches
from legato.ports import Accepted, RequestHead

RAW = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000}
FLOATS = {"container": "raw", "encoding": "pcm_f32le", "sample_rate": 44100}
MORE = {"continue": True}


def opened(switches=None, **query):
    face = CartesiaSpeech("r-1", {"joe", "ann"}, switches)
    assert isinstance(face.open(RequestHead("GET", "/tts/websocket", query, {})), Accepted)
    return face


def say(face, context_id="c", transcript="Hello.", **more):
    message = {
        "model_id": "sonic-3",
        "transcript": transcript,
        "voice": {"mode": "id", "id": "joe"},
        "output_format": RAW,
        "context_id": context_id,
        **more,
    }
    return list(face.parse(json.dumps(message, indent=2)))


def told(face, reply):
    return [json.loads(frame) for frame in face.render(reply)]


def refused(face, found):
    """The frames that tell of the refusal in these events."""
    (error,) = [event.error for event in found if isinstance(event, events.Refused)]
    return told(face, replies.StreamError(error))


def finished(number):
    return replies.UtteranceFinished(str(number), Receipt())


def failed(number, reason=Reason.VENDOR_LOST):
    return replies.UtteranceFailed(str(number), SpeechError(reason, "why"), "", Receipt())


def test_the_stream_belongs_to_the_trace_of_the_handshake():
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    face = CartesiaSpeech("r-1", {"joe"})
    face.open(RequestHead("GET", "/tts/websocket", {}, {"traceparent": parent, "tracestate": "a=1"}))
    stream = say(face)[0]
    assert (stream.traceparent, stream.tracestate) == (parent, "a=1")


def test_the_first_message_opens_the_stream_in_its_format_and_begins_a_context():
    stream, begin, text, end = say(opened(), output_format=FLOATS, language="en", add_timestamps=True)
    assert (stream.voice, stream.audio_format.sample_rate_hz) == ("", 44_100)
    assert (begin.utterance_id, begin.voice, begin.language, begin.options.words) == ("1", "joe", "en", True)
    assert (text, end) == (events.Text("1", "Hello."), events.End("1"))


def test_a_context_goes_on_until_it_is_told_that_nothing_follows():
    face = opened()
    assert len(say(face, **{"continue": True})) == 3
    assert say(face, transcript="How are you?", **{"continue": True}) == [events.Text("1", " How are you?")]
    assert say(face, transcript="", flush=True, **{"continue": True}) == [events.Flush("1", "1")]
    assert say(face, transcript=" ", **{"continue": False}) == [events.Text("1", " "), events.End("1")]


def test_what_is_to_be_spelled_may_be_cut_and_is_let_go_with_a_flush_or_the_end():
    face, goes_on = opened(), {"continue": True}
    assert say(face, transcript="Code <spell>A", **goes_on)[2:] == [events.Text("1", "Code ")]
    assert say(face, transcript="B</spell>, <sp", **goes_on) == [events.Text("1", "A B, ")]
    assert say(face, transcript="", flush=True, **goes_on) == [
        events.Text("1", "<sp"),
        events.Flush("1", "1"),
    ]
    assert say(face, transcript="<spell>C") == [events.Text("1", "C"), events.End("1")]


def test_an_end_without_text_may_name_another_voice_and_format():
    face = opened()
    say(face, **{"continue": True})
    assert say(face, transcript="", voice="6ccbfb76-1fc6-48f7-b71d-91ac6298247b", output_format=FLOATS) == [
        events.End("1")
    ]


def test_contexts_sound_beside_one_another_and_tracks_are_used_again():
    face = opened()
    tracks = {}
    for name in "abc":
        tracks[name] = next(e.track for e in say(face, name) if isinstance(e, events.Begin))
    assert tracks == {"a": 0, "b": 1, "c": 2}
    assert told(face, finished(2))[0]["context_id"] == "b"
    assert next(e.track for e in say(face, "d") if isinstance(e, events.Begin)) == 1


def test_an_id_that_is_used_again_is_a_new_utterance_behind_the_one_before():
    face = opened()
    say(face, "z", **{"continue": True})
    say(face, "c")
    begin, *_ = say(face, "c")
    assert (begin.utterance_id, begin.track) == ("3", 1)
    assert [told(face, finished(n))[0]["context_id"] for n in (2, 3)] == ["c", "c"]


@pytest.mark.parametrize(("version", "first"), [("2024-06-10", 0), ("2026-03-01", 1)])
def test_flushes_are_counted_from_where_the_clients_version_counts_them(version, first):
    face = opened(cartesia_version=version)
    say(face, **MORE)
    (frame,) = told(face, replies.AudioChunk("1", 1, 0, 0, b"ab"))
    assert frame["flush_id"] == first


def test_flags_may_be_written_as_texts():
    face = opened()
    no, yes = {"continue": "false"}, {"continue": "True"}
    assert not isinstance(say(face, flush="false", cancel="False", **yes)[-1], events.End | events.Flush)
    assert say(face, transcript="", **no) == [events.End("1")]
    assert say(face, "d", add_timestamps="true")[0].options.words


@pytest.mark.parametrize("no_id", [None, ""])
def test_a_message_without_a_context_has_one_made_for_it(no_id):
    face = opened()
    assert say(face, no_id, **{"continue": True})[-1] == events.End("1")
    assert told(face, finished(1))[0]["context_id"] == "r-1-1"


def test_a_cancel_stops_all_of_that_name_and_an_unknown_one_nothing():
    face = opened()
    say(face)
    say(face)
    cancel = json.dumps({"context_id": "c", "cancel": True}, indent=4)
    assert list(face.parse(cancel)) == [events.Cancel("1"), events.Cancel("2")]
    assert list(face.parse(json.dumps({"context_id": "x", "cancel": True}))) == []
    gone = replies.UtteranceCancelled("1", "", "", "", 0, replies.HeardMethod.WRITE_TIMES, Receipt())
    assert [frame["type"] for frame in told(face, gone)] == ["done"]
    assert told(face, gone) == []


def test_a_cancel_may_be_left_without_an_answer():
    face = opened(CartesiaSwitches(confirms_cancel=False))
    say(face)
    gone = replies.UtteranceCancelled("1", "", "", "", 0, replies.HeardMethod.WRITE_TIMES, Receipt())
    assert told(face, gone) == []
    assert told(face, finished(1)) == []


def test_another_output_format_is_refused_by_name_and_the_context_alone_ends():
    face = opened()
    say(face, "a", **{"continue": True})
    (frame,) = refused(face, say(face, "b", output_format=FLOATS))
    assert (frame["context_id"], frame["status_code"]) == ("b", 400)
    assert "raw pcm_s16le at 24000 Hz" in frame["message"]
    assert say(face, "a", "More.") == [events.Text("1", " More."), events.End("1")]


def test_a_context_that_goes_on_in_another_output_format_is_refused_too():
    """It would be sent in the first one, and played as noise."""
    face = opened()
    say(face, **MORE)
    (frame,) = refused(face, say(face, output_format=FLOATS, **MORE))
    assert (frame["context_id"], frame["status_code"]) == ("c", 400)
    assert "raw pcm_s16le at 24000 Hz" in frame["message"]


def test_an_error_of_a_context_is_told_once_and_it_is_cancelled():
    face = opened()
    say(face, **{"continue": True})
    (frame,) = refused(face, say(face, voice="ann", **{"continue": True}))
    assert (frame["type"], frame["context_id"], frame["done"]) == ("error", "c", True)
    assert told(face, replies.AudioChunk("1", 1, 0, 0, b"ab")) == []
    assert face.prompted() == [events.Cancel("1")]
    assert face.prompted() == []
    assert told(face, failed(1)) == []


def gone(number):
    return replies.UtteranceCancelled(str(number), "", "", "", 0, replies.HeardMethod.WRITE_TIMES, Receipt())


@pytest.mark.parametrize("how", ["fails", "is too long", "is refused", "is cancelled"])
def test_what_comes_late_for_a_context_that_is_over_begins_no_other_one(how):
    """R8: its rest would be spoken from the middle, and a second `done` ends the reading of another context."""
    face = opened()
    say(face, **MORE)
    if how == "fails":
        told(face, failed(1))
    elif how == "is too long":
        told(face, replies.StreamError(SpeechError(Reason.TEXT_TOO_LONG, "why", utterance_id="1")))
        assert face.prompted() == [events.Cancel("1")]
        assert told(face, gone(1)) == []
    elif how == "is refused":
        refused(face, say(face, voice="ann", **MORE))
    else:
        face.parse(json.dumps({"context_id": "c", "cancel": True}))
        told(face, gone(1))
    late = [say(face, transcript=text, **more) for text, more in [("and so ", MORE), ("on.", MORE), ("", {})]]
    assert late == [[], [], []]
    assert isinstance(say(face)[0], events.Begin), "its text has ended: the id is free"


def test_an_older_client_that_still_writes_is_told_that_it_is_not_done_and_then_that_it_is():
    """R8: LiveKit's looks at `done` before it looks for errors, passes over it while it writes, and waits for another one."""
    face = opened(cartesia_version="2025-04-16")
    say(face, **MORE)
    (error,) = told(face, failed(1))
    assert (error["type"], error["done"]) == ("error", False)
    assert say(face, transcript="more ", **MORE) == []
    (ping,) = say(face, transcript=" ")
    (done,) = told(face, replies.Pong(ping.payload))
    assert (done["type"], done["context_id"], done["done"]) == ("done", "c", True)
    say(face)
    assert told(face, failed(2))[0]["done"] is True, "nothing more comes from it"
    say(face, **MORE)
    told(face, failed(3))
    cancel = json.dumps({"context_id": "c", "cancel": True})
    assert list(face.parse(cancel)) == [ping]
    assert [*face.parse(cancel), *say(face, transcript=" ")] == []


def test_an_older_client_that_has_cancelled_is_owed_no_other_done():
    face = opened(cartesia_version="2025-04-16")
    say(face, **MORE)
    assert [*face.parse(json.dumps({"context_id": "c", "cancel": True}))] == [events.Cancel("1")]
    assert [frame["type"] for frame in told(face, gone(1))] == ["done"]
    assert [*say(face, transcript="more ", **MORE), *say(face, transcript=" ")] == []


@pytest.mark.parametrize(("version", "done"), [("2025-11-03", False), ("2025-11-04", True)])
def test_an_error_is_the_last_that_a_newer_client_reads_of_a_context(version, done):
    face = opened(cartesia_version=version)
    say(face, **MORE)
    (error,) = told(face, failed(1))
    assert error["done"] is done


def test_a_context_whose_text_had_ended_leaves_its_id_free():
    face = opened()
    say(face)
    told(face, failed(1))
    assert isinstance(say(face, **MORE)[0], events.Begin)
    refused(face, say(face, voice="ann"))
    assert isinstance(say(face, **MORE)[0], events.Begin)


def test_ids_of_contexts_that_broke_off_are_not_kept_for_ever():
    face = opened()
    for number in range(70):
        say(face, f"c{number}", **MORE)
        told(face, failed(number + 1))
    assert say(face, "c69", **MORE) == []
    assert isinstance(say(face, "c0", **MORE)[0], events.Begin)


def test_an_unknown_voice_in_the_middle_ends_the_context_as_another_one_does():
    face = opened()
    say(face, **{"continue": True})
    (frame,) = refused(face, say(face, voice="nobody", **{"continue": True}))
    assert (frame["context_id"], frame["status_code"]) == ("c", 400)
    assert face.prompted() == [events.Cancel("1")]


def test_what_could_not_begin_is_told_once_and_forgotten():
    face = opened()
    say(face)
    full = SpeechError(Reason.TOO_MANY_UTTERANCES, "full", utterance_id="1")
    (frame,) = told(face, replies.StreamError(full))
    assert (frame["context_id"], frame["status_code"], frame["error_code"]) == (
        "c",
        429,
        "concurrency_limited",
    )
    late = SpeechError(Reason.UNKNOWN_UTTERANCE, "late", utterance_id="1")
    assert told(face, replies.StreamError(late)) == []
    assert face.prompted() == []


@pytest.mark.parametrize("wrong", [{"transcript": 5}, {"context_id": "c" * 257}, {"context_id": 5}])
def test_a_first_message_that_cannot_be_read_is_refused_and_the_next_opens_the_stream(wrong):
    face = opened()
    (refusal,) = say(face, **wrong)
    assert next(iter(wrong)) in refusal.error.message
    stream, begin, *_ = say(face, context_id="c" * 256)
    assert isinstance(stream, events.Open)
    assert isinstance(begin, events.Begin)


def test_a_refused_first_message_leaves_the_format_open():
    face = opened()
    assert refused(face, say(face, output_format={"container": "mp3"}))[0]["context_id"] == "c"
    assert say(face, output_format=FLOATS)[0].audio_format.sample_rate_hz == 44_100


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_told_with_its_context_or_none(reason):
    face = opened()
    say(face)
    (frame,) = told(face, replies.StreamError(SpeechError(reason, "why")))
    assert (frame["context_id"], frame["message"]) == ("", "why")
    (frame,) = told(face, failed(1, reason))
    assert (frame["type"], frame["context_id"]) == ("error", "c")
    assert json.loads(face.refuse(SpeechError(reason, "why")).body)["request_id"] == "r-1"


def test_an_older_client_reads_errors_as_text():
    face = opened(cartesia_version="2025-04-16")
    (frame,) = refused(face, say(face, voice="nobody"))
    assert frame["error"].startswith("Voice not found: there is no voice 'nobody'")
    face = CartesiaSpeech("r-1", {"joe"})
    face.key(RequestHead("GET", "/tts/websocket", {"cartesia_version": "2025-04-16"}, {}))
    assert face.refuse(SpeechError(Reason.UNAUTHENTICATED, "no")).body == b"Unauthorized: no"


def test_the_rest():
    face = opened()
    assert face.key(RequestHead("GET", "/", {}, {"x-api-key": "k"})) == "k"
    assert face.headers == {"x-request-id": "r-1"}
    assert face.render(replies.GoAway(1, "r")) == ()
    for wrong in (b"\xff", "[]", '{"context_id": 3}', json.dumps({"context_id": "x" * 300})):
        (event,) = face.parse(wrong)
        assert isinstance(event, events.Refused)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["joe", "c", "raw"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("context_id", "transcript", "voice", "output_format", "continue", "flush", "cancel", "language")
messages = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, values)).map(json.dumps)


@given(st.lists(messages | st.binary(max_size=30) | st.text(max_size=30), max_size=6))
def test_nothing_that_is_sent_raises(frames):
    face = opened()
    for frame in frames:
        for event in face.parse(frame):
            if isinstance(event, events.Refused):
                assert len(face.render(replies.StreamError(event.error))) <= 1
