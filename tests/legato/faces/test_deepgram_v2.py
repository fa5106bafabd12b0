import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.domain import events, replies
from legato.domain.errors import Reach, Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import StreamLimits, UtteranceOptions
from legato.faces.deepgram_models import model_uuid
from legato.faces.deepgram_v2 import DeepgramV2Speak, DeepgramV2Switches
from legato.ports import Accepted, RequestHead

SECOND = bytes(48_000)


def opened(switches=None, headers=None, **query):
    face = DeepgramV2Speak("r-1", {"joe"}, switches)
    answer = face.open(RequestHead("GET", "/v2/speak", {"model": "flux-kit-en", **query}, headers or {}))
    if isinstance(answer, Accepted):
        told(face, replies.Opened("s", answer.events[0].audio_format, StreamLimits()))
    return face, answer


def say(face, kind, **more):
    return list(face.parse(json.dumps({"type": kind, **more})))


def told(face, *several):
    frames = [frame for reply in several for frame in face.render(reply)]
    return [json.loads(frame) if isinstance(frame, str) else frame for frame in frames]


def types(frames):
    return [frame if isinstance(frame, bytes) else frame["type"] for frame in frames]


def answered(face, asked):
    """What the client is told when the session answers the pings among these."""
    return told(face, *(replies.Pong(event.payload) for event in asked if isinstance(event, events.Ping)))


def audio(name, seconds=1):
    return replies.AudioChunk(name, 1, 0, 0, SECOND * seconds)


def finished(name):
    return replies.UtteranceFinished(name, Receipt())


def cancelled(name, *texts):
    heard, unheard, unsent = texts or ("", "", "")
    return replies.UtteranceCancelled(name, heard, unheard, unsent, 0, replies.HeardMethod.PLAYED, Receipt())


def offset(ms):
    return {"type": "time_ms", "value": ms}


def test_the_query_says_how_it_sounds_and_connected_comes_first():
    face, answer = opened(model="joe", encoding="alaw", speed="1.5", expressivity="2", unknown="x")
    (event,) = answer.events
    assert (event.voice, event.audio_format.sample_rate_hz, event.options.speed) == ("joe", 8000, 1.5)
    (connected,) = told(face, replies.Opened("s", event.audio_format, StreamLimits()))
    assert connected["type"] == "Connected"
    assert (connected["request_id"], connected["model_name"]) == ("r-1", "joe")
    for wrong in ({"model": "aura-2-thalia-en"}, {"encoding": "mp3"}, {"speed": "9"}):
        assert opened(**wrong)[1].status == 400
    said = json.loads(opened(encoding="alaw", sample_rate="24000")[1].body)["err_msg"]
    assert said == "sample_rate 24000 is not supported with encoding alaw; supported: 8000, 16000"
    protocols = {"sec-websocket-protocol": "token, abc"}
    assert opened(headers=protocols)[1].headers["sec-websocket-protocol"] == "token"


def test_the_trace_of_the_request_goes_with_the_stream_and_64_turns_may_wait():
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    (event,) = opened(headers={"traceparent": trace, "tracestate": "a=1"})[1].events
    assert (event.traceparent, event.tracestate, event.waiting_turns) == (trace, "a=1", 64)


def test_a_turn_from_its_first_text_to_its_metadata():
    face, _ = opened()
    assert say(face, "Speak", text="Hello ") == [events.Begin("1"), events.Text("1", "Hello ")]
    assert say(face, "Speak", text="there.") == [events.Text("1", "there.")]
    asked = say(face, "Flush")
    assert asked[0] == events.End("1")
    (flushed,) = answered(face, asked)
    started, sound, metadata = told(face, audio("1"), finished("1"))
    assert sound == SECOND
    assert started == {"type": "SpeechStarted", "speech_id": flushed["speech_id"]}
    assert metadata["type"] == "SpeechMetadata"
    assert (metadata["audio_duration_ms"], metadata["input_character_count"]) == (1000, 12)
    assert metadata["speech_id"] == flushed["speech_id"]
    assert told(face, audio("1"), finished("1")) == []
    assert say(face, "Speak", text="More.")[0] == events.Begin("2")


