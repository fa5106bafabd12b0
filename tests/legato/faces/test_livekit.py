import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import StreamLimits
from legato.faces.livekit import LiveKitSpeech
from legato.ports import Accepted, RequestHead

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)
UUID = "9626c31c-bec5-4cca-baa8-f8ba9e84c8bc"


def connected(**query):
    face = LiveKitSpeech("s-1", {"joe", "ann"})
    assert isinstance(face.open(RequestHead("GET", "/v1/tts", query, {})), Accepted)
    return face


def send(face, kind, **more):
    return list(face.parse(json.dumps({"type": kind, **more})))


def told(face, reply):
    frames = [json.loads(frame) for frame in face.render(reply)]
    assert {frame.pop("session_id") for frame in frames} <= {"s-1"}, "on every message"
    return frames


def created(**more):
    """A face whose session is open."""
    face = connected(model="cartesia/sonic-3")
    asked = {"voice": "joe", "sample_rate": "24000", "encoding": "pcm_s16le", "extra": {}}
    (opened,) = send(face, "session.create", **{**asked, **more})
    assert told(face, replies.Opened("s", opened.audio_format, StreamLimits())) == [
        {"type": "session.created"}
    ]
    return face


def say(face, transcript="Hello. ", extra=None, **config):
    return send(face, "input_transcript", transcript=transcript, generation_config=config, extra=extra or {})


def flush(face):
    return send(face, "session.flush")


def refused(face, found):
    """The frames that tell of the refusal in these events."""
    (error,) = [event.error for event in found if isinstance(event, events.Refused)]
    return told(face, replies.StreamError(error))


def finished(name):
    return replies.UtteranceFinished(name, Receipt())


def failed(name, reason=Reason.VENDOR_LOST):
    return replies.UtteranceFailed(name, SpeechError(reason, "why"), "", Receipt())


def cancelled(name):
    return replies.UtteranceCancelled(name, "", "", "", 0, replies.HeardMethod.PLAYED, Receipt())


def chunk(name, data=b"\1\2"):
    return replies.AudioChunk(name, 1, 0, 0, data)


def test_a_session_belongs_to_the_trace_of_its_handshake():
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    face = LiveKitSpeech("s-1", {"joe"})
    face.open(RequestHead("GET", "/v1/tts", {}, {"traceparent": parent, "tracestate": "a=1"}))
    (opened,) = send(face, "session.create", voice="joe", sample_rate="24000", encoding="pcm_s16le")
    assert (opened.traceparent, opened.tracestate) == (parent, "a=1")


def test_a_session_has_the_format_the_voice_and_the_language_of_its_creation():
    (opened,) = send(
        connected(model="cartesia/sonic-3"),
        "session.create",
        voice="joe",
        model="cartesia/sonic-3",
        language="en",
        sample_rate="16000",
        encoding="pcm_s16le",
        extra={},
        fallback={"models": [{"model": "x/y", "voice": "z", "extra": {}}]},
        connection={"timeout": 10.0, "retries": 3},
    )
    assert (opened.voice, opened.language, opened.audio_format.sample_rate_hz) == ("joe", "en", 16_000)
    assert opened.waiting_turns == 64


def test_sentences_up_to_a_flush_are_one_utterance():
    face = created()
    begin, text = say(face, voice="joe", model="cartesia/sonic-3", language="en")
    assert begin == events.Begin("1.1", voice="joe", language="en", options=begin.options)
    assert text == events.Text("1.1", "Hello. ")
    assert say(face, "How are you? ", voice="joe", language="en") == [events.Text("1.1", "How are you? ")]
    assert flush(face) == [events.End("1.1")]
    assert say(face)[0].utterance_id == "2.1"


def test_audio_comes_as_text_and_the_end_behind_it():
    face = created()
    say(face)
    assert told(face, chunk("1.1")) == [{"type": "output_audio", "audio": base64.b64encode(b"\1\2").decode()}]
    assert told(face, chunk("1.1", b"")) == []
    flush(face)
    assert told(face, finished("1.1")) == [{"type": "done"}]
    assert told(face, chunk("1.1")) == []


def test_a_flush_without_text_is_an_empty_turn_in_its_place():
    face = created()
    say(face)
    flush(face)
    begin, end = flush(face)
    assert (begin.utterance_id, end) == ("2.1", events.End("2.1"))
    assert told(face, finished("1.1")) == told(face, finished("2.1")) == [{"type": "done"}]


