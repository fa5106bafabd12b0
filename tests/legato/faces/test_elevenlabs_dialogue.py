import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.domain import events, replies
from legato.domain.errors import Reach, Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.replies import WordMethod
from legato.domain.speech import StreamLimits
from legato.faces.elevenlabs_alignment import TimeBase
from legato.faces.elevenlabs_dialogue import ElevenLabsDialogue
from legato.faces.elevenlabs_dialogue_book import MOST_TURNS
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.ports import Accepted, RequestHead

PATH = "/v1/text-to-dialogue/multi-stream-input"


def opened(switches=None, **query):
    face = ElevenLabsDialogue("r-1", {"joe", "ann"}, switches)
    answer = face.open(RequestHead("GET", PATH, {"output_format": "pcm_24000", **query}, {}))
    if isinstance(answer, Accepted):
        (event,) = answer.events
        assert face.render(replies.Opened("s", event.audio_format, StreamLimits())) == []
    return face, answer


def say(face, context=None, **message):
    ids = {} if context is None else {"context_id": context}
    return list(face.parse(json.dumps({**ids, **message})))


def line(text, voice="joe", **more):
    return {"text": text, "voice_id": voice, **more}


def told(face, *several):
    return [json.loads(frame) for reply in several for frame in face.render(reply)]


def audio(name, data=b"\0\0" * 240, offset=0):
    return replies.AudioChunk(name, 1, 0, offset, data)


def finished(name):
    return replies.UtteranceFinished(name, Receipt())


def refused(reason, name=""):
    return replies.StreamError(SpeechError(reason, "why", utterance_id=name))


def turn_end(context):
    return {"is_final_audio_for_turn": True, "context_id": context}


def final(context):
    return {"is_final": True, "context_id": context}


def test_the_query_says_how_it_sounds():
    (event,) = opened(language_code="de", sync_alignment="true")[1].events
    assert (event.voice, event.language, event.options.words) == ("", "de", True)
    assert event.waiting_turns == 64
    assert opened()[1].events[0].options.words is None
    assert opened(output_format="mp3_44100_128")[1].status == 400


def test_a_socket_belongs_to_the_trace_of_its_handshake():
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    head = RequestHead(
        "GET", PATH, {"output_format": "pcm_24000"}, {"traceparent": parent, "tracestate": "a=1"}
    )
    (event,) = ElevenLabsDialogue("r-1", {"joe"}).open(head).events
    assert (event.traceparent, event.tracestate) == (parent, "a=1")


def test_a_context_speaks_from_its_first_line_to_its_close():
    face, _ = opened()
    assert say(face, "a", voices=["joe"], voice_settings={"stability": 0.5}) == []
    assert say(face, "a", inputs=[line("Hello there. ")]) == [
        events.Begin("2", 0, voice="joe"),
        events.Text("2", "Hello there. "),
    ]
    assert say(face, "a", inputs=[line("Bye.")], flush=True) == [
        events.Text("2", "Bye."),
        events.Flush("2"),
    ]
    assert say(face, "a", inputs=[line("")], flush=True)[-1] == events.Flush("2")
    assert say(face, "a", close_context=True) == [events.End("2")]
    sound, *rest = told(face, audio("2"), replies.Flushed("2", "", 240), finished("2"))
    assert sound == {"audio": base64.b64encode(audio("2").data).decode(), "context_id": "a"}
    assert rest == [turn_end("a"), turn_end("a"), final("a")]
    assert told(face, audio("2"), finished("2")) == []
    assert say(face, "a", inputs=[line("Late.")], close_context=True) == []


def test_the_end_of_a_turn_is_told_once():
    """Clients count them: one that comes after the next turn has begun cuts that one off."""
    face, _ = opened()
    say(face, "a", voices=["joe"], inputs=[line("One.")], flush=True)
    assert told(face, replies.Flushed("2", "", 240)) == [turn_end("a")]
    said = say(face, "a", inputs=[line("Two.", new_turn=True)], flush=True)
    assert [type(one).__name__ for one in said] == ["End", "Begin", "Text", "Flush"]
    assert told(face, finished("2")) == []
    say(face, "a", inputs=[line(" And more.")])
    assert told(face, replies.Flushed("3", "", 240)) == [turn_end("a")]
    assert told(face, finished("3")) == [turn_end("a")], "it had more to say"


def test_a_turn_that_ends_before_its_flush_is_answered_is_told():
    face, _ = opened()
    say(face, "a", voices=["joe"], inputs=[line("One.")], flush=True)
    assert told(face, finished("2")) == [turn_end("a")]