def test_what_a_client_of_flux_reads_is_spelled_as_deepgram_does():
    face = DeepgramV2Speak("r-1", {"joe"})
    answer = face.open(RequestHead("GET", "/v2/speak", {"model": "joe"}, {}))
    assert answer.headers == {"dg-request-id": "r-1"}
    assert told(face, replies.Opened("s", answer.events[0].audio_format, StreamLimits())) == [
        {
            "type": "Connected",
            "request_id": "r-1",
            "model_name": "joe",
            "model_version": "1",
            "model_uuids": [model_uuid("joe")],
        }
    ]
    (warned,) = answered(face, say(face, "Interrupt", playback_offset=5))
    assert (warned["type"], warned["code"]) == ("Warning", "INVALID_INTERRUPT_OFFSET")
    assert warned["description"] == 'playback_offset must be {"type": "time_ms", "value": …}'


def test_an_interrupt_that_comes_as_its_turn_ends_does_not_block_the_next_one():
    face, _ = opened()
    say(face, "Speak", text="Hello.")
    say(face, "Flush")
    assert say(face, "Interrupt") == [events.Cancel()]
    assert types(told(face, audio("1"), finished("1")))[-1] == "SpeechMetadata"
    say(face, "Speak", text="Never mind.")
    assert say(face, "Interrupt") == [events.Cancel()]


def test_an_empty_flush_has_its_metadata_too():
    face, _ = opened()
    asked = say(face, "Flush")
    assert asked[:2] == [events.Begin("1"), events.End("1")]
    silent = replies.Warned("nothing_to_say", "nothing", "1")
    frames = told(face, silent, finished("1"))
    assert types(frames) == ["Warning", "SpeechStarted", "SpeechMetadata"]
    assert frames[0]["code"] == frames[0]["warn_code"] == "NO_SYNTHESIZABLE_TEXT"


def test_flushed_may_be_last():
    face, _ = opened(DeepgramV2Switches(flushed_is_last=True))
    say(face, "Speak", text="Hi.")
    assert say(face, "Flush") == [events.End("1")]
    assert types(told(face, finished("1"))) == ["SpeechStarted", "SpeechMetadata", "Flushed"]


def test_an_interrupt_with_an_offset_tells_what_was_heard():
    face, _ = opened()
    say(face, "Speak", text="One two three.")
    told(face, audio("1", 3))
    assert say(face, "Interrupt", playback_offset=offset(1200)) == [events.Cancel(played_sample=28_800)]
    (told_so,) = told(face, cancelled("1", "One ", "two ", "three."))
    assert told_so["type"] == "SpeechInterrupted"
    assert (told_so["audio_played_ms"], told_so["text_spoken"]) == (1200, "One ")
    assert told_so["text_remaining"] == "two three."
    assert told_so["metadata"]["audio_duration_ms"] == 3000
    assert told(face, finished("1"), audio("1")) == []


def test_the_next_offset_counts_from_what_was_played_and_goes_on():
    face, _ = opened()
    say(face, "Speak", text="One.")
    told(face, audio("1", 3))
    say(face, "Interrupt", playback_offset=offset(1000))
    told(face, cancelled("1"))
    say(face, "Speak", text="Two.")
    told(face, audio("2"))
    for late in (500, 1000):
        (warning,) = answered(face, say(face, "Interrupt", playback_offset=offset(late)))
        assert warning["code"] == "INVALID_INTERRUPT_OFFSET"
    assert say(face, "Interrupt", playback_offset=offset(1500)) == [
        events.Cancel(played_sample=3 * 24_000 + 12_000)
    ]