def test_another_voice_between_two_flushes_is_another_utterance_of_the_turn():
    face = created()
    say(face, voice="joe")
    end, begin, text = say(face, "And I. ", voice="ann", language="en")
    assert (end, begin.utterance_id, begin.voice) == (events.End("1.1"), "1.2", "ann")
    assert text == events.Text("1.2", "And I. ")
    assert told(face, finished("1.1")) == []
    assert flush(face) == [events.End("1.2")]
    assert told(face, finished("1.2")) == [{"type": "done"}]


def test_what_a_sentence_asks_for_goes_before_what_the_session_did():
    face = created(extra={"speed": 1.5}, language="de")
    begin, _ = say(face)
    assert (begin.voice, begin.language, begin.options.speed) == ("joe", "de", 1.5)
    _, begin, _ = say(face, voice="ann", language="en", extra={"speed": "slow"})
    assert (begin.voice, begin.language, begin.options.speed) == ("ann", "en", 0.8)


def test_a_text_that_has_ended_by_itself_goes_on_in_another_utterance():
    face = created()
    say(face)
    assert told(face, finished("1.1")) == []
    assert [type(event) for event in say(face)] == [events.Begin, events.Text]
    assert flush(face) == [events.End("1.2")]
    assert told(face, finished("1.2")) == [{"type": "done"}]
    say(face)
    assert told(face, finished("2.1")) == []
    assert [type(event) for event in flush(face)] == [events.Begin, events.End]
    assert told(face, finished("2.2")) == [{"type": "done"}]


def test_sentences_without_a_space_and_marks_cut_in_two():
    face = created()
    say(face, "Hello.")
    assert say(face, "Your code is <sp") == [events.Text("1.1", " Your code is ")]
    assert say(face, "ell>A7</spell>") == [events.Text("1.1", "A 7")]
    say(face, " and <spell>B8")
    assert flush(face) == [events.Text("1.1", "B8"), events.End("1.1")]


def test_halves_of_characters_are_made_whole():
    (*_, text) = face_says = say(created(), "\ud83d")
    assert (len(face_says), text.text) == (2, "\ufffd")


# --- word times


def word(name, text, at, start, end):
    return replies.WordSpoken(name, text, start, end, at, at + len(text), replies.WordMethod.VENDOR)


def started(name, sample):
    return replies.UtteranceStarted(name, 1, 0, 0, sample)


def test_words_have_seconds_from_the_beginning_of_their_turn():
    face = created(extra={"add_timestamps": True})
    begin, _ = say(face, "Hi there. ")
    assert begin.options.words
    told(face, started("1.1", 24_000))
    (frame,) = told(face, word("1.1", "Hi", 0, 24_000, 36_000))
    assert frame == {"type": "output_alignment", "words": [{"word": "Hi", "start": 0.0, "end": 0.5}]}
    say(face, "Yes. ", voice="ann")
    told(face, started("1.2", 48_000))
    (frame,) = told(face, word("1.2", "Yes.", 0, 48_000, 60_000))
    assert frame["words"] == [{"word": "Yes.", "start": 1.0, "end": 1.5}]


def test_words_bring_their_spaces_where_the_client_adds_none():
    face = created(extra={"timestamp_type": "WORD"})
    say(face, "Hi there. ", model="inworld/inworld-tts-1")
    say(face, "Yes. ", model="inworld/inworld-tts-1")
    words = [("Hi", 0), ("there.", 3), ("Yes.", 10)]
    heard = [told(face, word("1.1", text, at, 0, 0))[0]["words"][0]["word"] for text, at in words]
    assert heard == ["Hi", " there.", " Yes."]


def test_what_is_not_as_it_was_written_is_a_word_apart():
    face = created(extra={"timestamp_type": "WORD"})
    say(face, "Hi there. ", model="inworld/x")
    first, second = word("1.1", "hello", 0, 0, 0), word("1.1", "you", 3, 0, 0)
    assert [told(face, one)[0]["words"][0]["word"] for one in (first, second)] == ["hello", " you"]


# --- mistakes


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ({"voice": "nobody"}, 404, "there is no voice 'nobody'; the voices are ann, joe"),
        ({"encoding": "opus"}, 400, 'encoding "opus" is not supported; supported: pcm_s16le'),
        ({"sample_rate": "many"}, 400, 'sample_rate must be a whole number of Hz; got "many"'),
        ({"sample_rate": "11025"}, 400, "sample_rate 11025 is not supported"),
        ({"voice": 7}, 400, "voice must be a string; got 7"),
        ({"extra": [1]}, 400, "extra must be an object; got a list"),
    ],
)
def test_a_session_that_cannot_be_is_an_error_and_may_be_asked_for_again(asked, code, said):
    face = connected()
    (error,) = refused(face, send(face, "session.create", **asked))
    assert (error["type"], error["code"], error["retryable"]) == ("error", code, False)
    assert said in error["message"]
    (late,) = refused(face, say(face))
    assert "session.create" in late["message"]
    (opened,) = send(face, "session.create", voice="ann")
    assert (opened.voice, opened.audio_format) == ("ann", PCM)