def test_voices_take_turns_on_the_track_of_their_context():
    face, _ = opened()
    said = say(face, "a", voices=["joe", "ann", "A" * 20], inputs=[line("One."), line("Two.", "ann")])
    assert said == [
        events.Begin("2", 0, voice="joe"),
        events.Text("2", "One."),
        events.End("2"),
        events.Begin("3", 0, voice="ann"),
        events.Text("3", "Two."),
    ]
    assert say(face, "a", inputs=[line(" ", "joe"), line("Three.", "ann")]) == [
        events.Text("3", " "),
        events.Text("3", "Three."),
    ]
    new = say(face, "a", inputs=[line("Four.", "A" * 20), line("Five.", "A" * 20, new_turn=True)])
    assert [type(one).__name__ for one in new] == ["End", "Begin", "Text", "End", "Begin", "Text"]
    assert new[1] == events.Begin("4", 0, voice="")
    assert say(face, "b", voices=["joe"], inputs=[line("Beside it.")])[0].track == 1
    assert say(face, "a", close_context=True) == [events.End("5")]
    assert told(face, finished("2"), finished("3"), finished("4")) == [turn_end("a")] * 3
    assert told(face, finished("5")) == [turn_end("a"), final("a")]


def test_a_context_that_fell_idle_goes_on_with_another_utterance():
    face, _ = opened()
    say(face, "a", voices=["joe"], inputs=[line("One.")])
    assert told(face, finished("2")) == [turn_end("a")]
    assert say(face, "a", keep_alive=True) == []
    assert say(face, "a", inputs=[line("Two.")])[0] == events.Begin("3", 0, voice="joe")
    assert say(face, "a", keep_alive=True) == [events.Text("3", "")]


def test_a_context_that_there_is_not_cannot_be_kept_alive_and_that_is_no_mistake():
    """A client's timer may still run when its context has ended."""
    face, _ = opened()
    assert say(face, "gone", keep_alive=True) == []
    assert say(face, "gone", keep_alive=True, voices=["joe"], inputs=[line("One.")])[0].voice == "joe"


def test_times_count_from_each_message():
    face, _ = opened(sync_alignment="true")
    say(face, "a", voices=["joe"], inputs=[line("Hi you")], close_context=True)
    face.render(replies.WordSpoken("2", "Hi", 0, 240, 0, 2, WordMethod.VENDOR))
    face.render(replies.WordSpoken("2", "you", 240, 600, 3, 6, WordMethod.VENDOR))
    first, second = told(face, audio("2"), audio("2", offset=240))
    assert first["alignment"] == {
        "chars": ["H", "i"],
        "char_start_times_ms": [0, 5],
        "char_durations_ms": [5, 5],
    }
    assert second["alignment"]["chars"] == [" ", "y", "o"]
    assert second["alignment"]["char_start_times_ms"] == [0, 0, 5]
    last, *_ = told(face, finished("2"))
    assert (last["audio"], last["context_id"], last["alignment"]["chars"]) == (None, "a", ["u"])


def test_the_marks_between_words_have_their_times_too():
    face, _ = opened(sync_alignment="true")
    say(face, "a", voices=["joe"], inputs=[line("Hi, "), line("you!")], close_context=True)
    face.render(replies.WordSpoken("2", "Hi", 0, 60, 0, 2, WordMethod.VENDOR))
    face.render(replies.WordSpoken("2", "you", 120, 180, 4, 7, WordMethod.VENDOR))
    messages = told(face, audio("2"), finished("2"))
    assert (
        "".join(char for one in messages if "alignment" in one for char in one["alignment"]["chars"])
        == "Hi, you!"
    )


def spoken(base):
    """The start times and spans that a client reads in a context of two turns, each with a pause after its word."""
    face, _ = opened(ElevenLabsSwitches(alignment=base), sync_alignment="true")
    say(face, "before", voices=["joe"], inputs=[line("One.")], close_context=True)
    told(face, audio("2"), finished("2"))
    say(face, "a", voices=["joe"], inputs=[line("Hi"), line("Yes", new_turn=True)], close_context=True)
    messages = []
    for name, word, at in [("4", "Hi", 240), ("5", "Yes", 720)]:
        face.render(replies.WordSpoken(name, word, at, at + 120, 0, len(word), WordMethod.VENDOR))
        messages += told(face, audio(name, offset=at), audio(name, offset=at + 240), finished(name))
    times = [one["alignment"] for one in messages if "alignment" in one]
    starts = [one["char_start_times_ms"][0] for one in times]
    return starts, [one["char_start_times_ms"][-1] + one["char_durations_ms"][-1] for one in times]