def test_an_interrupt_without_an_offset_stops_every_turn_and_tells_no_text():
    face, _ = opened()
    say(face, "Speak", text="One.")
    say(face, "Flush")
    say(face, "Speak", text="Two.")
    told(face, audio("1", 2))
    assert say(face, "Interrupt") == [events.Cancel()]
    (warning,) = answered(face, say(face, "Interrupt"))
    assert warning["code"] == "INTERRUPT_IN_PROGRESS"
    frames = told(face, cancelled("1"), cancelled("2"))
    assert types(frames) == ["SpeechInterrupted", "SpeechStarted", "SpeechInterrupted"]
    assert frames[0]["audio_played_ms"] == 2000
    assert "text_spoken" not in frames[0]
    assert say(face, "Speak", text="Three.")[0] == events.Begin("3")


def test_a_late_interrupt_is_a_routine_warning():
    face, _ = opened()
    (warning,) = answered(face, say(face, "Interrupt"))
    assert warning == {
        "type": "Warning",
        "code": "NO_ACTIVE_SPEECH",
        "description": "nothing is being spoken",
        "warn_code": "NO_ACTIVE_SPEECH",
        "warn_msg": "nothing is being spoken",
    }


def test_a_new_speed_is_confirmed_and_a_wrong_one_names_its_field():
    face, _ = opened()
    asked = say(face, "Configure", speed="1.25")
    assert asked[0] == events.Configure(options=UtteranceOptions(speed=1.25))
    assert answered(face, asked) == [{"type": "ConfigureSuccess", "applied": {"speed": 1.25}}]
    assert answered(face, say(face, "Configure")) == [{"type": "ConfigureSuccess", "applied": {}}]
    asked = say(face, "Configure", speed=1.234)
    (failure,) = answered(face, asked)
    assert len(asked) == 1
    assert (failure["type"], failure["code"]) == ("ConfigureFailure", "SPEED_INCREMENT_INVALID")
    assert (failure["field"], failure["value"]) == ("speed", 1.234)


def test_close_speaks_what_it_has_and_tells_the_sums_last():
    face, _ = opened()
    say(face, "Speak", text="Hello.")
    assert say(face, "Close") == [events.HalfClosed()]
    frames = told(face, audio("1"), finished("1"))
    assert types(frames)[-2:] == ["SpeechMetadata", "SessionMetadata"]
    assert frames[-1]["total_audio_duration_ms"] == 1000
    assert frames[-1]["total_billable_character_count"] == 6
    assert say(face, "Speak", text="More.") == []
    assert face.farewell(None) == (1000, "")


@pytest.mark.parametrize("last", [False, True])
def test_the_sums_wait_for_every_turn_and_only_a_flush_is_answered(last):
    face, _ = opened(DeepgramV2Switches(flushed_is_last=last))
    say(face, "Speak", text="Hello.")
    say(face, "Flush")
    say(face, "Speak", text="Bye.")
    say(face, "Close")
    nothing = replies.AudioChunk("1", 1, 0, 0, b"")
    assert told(face, nothing) == [], "no speech has started"
    assert types(told(face, finished("1"))) == ["SpeechStarted", "SpeechMetadata", *["Flushed"] * last]
    assert types(told(face, finished("2"))) == ["SpeechStarted", "SpeechMetadata", "SessionMetadata"]


def test_close_with_nothing_to_say_is_answered_at_once():
    face, _ = opened()
    asked = say(face, "Close")
    assert asked[-1] == events.HalfClosed()
    assert types(answered(face, asked)) == ["SessionMetadata"]


@pytest.mark.parametrize("reason", list(Reason))
def test_a_turn_that_fails_is_an_error_and_the_end(reason):
    face, _ = opened()
    say(face, "Speak", text="Hello.")
    stray = replies.UtteranceFailed("9", SpeechError(reason, "why"), "", Receipt())
    assert told(face, stray) == []
    failed = replies.UtteranceFailed("1", SpeechError(reason, "why"), "", Receipt())
    (error,) = told(face, failed)
    assert (error["type"], error["description"]) == ("Error", "why")
    assert error["code"]
    assert face.over
    code, words = face.farewell(None)
    assert code in {1000, 1008, 1009, 1011}
    assert words == (f"{error['code']}: why" if reason is not Reason.CANCELLED else "")
    assert told(face, failed, audio("1"), finished("1")) == []
    assert say(face, "Speak", text="More.") == []


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_the_stream_is_told(reason):
    face, _ = opened()
    error = SpeechError(reason, "why")
    ends = error.properties.reach is Reach.STREAM
    (frame,) = told(face, replies.StreamError(error))
    assert (frame["type"], face.over) == (("Error", True) if ends else ("Warning", False))
    assert frame["description"] == "why"