def test_a_session_that_the_stream_refuses_leaves_nothing_behind():
    face = connected(model="joe")
    send(face, "session.create", language="xx", extra={"speed": 2})
    error = SpeechError(Reason.UNKNOWN_VOICE, "nobody speaks that")
    assert [frame["code"] for frame in told(face, replies.StreamError(error))] == [404]
    (opened,) = send(face, "session.create")
    assert (opened.voice, opened.language) == ("joe", "")


def test_a_second_session_needs_a_second_connection():
    face = created()
    (error,) = refused(face, send(face, "session.create", voice="ann"))
    assert "already sent" in error["message"]


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "hello",
        "[]",
        "null",
        "{}",
        '{"type": "session.update"}',
        '{"type": ["done"]}',
        b"{}",
        "[" * 10_000,
    ],
)
def test_what_cannot_be_understood_is_an_error(frame):
    face = created()
    (error,) = refused(face, face.parse(frame))
    assert (error["code"], error["reason"]) == (400, "bad_frame")
    assert "expected" in error["message"] or "type must be" in error["message"]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"transcript": 5},
        {"transcript": "Hi. ", "generation_config": []},
        {"transcript": "Hi. ", "generation_config": {"voice": {"id": "joe"}}},
        {"transcript": "Hi. ", "extra": {"speed": "very"}},
        {"transcript": "Hi. ", "generation_config": {"voice": "nobody"}},
    ],
)
def test_a_sentence_that_cannot_be_spoken_ends_its_turn(message):
    face = created()
    say(face)
    mistaken = send(face, "input_transcript", **message)
    assert [frame["type"] for frame in refused(face, mistaken)] == ["error"]
    assert face.prompted() == [events.Cancel("1.1")]
    assert told(face, chunk("1.1")) == told(face, cancelled("1.1")) == []
    assert say(face, "More. ") == flush(face) == []
    begin, _ = say(face)
    assert begin.utterance_id == "2.1"
    flush(face)
    assert told(face, finished("2.1")) == [{"type": "done"}]


def test_a_turn_whose_first_sentence_cannot_be_spoken_is_not_spoken():
    face = created()
    assert len(refused(face, say(face, voice="nobody"))) == 1
    assert say(face) == flush(face) == []
    assert len(flush(face)) == 2


def test_a_mistake_does_not_end_the_turn_that_sounds():
    face = created()
    say(face)
    flush(face)
    assert len(refused(face, face.parse("rubbish"))) == 1
    assert told(face, finished("1.1")) == [{"type": "done"}]


def test_an_error_of_the_voice_takes_the_place_of_the_end():
    face = created()
    say(face)
    flush(face)
    (error,) = told(face, failed("1.1"))
    assert error == {
        "type": "error",
        "code": 502,
        "reason": "vendor_lost",
        "message": "why",
        "retryable": True,
    }
    say(face)
    assert [frame["type"] for frame in told(face, failed("2.1", Reason.QUOTA_EXCEEDED))] == ["error"]
    assert say(face, voice="ann") == flush(face) == []
    assert say(face)[0].utterance_id == "3.1"


def test_when_one_voice_of_a_turn_fails_the_others_are_stopped():
    face = created()
    say(face, voice="joe")
    say(face, voice="ann")
    assert [frame["type"] for frame in told(face, failed("1.1"))] == ["error"]
    assert face.prompted() == [events.Cancel("1.2")]
    assert face.prompted() == say(face, voice="ann") == []
    assert told(face, cancelled("1.2")) == []
    assert flush(face) == []


def test_a_turn_for_which_there_is_no_room_is_an_error_of_its_own():
    face = created()
    say(face)
    begin, *_ = say(face, voice="ann")[1:]
    error = SpeechError(Reason.TOO_MANY_UTTERANCES, "64 are open", utterance_id=begin.utterance_id)
    (frame,) = told(face, replies.StreamError(error))
    assert (frame["code"], frame["reason"]) == (429, "too_many_utterances")
    late = SpeechError(Reason.UNKNOWN_UTTERANCE, "what", utterance_id=begin.utterance_id)
    assert told(face, replies.StreamError(late)) == []
    assert face.prompted() == [events.Cancel("1.1")]
    assert flush(face) == []
    assert told(face, cancelled("1.1")) == []
    assert told(face, replies.StreamError(late)) == []