def test_times_count_from_where_the_operator_has_chosen_over_all_turns_of_a_context():
    """A turn takes 20 ms, of which the second half has no times."""
    assert spoken(TimeBase.MESSAGE) == ([0, 0], [5, 5])
    assert spoken(TimeBase.CONTEXT) == ([0, 20], [5, 25])
    starts, spans = spoken(TimeBase.SPANS)
    assert [starts[0], spans[0] + starts[1]] == [0, 20], "as a client reads it that adds up the spans"
    assert sum(spans) == 25, "until the last character ends"


def test_a_mistake_is_told_with_its_context_and_the_others_go_on():
    face, _ = opened()
    say(face, "a", voices=["joe"])
    for message, named in [
        ({"inputs": "Hello"}, "inputs must be a list"),
        ({"inputs": [{"voice_id": "joe"}]}, r"inputs[].text must be a string"),
        ({"inputs": [line("Hi.", "ann")]}, 'one of the context\'s voices, joe; got "ann"'),
    ]:
        [event] = say(face, "a", **message)
        [error] = told(face, replies.StreamError(event.error))
        assert named in error["message"]
        assert (error["error"], error["code"], error["context_id"]) == ("invalid_input_message", 1008, "a")
    assert say(face, "a", inputs=[line("Hi.")])[0].voice == "joe"
    [event] = say(face, inputs=[line("Hi.")])
    assert "context_id" not in told(face, replies.StreamError(event.error))[0]


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({"inputs": [line("Hi.")]}, "must have its voices"),
        ({"voices": []}, "must have its voices"),
        ({"voices": ["nobody"]}, "there is no voice 'nobody'"),
    ],
)
def test_a_context_that_cannot_begin_is_told_and_ended_once(message, named):
    face, _ = opened()
    [event] = say(face, "a", **message)
    error, ended = told(face, replies.StreamError(event.error))
    assert named in error["message"]
    assert ended == final("a")
    assert say(face, "a", inputs=[line("Late.")]) == say(face, "a", flush=True) == []
    assert say(face, "a", voices=["joe"], inputs=[line("Anew.")])[0].voice == "joe"


@pytest.mark.parametrize(
    "reply",
    [
        replies.UtteranceFailed("2", SpeechError(Reason.VENDOR_LOST, "why"), "", Receipt()),
        refused(Reason.TOO_MANY_UTTERANCES, "2"),
    ],
)
def test_a_turn_that_fails_ends_its_context(reply):
    face, _ = opened()
    say(face, "a", voices=["joe", "ann"], inputs=[line("One."), line("Two.", "ann")])
    error, ended = told(face, reply)
    assert (error["message"], error["context_id"], ended) == ("why", "a", final("a"))
    assert face.prompted() == [events.Cancel("3")]
    assert face.prompted() == []
    assert told(face, reply) == told(face, audio("3"), replies.Flushed("3", "", 0)) == []
    assert say(face, "b", voices=["joe"], inputs=[line("New.")])[0].utterance_id == "5"
    cancelled = replies.UtteranceCancelled("3", "", "", "", 0, replies.HeardMethod.WRITE_TIMES, Receipt())
    assert told(face, cancelled) == told(face, finished("3")) == []
    assert list(face._book.turns) == ["5"], "nothing of it is kept"
    assert say(face, "a", inputs=[line("Late.")]) == say(face, "a", close_context=True) == []


def test_an_id_that_would_fill_every_message_is_refused_by_name():
    face, _ = opened()
    [event] = say(face, "a" * 257, voices=["joe"], inputs=[line("One.")])
    [error] = told(face, replies.StreamError(event.error))
    assert "context_id must have at most 256 characters" in error["message"]
    assert "context_id" not in error


def test_turns_for_which_there_is_no_room_wait():
    """A script is sent in one go; the 65th turn ended its context, and what it had said so far."""
    face, _ = opened()
    script = [line(f"{number}.", ("joe", "ann")[number % 2]) for number in range(70)]
    told_now = say(face, "a", voices=["joe", "ann"], inputs=script, close_context=True)
    begun = [event.utterance_id for event in told_now if isinstance(event, events.Begin)]
    assert len(begun) == MOST_TURNS
    assert face.parse('{"close_socket": true}') == []
    assert face.prompted() == []
    for name in begun[:5]:
        assert told(face, finished(name)) == [turn_end("a")]
        assert [type(event) for event in face.prompted()] == [events.Begin, events.Text, events.End]
    assert told(face, finished(begun[5])) == [turn_end("a")]
    *_, last = face.prompted()
    assert last == events.HalfClosed()
    for name in list(face._book.turns):
        ended = told(face, finished(name))
    assert ended == [turn_end("a"), final("a")]


def test_turns_that_wait_are_forgotten_with_their_context():
    face, _ = opened()
    say(face, "a", voices=["joe"], inputs=[line("Hi.", new_turn=True)] * 70)
    assert told(face, replies.UtteranceFailed("2", SpeechError(Reason.VENDOR_LOST, "why"), "", Receipt()))
    cancels = face.prompted()
    assert len(cancels) == MOST_TURNS - 1 == len(face._book.turns)
    assert all(isinstance(event, events.Cancel) for event in cancels)


