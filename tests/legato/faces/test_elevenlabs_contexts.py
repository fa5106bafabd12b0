import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.domain import events, replies
from legato.domain.errors import Reach, Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import StreamLimits, UtteranceOptions
from legato.faces.elevenlabs_alignment import TimeBase
from legato.faces.elevenlabs_contexts import DEFAULT_CONTEXT, ElevenLabsMultiStream
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.ports import Accepted, RequestHead

PATH = "/v1/text-to-speech/joe/multi-stream-input"
FINAL = {"audio": None, "isFinal": True, "normalizedAlignment": None, "alignment": None}


def opened(path=PATH, switches=None, headers=None, **query):
    face = ElevenLabsMultiStream("r-1", {"joe"}, switches)
    answer = face.open(RequestHead("GET", path, {"output_format": "pcm_24000", **query}, headers or {}))
    if isinstance(answer, Accepted):
        (event,) = answer.events
        assert face.render(replies.Opened("s", event.audio_format, StreamLimits())) == []
    return face, answer


def say(face, context=None, **message):
    ids = {} if context is None else {"context_id": context}
    return list(face.parse(json.dumps({**ids, **message})))


def told(face, *several):
    return [json.loads(frame) for reply in several for frame in face.render(reply)]


def finished(name):
    return replies.UtteranceFinished(name, Receipt())


def cancelled(name):
    return replies.UtteranceCancelled(name, "", "", "", 0, replies.HeardMethod.WRITE_TIMES, Receipt())


def audio(name, data=b"\0\0" * 240):
    return replies.AudioChunk(name, 1, 0, 0, data)


def failed(name, reason=Reason.VENDOR_LOST):
    return replies.UtteranceFailed(name, SpeechError(reason, "why"), "", Receipt())


def refused(reason, name=""):
    return replies.StreamError(SpeechError(reason, "why", utterance_id=name))


def both(context):
    return {"contextId": context, "context_id": context}


def test_path_and_query_say_how_it_sounds():
    face, answer = opened(auto_mode="true", sync_alignment="true", inactivity_timeout="180")
    assert (face.eager, opened()[0].eager) == (True, False)
    (event,) = answer.events
    assert (event.voice, event.audio_format.sample_rate_hz, event.options.words) == ("joe", 24_000, True)
    assert opened(path="/v1/text-to-speech/ann/multi-stream-input")[1].status == 404
    assert opened(output_format="mp3_22050_32")[1].status == 400


def test_a_socket_belongs_to_the_trace_of_its_handshake():
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    head = RequestHead(
        "GET", PATH, {"output_format": "pcm_24000"}, {"traceparent": parent, "tracestate": "a=1"}
    )
    (event,) = ElevenLabsMultiStream("r-1", {"joe"}).open(head).events
    assert (event.traceparent, event.tracestate) == (parent, "a=1")


def test_a_context_speaks_from_its_first_text_to_its_close():
    face, _ = opened()
    assert say(face, "a", text=" ", voice_settings={"speed": 0.9}) == []
    assert say(face, "a", text="Hello there. ") == [
        events.Begin("1", 0, options=UtteranceOptions(speed=0.9)),
        events.Text("1", "Hello there. "),
    ]
    assert say(face, "a", text="", flush=True) == [events.Flush("1")]
    assert say(face, "a", close_context=True) == [events.End("1")]
    sound, final = told(face, audio("1"), finished("1"))
    assert base64.b64decode(sound["audio"]) == audio("1").data
    assert {**sound, **both("a")} == sound
    assert final == {**FINAL, **both("a")}
    assert told(face, audio("1"), finished("1")) == []


def test_settings_without_a_context_hold_for_those_that_bring_none():
    face, _ = opened()
    assert say(face, "a", text="Before.")[0].options == UtteranceOptions()
    assert say(face, text=" ", voice_settings={"stability": 0.5, "speed": 1.2}) == []
    assert say(face, "b", text="One.")[0].options == UtteranceOptions(speed=1.2)
    assert say(face, "c", text="Two.", voice_settings={"speed": 0.8})[0].options == UtteranceOptions(
        speed=0.8
    )
    assert say(face, "d", text="Three.", voice_settings={"stability": 0.5})[0].options == UtteranceOptions()
    assert say(face, "e", text="Four.", voice_settings=None)[0].options == UtteranceOptions(speed=1.2)
    assert say(face, text="Five.")[0].options == UtteranceOptions(speed=1.2)


