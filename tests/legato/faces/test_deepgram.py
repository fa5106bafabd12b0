import json

import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import StreamLimits
from legato.faces.deepgram import DeepgramSpeak
from legato.faces.deepgram_models import model_uuid
from legato.ports import Accepted, RequestHead

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def opened(**query):
    face = DeepgramSpeak("r-1", {"joe"})
    return face, face.open(RequestHead("GET", "/v1/speak", query, {}))


def say(face, kind, **more):
    return list(face.parse(json.dumps({"type": kind, **more})))


def types(frames):
    return [json.loads(frame)["type"] for frame in frames]


def test_the_query_says_how_it_sounds():
    _, answer = opened(model="joe", encoding="mulaw", speed="1.5", unknown="x")
    assert isinstance(answer, Accepted)
    (event,) = answer.events
    assert (event.voice, event.audio_format.sample_rate_hz, event.options.speed) == ("joe", 8000, 1.5)
    for wrong in ({"encoding": "mp3"}, {"sample_rate": "12345"}, {"model": "ann"}):
        assert opened(**wrong)[1].status == 400
    told = json.loads(opened(sample_rate="16001")[1].body)["err_msg"]
    assert told.startswith(
        "sample_rate 16001 is not supported with encoding linear16; supported: 8000, 16000"
    )


@pytest.mark.parametrize(
    ("encoding", "rates"),
    [
        ("linear16", (8_000, 16_000, 24_000, 32_000, 48_000)),
        ("mulaw", (8_000, 16_000)),
        ("alaw", (8_000, 16_000)),
    ],
)
def test_every_rate_that_the_vendor_lists_is_served(encoding, rates):
    for rate in rates:
        _, answer = opened(encoding=encoding, sample_rate=str(rate))
        assert answer.events[0].audio_format.sample_rate_hz == rate


def test_each_flush_ends_one_utterance_and_the_next_speak_begins_the_next():
    face, _ = opened()
    assert say(face, "Speak", text="a") == [events.Begin("1"), events.Text("1", "a")]
    assert say(face, "Speak", text="b") == [events.Text("1", "b")]
    assert say(face, "Flush") == [events.End("1")]
    assert say(face, "Flush") == [events.Begin("2"), events.End("2")]
    assert say(face, "Speak", text="c")[0] == events.Begin("3")


def test_what_is_said_after_a_clear_is_another_utterance():
    """It would be text of the one that was cancelled, and would never be heard."""
    face, _ = opened()
    say(face, "Speak", text="a")
    say(face, "Clear")
    assert say(face, "Speak", text="b") == [events.Begin("2"), events.Text("2", "b")]


def test_the_trace_of_the_request_goes_with_the_stream():
    face = DeepgramSpeak("r-1", {"joe"})
    headers = {"traceparent": TRACE, "tracestate": "a=1"}
    (event,) = face.open(RequestHead("GET", "/v1/speak", {}, headers)).events
    assert (event.traceparent, event.tracestate) == (TRACE, "a=1")
    assert event.waiting_turns == 64


def test_flushed_comes_once_for_each_flush_and_not_for_what_was_cleared():
    face, _ = opened()
    say(face, "Speak", text="a")
    assert face.render(replies.UtteranceFinished("1", Receipt())) == ()
    say(face, "Speak", text="b")
    say(face, "Flush")
    assert types(face.render(replies.UtteranceFinished("2", Receipt()))) == ["Flushed"]
    assert face.render(replies.UtteranceFinished("2", Receipt())) == ()
    assert say(face, "Clear") == [events.Cancel(), events.Ping("cleared")]
    assert types(face.render(replies.Pong("cleared"))) == ["Cleared"]


def test_answers_are_numbered_and_the_first_message_names_the_model():
    face, answer = opened(model="joe")
    stream = replies.Opened("s", answer.events[0].audio_format, StreamLimits())
    (metadata,) = map(json.loads, face.render(stream))
    assert (metadata["type"], metadata["request_id"], metadata["model_name"]) == ("Metadata", "r-1", "joe")
    (unnamed,) = map(json.loads, opened()[0].render(stream))
    assert unnamed["model_name"] == "default"
    say(face, "Speak", text="a")
    say(face, "Flush")
    said = (replies.UtteranceFinished("1", Receipt()), replies.Pong("cleared"), replies.Pong("flushed"))
    numbered = [json.loads(frame) for reply in said for frame in face.render(reply)]
    assert [(one["type"], one["sequence_id"]) for one in numbered] == [
        ("Flushed", 0),
        ("Cleared", 1),
        ("Flushed", 2),
    ]


@pytest.mark.parametrize(
    ("reason", "told"),
    [(Reason.INTERNAL, "Error"), (Reason.SHUTTING_DOWN, "Warning"), (Reason.TEXT_TOO_LONG, "Warning")],
)
def test_only_what_ends_the_connection_by_itself_is_an_error(reason, told):
    face, _ = opened()
    say(face, "Speak", text="a")
    (frame,) = face.render(replies.StreamError(SpeechError(reason, "why", utterance_id="1")))
    assert json.loads(frame)["type"] == told