def test_a_context_closes_although_its_last_lines_are_wrong():
    face, _ = opened()
    say(face, "a", voices=["joe"], inputs=[line("One.")])
    end, wrong = say(face, "a", inputs=[line(5)], close_context=True)
    assert end == events.End("2")
    [error] = told(face, replies.StreamError(wrong.error))
    assert error["context_id"] == "a"
    assert told(face, finished("2")) == [turn_end("a"), final("a")]


def test_late_lines_of_a_context_that_still_sounds_do_not_end_it():
    face, _ = opened()
    say(face, "a", voices=["joe"], inputs=[line("One.")], close_context=True)
    [wrong] = say(face, "a", inputs=[line("Late.")])
    [error] = told(face, replies.StreamError(wrong.error))
    assert "must have its voices" in error["message"]
    assert told(face, finished("2")) == [turn_end("a"), final("a")]


def test_a_new_turn_without_words_ends_the_one_before():
    face, _ = opened()
    say(face, "a", voices=["joe"], inputs=[line("One.")])
    assert say(face, "a", inputs=[line("", new_turn=True)]) == [events.End("2")]
    assert say(face, "a", inputs=[line("Two.")])[0] == events.Begin("3", 0, voice="joe")


def test_other_errors():
    face, _ = opened()
    say(face, "a", voices=["joe"], inputs=[line("One.")])
    [error] = told(face, refused(Reason.TEXT_TOO_LONG, "2"))
    assert (error["error"], error["context_id"]) == ("max_character_limit_exceeded", "a")
    assert told(face, refused(Reason.UNKNOWN_UTTERANCE, "9")) == []
    assert not face.over
    stream = next(one for one in Reason if SpeechError(one, "").properties.reach is Reach.STREAM)
    assert "context_id" not in told(face, refused(stream))[0]
    assert face.over
    assert face.farewell(None)[0] != 1000
    assert say(face, "b", voices=["joe"]) == told(face, audio("2")) == []


def test_close_socket_ends_every_context():
    face, _ = opened()
    say(face, "silent", voices=["joe"])
    say(face, "a", voices=["joe"], inputs=[line("One.")])
    ping, end, closed = say(face, close_socket=True)
    assert (end, closed) == (events.End("3"), events.HalfClosed())
    assert told(face, replies.Pong(ping.payload)) == [final("silent")]
    assert told(face, finished("3")) == [turn_end("a"), final("a")]
    assert face.farewell(None) == (1000, "")
    assert say(face, "a", voices=["joe"], inputs=[line("Late.")]) == []


def test_when_there_are_too_many_the_silent_one_least_recently_heard_of_makes_room():
    face, _ = opened()
    for number in range(64):
        assert say(face, f"c{number}", voices=["joe"]) == []
    say(face, "c0", keep_alive=True)
    [event] = say(face, "wrong", voices=["nobody"])
    assert event.error.reason is Reason.UNKNOWN_VOICE, "nobody makes room for it"
    ping, event = say(face, "more", voices=["joe"], inputs="Hello")
    assert event.error.reason is Reason.BAD_FRAME
    assert told(face, replies.Pong(ping.payload)) == [final("c1")]
    for number in (*range(2, 64), 0):
        say(face, f"c{number}", inputs=[line("Busy.")])
    say(face, "more", inputs=[line("Busy.")])
    [event] = say(face, "surplus", voices=["joe"])
    assert event.error.reason is Reason.TOO_MANY_UTTERANCES
    error, ended = told(face, replies.StreamError(event.error))
    assert (error["error"], ended) == ("max_active_conversations", final("surplus"))


def test_the_key_may_come_in_the_first_message():
    face, _ = opened()
    assert face.key(RequestHead("GET", PATH, {}, {"xi-api-key": "k"})) == "k"
    assert face.late_key('{"context_id": "a", "voices": ["joe"], "xi_api_key": "k"}') == "k"
    assert face.headers == {"request-id": "r-1"}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["a", "joe"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "voice_id", "new_turn"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = ["context_id", "voices", "inputs", "flush", "close_context", "keep_alive", "close_socket"]


@pytest.mark.volume
@settings(max_examples=300)
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), anything, max_size=4), max_size=6))
def test_nothing_that_is_sent_raises(messages):
    face, _ = opened()
    for message in messages:
        for event in face.parse(json.dumps(message)):
            if isinstance(event, events.Refused):
                face.render(replies.StreamError(event.error))
            elif isinstance(event, events.End):
                face.render(finished(event.utterance_id))