def test_a_turn_that_could_not_begin_and_a_stream_that_could_not_open():
    face, _ = opened()
    say(face, "Speak", text="Hello.")
    late = SpeechError(Reason.SHUTTING_DOWN, "late", utterance_id="1")
    assert types(told(face, replies.StreamError(late))) == ["Error"]
    face = DeepgramV2Speak("r-1", {"joe"})
    face.open(RequestHead("GET", "/v2/speak", {"model": "joe"}, {}))
    assert types(told(face, replies.StreamError(SpeechError(Reason.UNKNOWN_VOICE, "no")))) == ["Error"]


def test_a_mistake_in_one_message_is_a_warning_and_the_others_go_on():
    face, _ = opened()
    say(face, "Speak", text="Hello.")
    for error in (
        SpeechError(Reason.BAD_FRAME, "type must be one of …"),
        SpeechError(Reason.UNKNOWN_VOICE, "no", utterance_id="9"),
    ):
        assert types(told(face, replies.StreamError(error))) == ["Warning"]
    assert types(told(face, audio("1"), finished("1")))[-1] == "SpeechMetadata"


def full(name):
    return replies.StreamError(SpeechError(Reason.TOO_MANY_UTTERANCES, "full", utterance_id=name))


@pytest.mark.parametrize("last", [False, True])
def test_a_turn_for_which_there_is_no_room_is_refused_by_name_and_the_others_go_on(last):
    """The socket closed, and with it went the 64 that waited."""
    face, _ = opened(DeepgramV2Switches(flushed_is_last=last))
    say(face, "Speak", text="Hello.")
    say(face, "Flush")
    say(face, "Speak", text="And ")
    unknown = SpeechError(Reason.UNKNOWN_UTTERANCE, "refused when it began", utterance_id="2")
    (refused,) = told(face, full("2"), replies.StreamError(unknown))
    assert (refused["type"], refused["description"]) == ("Warning", "full")
    assert say(face, "Speak", text="more.") == []
    (mistake,) = told(face, replies.StreamError(SpeechError(Reason.BAD_FRAME, "what is this?")))
    assert mistake["description"] == "what is this?"
    ended = answered(face, say(face, "Flush"))
    closing = ["SpeechStarted", "SpeechMetadata"]
    assert types(ended) == ([*closing, "Flushed"] if last else ["Flushed", *closing])
    metadata = next(frame for frame in ended if frame["type"] == "SpeechMetadata")
    assert (metadata["audio_duration_ms"], metadata["input_character_count"]) == (0, 0)
    assert not face.over
    assert types(told(face, audio("1"), finished("1")))[-1] == ("Flushed" if last else "SpeechMetadata")
    assert [type(event) for event in say(face, "Speak", text="Next.")] == [events.Begin, events.Text]


def test_text_that_is_refused_is_no_input_and_is_not_billed():
    face, _ = opened()
    say(face, "Speak", text="Hello ")
    say(face, "Speak", text="there." * 20_000)
    long = SpeechError(Reason.TEXT_TOO_LONG, "too long", utterance_id="1")
    (refused,) = told(face, replies.StreamError(long))
    assert (refused["type"], refused["code"]) == ("Warning", "BIG-0000")
    say(face, "Speak", text="you.\\{")
    say(face, "Flush")
    told(face, replies.StreamError(long))  # what was held back as the beginning of a mark
    metadata = told(face, audio("1"), finished("1"))[-1]
    assert (metadata["input_character_count"], metadata["billable_character_count"]) == (10, 10)
    say(face, "Close")
    assert told(face, replies.StreamError(long)) == [refused]  # of a turn that is over