def test_too_long_a_text_ends_its_turn():
    face = created()
    say(face)
    error = SpeechError(Reason.TEXT_TOO_LONG, "too long", utterance_id="1.1")
    assert [frame["code"] for frame in told(face, replies.StreamError(error))] == [413]
    assert face.prompted() == [events.Cancel("1.1")]
    assert flush(face) == []
    assert told(face, cancelled("1.1")) == []
    assert say(face)[0].utterance_id == "2.1"


@pytest.mark.parametrize("flushed_first", [True, False])
@pytest.mark.parametrize("end", ["finished", "failed", "refused", "mistaken"])
def test_r23_a_turn_leaves_nothing_behind_however_it_ends(end, flushed_first):
    """A connection is kept for hours: what is left of each turn would add up."""
    face = created()
    begun, *_ = say(face)
    if flushed_first:
        flush(face)
    name = begun.utterance_id
    if end == "finished":
        told(face, finished(name))
    elif end == "failed":
        told(face, failed(name))
    elif end == "refused":
        refusal = SpeechError(Reason.TOO_MANY_UTTERANCES, "64 are open", utterance_id=name)
        assert [frame["type"] for frame in told(face, replies.StreamError(refusal))] == ["error"]
    else:
        told(face, replies.StreamError(SpeechError(Reason.TEXT_TOO_LONG, "why", utterance_id=name)))
        assert face.prompted() == [events.Cancel(name)]
        told(face, cancelled(name))
    if not flushed_first:
        another = [event for event in flush(face) if isinstance(event, events.Begin)]
        assert len(another) == (end == "finished"), "a turn that has ended by itself is answered by its flush"
        for event in another:
            assert told(face, finished(event.utterance_id)) == [{"type": "done"}]
    assert not face._turns
    assert face.prompted() == []


def test_an_error_of_the_whole_stream_is_told():
    face = created()
    error = SpeechError(Reason.IDLE_TIMEOUT, "nothing was said")
    assert [frame["reason"] for frame in told(face, replies.StreamError(error))] == ["idle_timeout"]


def test_what_the_dialect_has_no_words_for_is_not_told():
    face = created()
    say(face)
    for reply in (
        replies.GoAway(3.0, "why"),
        replies.Pong("x"),
        replies.Warned("nothing_to_say", "why", "1.1"),
        replies.Flushed("1.1", "", 0),
        chunk("9.1"),
        word("1.9", "Hi", 0, 0, 0),
    ):
        assert told(face, reply) == []


def test_who_is_turned_away_learns_why():
    face = connected()
    head = RequestHead("GET", "/v1/tts", {}, {"authorization": "bearer  KEY "})
    assert face.key(head) == "KEY"
    refusal = face.refuse(SpeechError(Reason.OVERLOADED, "full", retry_after_s=2.0))
    assert (refusal.status, refusal.headers["retry-after"]) == (503, "2")
    assert json.loads(refusal.body) == {
        "code": 503,
        "reason": "overloaded",
        "message": "full",
        "retryable": True,
    }
    assert face.headers == {"x-request-id": "s-1"}


TEXTS = st.one_of(st.none(), st.integers(), st.sampled_from(["Hello. ", "<spell>", "", "\ud800"]))
CONFIGS = st.one_of(
    st.none(),
    st.just([]),
    st.fixed_dictionaries(
        {}, optional={"voice": st.sampled_from(["joe", "ann", "x", UUID, 3]), "language": st.text(max_size=3)}
    ),
)
MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["session.create", "input_transcript", "session.flush", "x"])},
    optional={"transcript": TEXTS, "generation_config": CONFIGS, "extra": CONFIGS, "sample_rate": TEXTS},
)


@given(st.lists(st.one_of(MESSAGES.map(json.dumps), st.text(max_size=9), st.binary(max_size=9)), max_size=30))
def test_whatever_comes_each_flush_is_answered_at_most_once(frames):
    face, open_ids, answers, flushes = connected(), [], 0, 0

    def render(reply):
        nonlocal answers
        answers += sum(json.loads(frame)["type"] == "done" for frame in face.render(reply))

    for frame in frames:
        for event in face.parse(frame):
            if isinstance(event, events.Open):
                render(replies.Opened("s", event.audio_format, StreamLimits()))
            elif isinstance(event, events.Begin):
                open_ids.append(event.utterance_id)
            elif isinstance(event, events.Refused):
                assert len(face.render(replies.StreamError(event.error))) <= 1
            else:
                assert event.utterance_id in open_ids
        for cancel in face.prompted():
            open_ids.remove(cancel.utterance_id)
            render(cancelled(cancel.utterance_id))
        flushes += isinstance(frame, str) and '"session.flush"' in frame
    for name in open_ids:
        render(finished(name))
    assert answers <= flushes