def test_an_utterance_that_could_not_begin_has_its_flushed_too():
    face, _ = opened()
    say(face, "Speak", text="a")
    error = SpeechError(Reason.TOO_MANY_UTTERANCES, "full", utterance_id="1")
    assert types(face.render(replies.StreamError(error))) == ["Warning"]
    assert say(face, "Flush") == [events.Ping("flushed")]
    assert types(face.render(replies.Pong("flushed"))) == ["Flushed"]
    say(face, "Flush")
    error = SpeechError(Reason.TOO_MANY_UTTERANCES, "full", utterance_id="2")
    assert types(face.render(replies.StreamError(error))) == ["Warning", "Flushed"]


def test_text_that_is_refused_leaves_its_utterance_to_its_flush():
    """The flush would be answered at once, and what had been said before would never end."""
    face, _ = opened()
    say(face, "Speak", text="a")
    long = SpeechError(Reason.TEXT_TOO_LONG, "too long", utterance_id="1")
    assert types(face.render(replies.StreamError(long))) == ["Warning"]
    assert say(face, "Flush") == [events.End("1")]
    assert types(face.render(replies.UtteranceFinished("1", Receipt()))) == ["Flushed"]


def test_a_late_end_of_what_was_cleared_begins_nothing():
    """Text after it would belong to an utterance that has its end already."""
    face, _ = opened()
    say(face, "Speak", text="a")
    say(face, "Clear")
    say(face, "Speak", text="b")
    say(face, "Flush")
    broken = SpeechError(Reason.VENDOR_LOST, "why")
    assert types(face.render(replies.UtteranceFailed("1", broken, "a", Receipt()))) == ["Error"]
    assert say(face, "Speak", text="c") == [events.Begin("3"), events.Text("3", "c")]


def test_what_a_client_of_deepgram_reads_is_spelled_as_deepgram_does():
    """Clients of several ages read these: some `code`, some `err_code` or `warn_code`."""
    face, answer = opened(model="joe")
    assert answer.headers == {"dg-request-id": "r-1"}

    def told(reply):
        (frame,) = face.render(reply)
        return json.loads(frame)

    assert told(replies.Opened("s", answer.events[0].audio_format, StreamLimits())) == {
        "type": "Metadata",
        "request_id": "r-1",
        "model_name": "joe",
        "model_version": "1",
        "model_uuid": model_uuid("joe"),
    }
    failed = SpeechError(Reason.VENDOR_LOST, "why")
    assert told(replies.UtteranceFailed("1", failed, "a", Receipt())) == {
        "type": "Error",
        "err_code": "SERVICE_UNAVAILABLE",
        "err_msg": "why",
        "code": "NET-0002",
        "description": "why",
        "request_id": "r-1",
    }
    for reply, code, message in (
        (replies.Warned("c", "m"), "c", "m"),
        (replies.GoAway(3, "draining"), "NET-0003", "this connection closes within 3 s"),
    ):
        assert told(reply) == {
            "type": "Warning",
            "code": code,
            "description": message,
            "warn_code": code,
            "warn_msg": message,
        }


def test_a_tag_cut_off_by_a_clear_is_not_part_of_what_is_said_next():
    face, _ = opened()
    say(face, "Speak", text='Ask \\{"word":"Siobhan"')
    say(face, "Clear")
    assert say(face, "Speak", text="Never mind.") == [events.Begin("2"), events.Text("2", "Never mind.")]
    assert say(face, "Flush") == [events.End("2")]


@pytest.mark.parametrize("frame", [b"{}", "[]", "{", "{}", '{"type":"Speak"}', "[" * 100_000])
def test_nonsense_is_refused_and_nothing_raises(frame):
    (event,) = opened()[0].parse(frame)
    assert isinstance(event, events.Refused)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_told_and_closes_with_a_code(reason):
    face, _ = opened()
    error = SpeechError(reason, "why")
    (frame,) = face.render(replies.StreamError(error))
    assert json.loads(frame)["description"] == "why"
    code, text = face.farewell(error)
    assert code in {1000, 1008, 1009, 1011}
    assert text == "" or text.endswith("why")
    failed = face.render(replies.UtteranceFailed("1", error, "a", Receipt()))
    assert types(failed) == ["Error"]


def test_the_rest():
    face, _ = opened()
    assert face.farewell(None) == (1000, "")
    assert face.farewell(SpeechError(Reason.CANCELLED, "why")) == (1000, "")
    assert face.farewell(SpeechError(Reason.IDLE_TIMEOUT, "why")) == (1011, "NET-0001: why")
    assert face.key(RequestHead("GET", "/", {}, {"authorization": "Token abc"})) == "abc"
    assert say(face, "Close") == [events.HalfClosed()]
    assert types(face.render(replies.Warned("c", "m"))) == types(face.render(replies.GoAway(1, "r")))
    assert face.render(replies.AudioChunk("1", 1, 0, 0, b"ab")) == (b"ab",)
    assert face.render(replies.AudioChunk("1", 1, 0, 0, b"")) == (), "there is no frame without audio"
    assert face.render(replies.UtteranceStarted("1", 1, 0, 0, 0)) == ()


def test_inline_pronunciations_are_never_read_aloud():
    speak, _ = opened()
    said = [
        event.text
        for text in ("Ask \\", '{"word":"Siobhan","pronounce":"ʃɪˈ', 'vɔːn"\\} now \\{"wo')
        for event in speak.parse(json.dumps({"type": "Speak", "text": text}))
        if isinstance(event, events.Text)
    ]
    said += [event.text for event in speak.parse('{"type":"Flush"}') if isinstance(event, events.Text)]
    assert "".join(said) == 'Ask Siobhan now \\{"wo'