def test_contexts_sound_beside_one_another_each_on_its_track_which_is_used_again():
    face, _ = opened()
    assert say(face, "a", text="One.")[0].track == 0
    assert say(face, "b", text="Two.")[0].track == 1
    assert [one["contextId"] for one in told(face, audio("2"), audio("1"), finished("1"))] == ["b", "a", "a"]
    assert say(face, "c", text="Three.")[0] == events.Begin("3", 0)


def test_an_id_may_be_used_again_while_its_former_context_still_speaks():
    face, _ = opened()
    say(face, "a", text="One.", flush=True)
    say(face, "a", close_context=True)
    assert say(face, "a", text="Two.")[0] == events.Begin("2", 1)
    assert told(face, finished("1"), finished("2")) == [{**FINAL, **both("a")}] * 2


def test_closing_what_was_not_flushed_stops_it():
    face, _ = opened()
    say(face, "a", text="A long story. ", flush=True)
    say(face, "a", text="Its end.")
    assert say(face, "a", close_context="true") == [events.Cancel("1")]
    assert told(face, cancelled("1")) == [{**FINAL, **both("a")}]
    assert say(face, "a", close_context=True) == []


def test_what_was_not_flushed_is_stopped_also_behind_a_space():
    face, _ = opened()
    say(face, "a", text="One.")
    say(face, "a", text=" ")
    assert say(face, "a", close_context=True) == [events.Cancel("1")]


def test_a_flush_needs_no_text_and_flushes_only_what_there_is():
    face, _ = opened()
    assert say(face, "a", text=" ", flush=True) == []
    say(face, "a", text="One.")
    assert say(face, "a", flush=True) == [events.Flush("1")]


def test_closing_a_context_again_while_it_sounds_stops_it():
    """Pipecat closes a context when its text is whole, and again when the listener interrupts it."""
    face, _ = opened()
    say(face, "a", text="One.", flush=True)
    assert say(face, "a", close_context=True) == [events.End("1")]
    assert say(face, "b", close_context=True) == []
    assert say(face, "a", close_context=True) == [events.Cancel("1")]
    assert told(face, cancelled("1")) == [{**FINAL, **both("a")}]
    assert say(face, "a", close_context=True) == []


def test_closing_a_context_that_said_nothing_is_final_at_once():
    face, _ = opened()
    say(face, "a", text=" ")
    say(face, "a", flush=True)
    (ping,) = say(face, "a", close_context=True)
    assert told(face, replies.Pong(ping.payload)) == [{**FINAL, **both("a")}]
    assert told(face, replies.Pong(ping.payload), replies.Pong("other")) == []


def test_closing_again_a_context_that_said_nothing_stops_nothing():
    face, _ = opened()
    say(face, "a", text=" ")
    (ping,) = say(face, "a", close_context=True)
    assert say(face, "a", close_context=True) == []
    assert told(face, replies.Pong(ping.payload)) == [{**FINAL, **both("a")}]


def test_a_stream_that_the_gateway_ends_is_closed_with_why():
    face, _ = opened()
    assert face.farewell(SpeechError(Reason.INTERNAL, "why")) == (1011, "why")


def test_keep_alives_change_nothing():
    face, _ = opened()
    assert say(face, "a", text="") == say(face, text="") == []
    assert say(face, "a", close_context=True) == [], "there is no such context, so it has no end"
    say(face, "a", text="Hi.")
    assert say(face, "a", text="") == [events.Text("1", "")], "it has been heard from, and nothing was said"
    assert say(face, "a", text=" ") == [events.Text("1", " ")]