def test_an_empty_turn_for_which_there_is_no_room_and_one_that_is_interrupted():
    face, _ = opened()
    say(face, "Flush")
    assert types(told(face, full("1"))) == ["Warning", "SpeechStarted", "SpeechMetadata"]
    say(face, "Speak", text="Hello.")
    say(face, "Flush")
    say(face, "Speak", text="Lost.")
    told(face, full("3"))
    assert say(face, "Interrupt")[0] == events.Cancel()
    assert types(told(face, cancelled("2"))) == ["SpeechStarted", "SpeechInterrupted"]
    assert [type(event) for event in say(face, "Speak", text="Next.")] == [events.Begin, events.Text]


@pytest.mark.parametrize("frame", [b"{}", "[]", "{", "{}", '{"type":"Speak"}', "[" * 100_000])
def test_nonsense_is_refused_and_nothing_raises(frame):
    (event,) = opened()[0].parse(frame)
    assert isinstance(event, events.Refused)


def test_the_rest():
    face, _ = opened()
    assert face.key(RequestHead("GET", "/", {}, {"authorization": "Token abc"})) == "abc"
    seam = replies.Seam("1", "word", 1.0, "a", "b", "rewind")
    frames = told(face, seam, replies.GoAway(1, "r"), replies.Warned("utterance_ended", "m"))
    assert [frame["code"] for frame in frames] == ["SYNTHESIS_RETRYING", "NET-0003", "UTTERANCE_ENDED"]
    assert told(face, replies.UtteranceStarted("1", 1, 0, 0, 0)) == []
    assert face.farewell(SpeechError(Reason.IDLE_TIMEOUT, "why")) == (1011, "NET-0004: why")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["Speak", "Flush", "Interrupt", "Configure"]) | JSON},
    optional={
        "text": st.text(max_size=9) | JSON,
        "playback_offset": st.builds(offset, st.integers(0, 5000)) | JSON,
        "speed": st.floats() | JSON,
    },
)


TURNS = [{"type": "Speak", "text": "Hi. "}, {"type": "Flush"}, {"type": "Interrupt"}]
FRAMES = (st.sampled_from(TURNS) | MESSAGES).map(json.dumps) | st.binary(max_size=20) | st.text(max_size=20)
"""Half of the messages are plain ones: random ones hardly ever begin a turn and then interrupt it."""


@settings(deadline=None)
@given(st.lists(FRAMES, max_size=12))
def test_whatever_a_client_sends_every_turn_has_one_end_and_nothing_after_it(frames):
    face, _ = opened()
    unfinished, begun, ends = [], 0, []
    for frame in [*frames, '{"type":"Close"}']:
        for event in face.parse(frame):
            if isinstance(event, events.Begin):
                unfinished.append(event.utterance_id)
                begun += 1
            if isinstance(event, events.Cancel):
                ends += told(face, *(cancelled(name) for name in unfinished))
                unfinished.clear()
            if isinstance(event, events.HalfClosed):
                ends += told(face, *(finished(name) for name in unfinished))
    told_ends = [one.get("metadata", one) for one in ends if isinstance(one, dict)]
    ids = [one["speech_id"] for one in told_ends if one.get("type") != "SpeechStarted" and "speech_id" in one]
    assert len(ids) == len(set(ids)) == begun


def test_inline_pronunciations_are_never_read_aloud():
    face, _ = opened()
    said = [
        *say(face, "Speak", text='Ask \\{"word":"Siobhan",'),
        *say(face, "Speak", text='"pronounce":"x"\\} a\\'),
    ]
    said += say(face, "Flush")
    assert "".join(event.text for event in said if isinstance(event, events.Text)) == "Ask Siobhan a\\"


def test_what_may_have_become_a_mark_is_spoken_at_the_close_too():
    face, _ = opened()
    said = say(face, "Speak", text='Sets like \\{"a", "b')
    said += say(face, "Close")
    assert "".join(event.text for event in said if isinstance(event, events.Text)) == 'Sets like \\{"a", "b'
    assert said[-1] == events.HalfClosed()