def test_the_id_is_read_in_both_spellings_and_may_be_left_out():
    face, _ = opened()
    say(face, text="Hi.", contextId="a")
    assert say(face, "a", text="You.") == [events.Text("1", " You.")]
    say(face, "", text="Hi.")
    assert say(face, text="You.") == [events.Text("2", " You.")]
    assert told(face, finished("1"), finished("2")) == [
        {**FINAL, **both("a")},
        {**FINAL, **both(DEFAULT_CONTEXT)},
    ]


def test_words_become_alignments():
    face, _ = opened()
    say(face, "a", text="Hi.")
    word = replies.WordSpoken("1", "Hi", 0, 240, 0, 2, replies.WordMethod.ENGINE)
    stray = replies.WordSpoken("9", "Hi", 0, 240, 0, 2, replies.WordMethod.ENGINE)
    first, last, _ = told(face, stray, word, audio("1"), finished("1"))
    assert first["alignment"]["chars"] == ["H", "i"]
    assert (last["alignment"]["chars"], last["contextId"]) == (["."], "a")


@pytest.mark.parametrize(
    ("chosen", "asked", "starts"),
    [
        (TimeBase.AUTO, {"sync_alignment": "true"}, [0, 10]),
        (TimeBase.AUTO, {"sync_alignment": "false"}, [0, 0]),
        (TimeBase.AUTO, {}, [0, 0]),
        (TimeBase.SPANS, {"sync_alignment": "true"}, [0, 0]),
        (TimeBase.CONTEXT, {}, [0, 10]),
    ],
)
def test_times_count_from_where_the_client_takes_them_unless_the_operator_says_so(chosen, asked, starts):
    assert first_times(chosen, {}, asked) == starts


def test_a_gateway_in_front_is_no_client_that_takes_times_from_the_beginning():
    assert first_times(TimeBase.AUTO, {"legato-via": "front"}, {"sync_alignment": "true"}) == [0, 0]


def first_times(chosen, headers, asked):
    """The first time in each of two messages with 10 ms of audio and a word each."""
    face, _ = opened(switches=ElevenLabsSwitches(alignment=chosen), headers=headers, **asked)
    say(face, "a", text="Hi you")
    messages = []
    for word, at, place in [("Hi", 0, 0), ("you", 240, 3)]:
        spoken = replies.WordSpoken(
            "1", word, at, at + 240, place, place + len(word), replies.WordMethod.ENGINE
        )
        chunk = replies.AudioChunk("1", 1, 0, at, b"\0\0" * 240)
        messages += told(face, spoken, chunk)
    return [one["alignment"]["charStartTimesMs"][0] for one in messages]


def test_a_context_that_fails_is_told_with_its_id_and_the_others_go_on():
    face, _ = opened()
    say(face, "a", text="One.")
    say(face, "b", text="Two.")
    error, final = told(face, failed("1"))
    assert error == {"message": "why", "error": "internal_error", "code": 1011, **both("a")}
    assert final == {**FINAL, **both("a")}
    assert told(face, failed("1"), audio("1")) == []
    assert not face.over
    assert told(face, finished("2")) == [{**FINAL, **both("b")}]


def test_a_context_that_could_not_begin_is_over_and_its_late_text_is_not_told_again():
    face, _ = opened()
    say(face, "a", text="One.")
    error, final = told(face, refused(Reason.TOO_MANY_UTTERANCES, "1"))
    assert (error["error"], error["contextId"]) == ("max_active_conversations", "a")
    assert final["isFinal"]
    assert told(face, refused(Reason.UNKNOWN_UTTERANCE, "1")) == []


@pytest.mark.parametrize(
    "how",
    [
        {"close_context": True},
        {"flush": True},
        {"text": "four.", "flush": True},
        {"text": " "},
        {"text": "Anew.", "voice_settings": {"speed": 1.0}},
        {"text": "Anew.", "generation_config": {}},
        {"text": "Anew.", "pronunciation_dictionary_locators": []},
    ],
)
def test_text_that_comes_late_for_a_context_that_failed_is_not_spoken_from_the_middle(how):
    face, _ = opened()
    say(face, "a", text="One ")
    told(face, failed("1"))
    for late in ({"text": "two "}, {"text": ""}, {"text": "three "}):
        assert say(face, "a", **late) == []
    assert say(face, "b", text="Other.")[0].utterance_id == "2"
    began = say(face, "a", **how) + say(face, "a", text="More.")
    assert [type(event) for event in began].count(events.Begin) == 1
    assert (began[-1].utterance_id, began[-1].text.strip()) == ("3", "More.")


def test_a_context_that_was_closed_before_it_failed_leaves_its_id_free():
    face, _ = opened()
    say(face, "a", text="One.", flush=True)
    say(face, "a", close_context=True)
    told(face, failed("1"))
    assert say(face, "a", text="Two.")[0].utterance_id == "2"


def test_contexts_that_could_not_begin_are_not_begun_again_by_each_text_and_are_forgotten_in_time():
    face, _ = opened()
    for number in range(1, 70):
        say(face, f"c{number}", text="One ")
        told(face, refused(Reason.TOO_MANY_UTTERANCES, str(number)))
    assert say(face, "c69", text="two ") == []
    assert say(face, "c1", text="two ")[0] == events.Begin("70", 0, options=UtteranceOptions())


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_message_and_ends_the_stream_only_when_it_must(reason):
    face, _ = opened()
    say(face, "a", text="One.")
    (error,) = told(face, refused(reason))
    assert error["message"] == "why"
    assert face.over == (SpeechError(reason, "").properties.reach is Reach.STREAM)
    if face.over:
        assert face.farewell(None) == (error["code"], "why")
        assert told(face, audio("1")) == []
        assert say(face, "a", text="more") == []


def test_a_stream_that_was_never_opened_is_over():
    face = ElevenLabsMultiStream("r-1", {"joe"})
    face.open(RequestHead("GET", PATH, {"output_format": "pcm_24000", "language_code": "xx"}, {}))
    assert told(face, refused(Reason.UNKNOWN_VOICE))[0]["error"] == "voice_id_does_not_exist"
    assert face.farewell(None)[0] == 1008


def test_close_socket_ends_everything():
    face, _ = opened()
    say(face, "a", text="One.")
    say(face, "b", text=" ")
    ping, closed = say(face, close_socket=True)
    assert closed == events.HalfClosed()
    assert told(face, replies.Pong(ping.payload))[0]["contextId"] == "b"
    assert told(face, finished("1")) == [{**FINAL, **both("a")}]
    assert say(face, "a", text="more") == []
    assert face.farewell(None) == (1000, "")


def test_contexts_are_bounded_and_one_that_said_nothing_makes_room():
    face, _ = opened()
    for number in range(64):
        say(face, f"c{number}", text=" ")
    for number in range(1, 65):
        event, *_ = say(face, f"d{number}", text="One.")
        assert told(face, replies.Pong(event.payload)) == [{**FINAL, **both(f"c{number - 1}")}]
    (event,) = say(face, "one more", text=" ")
    assert event.error.reason is Reason.TOO_MANY_UTTERANCES
    error, final = told(face, replies.StreamError(event.error))
    assert (error["error"], error["contextId"]) == ("max_active_conversations", "one more")
    assert final == {**FINAL, **both("one more")}
    assert say(face, "one more", text="late") == []
    assert say(face, "d64", text="Two.") == [events.Text("128", " Two.")], "those that are open go on"


@pytest.mark.parametrize("frame", [b"\xff", "[]", "{", '{"text":1}', '{"text":"a","voice_settings":1}'])
def test_nonsense_is_refused_and_nothing_raises(frame):
    (event,) = opened()[0].parse(frame)
    assert isinstance(event, events.Refused)


def test_a_message_that_flushes_and_closes_lets_the_text_be_spoken():
    face, _ = opened()
    say(face, "a", text="One. ")
    assert say(face, "a", flush=True, close_context=True) == [events.End("1")]


def test_an_id_that_would_fill_every_message_is_refused_by_name():
    """With one of half a million characters each message passed what clients accept, and they closed the socket."""
    face, _ = opened()
    assert say(face, "a" * 256, text="One.")[0] == events.Begin("1", 0, options=UtteranceOptions())
    (event,) = say(face, "a" * 257, text="One.")
    (error,) = told(face, replies.StreamError(event.error))
    assert "context_id must have at most 256 characters" in error["message"]
    assert "context_id" not in error
    assert not face.over


def test_a_mistake_within_a_context_is_told_with_its_id():
    face, _ = opened()
    say(face, "a", text="One.")
    (event,) = say(face, "a", text=[])
    assert told(face, replies.StreamError(event.error))[0]["contextId"] == "a"


def test_a_text_that_is_refused_ends_neither_its_context_nor_the_stream():
    face, _ = opened()
    say(face, "a", text="One.")
    (error,) = told(face, refused(Reason.TEXT_TOO_LONG, "1"))
    assert error["contextId"] == "a"
    assert say(face, "a", text="Two.") == [events.Text("1", " Two.")]
    assert told(face, audio("1"), finished("1"))[-1] == {**FINAL, **both("a")}


def test_a_mistake_in_the_first_message_of_a_context_is_told_with_its_id_too():
    face, _ = opened()
    for context, name in (("a", "a"), (None, DEFAULT_CONTEXT)):
        (event,) = say(face, context, text=[])
        (error,) = told(face, replies.StreamError(event.error))
        assert (error["contextId"], error["context_id"]) == (name, name)
    assert say(face, "a", text="One.")[0] == events.Begin("1", 0, options=UtteranceOptions())


def test_the_rest():
    face, _ = opened()
    assert face.key(RequestHead("GET", PATH, {}, {"xi-api-key": "abc"})) == "abc"
    assert face.late_key('{"text":" ","authorization":"Bearer abc"}') == "abc"
    assert face.headers == {"request-id": "r-1"}
    assert told(face, replies.Warned("c", "m"), replies.UtteranceStarted("1", 1, 0, 0, 0)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "text": JSON | st.sampled_from(["", " ", "Hi. "]),
        "context_id": st.sampled_from(["a", "b"]) | JSON,
        "contextId": JSON,
        "flush": st.booleans() | JSON,
        "close_context": st.booleans(),
        "close_socket": st.just("false") | JSON,
        "voice_settings": JSON,
    },
)


class Answers:
    """Every utterance and ping is answered, in the order in which they ended."""

    def __init__(self):
        self.open = []

    def to(self, event):
        if isinstance(event, events.Begin):
            self.open.append(event.utterance_id)
        if isinstance(event, events.Ping):
            yield replies.Pong(event.payload)
        if isinstance(event, events.End | events.Cancel):
            self.open.remove(event.utterance_id)
            yield audio(event.utterance_id)
            yield (
                finished(event.utterance_id)
                if isinstance(event, events.End)
                else cancelled(event.utterance_id)
            )
        if isinstance(event, events.HalfClosed):
            yield from (finished(name) for name in self.open)
            self.open.clear()


CONTEXTS = [
    {"text": "Hi. ", "context_id": "a"},
    {"context_id": "a", "flush": True},
    {"context_id": "a", "close_context": True},
]
FRAMES = (
    (st.sampled_from(CONTEXTS) | MESSAGES).map(json.dumps) | st.binary(max_size=20) | st.text(max_size=20)
)
"""Half of the messages are plain ones: random ones hardly ever begin a context and then close it."""


@settings(deadline=None)
@given(st.lists(FRAMES, max_size=12))
def test_whatever_a_client_sends_every_context_has_one_final_and_nothing_after_it(frames):
    face, _ = opened()
    session = Answers()
    begun, finals = set(), []
    for frame in [*frames, '{"close_socket":true}']:
        for event in face.parse(frame):
            begun |= {event.utterance_id} if isinstance(event, events.Begin) else set()
            for reply in session.to(event):
                for message in told(face, reply):
                    assert message["contextId"] == message["context_id"]
                    finals += [message] if message["isFinal"] else []
    assert len(finals) >= len(begun)
    assert told(face, *(audio(name) for name in begun), *(finished(name) for name in begun)) == []
