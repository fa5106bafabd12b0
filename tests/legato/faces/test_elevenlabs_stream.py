import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import UtteranceOptions
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.elevenlabs_stream import ElevenLabsStreamInput
from legato.ports import Accepted, RequestHead

PATH = "/v1/text-to-speech/joe/stream-input"
FINISHED = replies.UtteranceFinished("speech", Receipt())
AUDIO = replies.AudioChunk("speech", 1, 0, 0, b"\0\0" * 2400)
FINAL = {"audio": None, "isFinal": True, "normalizedAlignment": None, "alignment": None}
"""As the vendor sends it: Vocode skips messages without `audio`."""


def opened(path=PATH, switches=None, headers=None, **query):
    face = ElevenLabsStreamInput("r-1", {"joe"}, switches)
    return face, face.open(RequestHead("GET", path, {"output_format": "pcm_24000", **query}, headers or {}))


def say(face, **message):
    return list(face.parse(json.dumps(message)))


def told(face, *several):
    return [json.loads(frame) for reply in several for frame in face.render(reply)]


def broken(reason, utterance_id=""):
    return SpeechError(reason, "why", utterance_id=utterance_id)


def test_path_and_query_say_how_it_sounds():
    face, answer = opened(language_code="en", enable_ssml_parsing="true", auto_mode="true", unknown="x")
    assert (face.eager, opened()[0].eager) == (True, False)
    assert isinstance(answer, Accepted)
    (event,) = answer.events
    assert (event.voice, event.language, event.audio_format.sample_rate_hz) == ("joe", "en", 24_000)
    assert (event.options.ssml, event.options.words) == (True, True)
    assert opened(path="/v1/text-to-speech/ann/stream-input")[1].status == 404
    assert opened(output_format="")[1].status == 400
    assert opened(output_format="", switches=ElevenLabsSwitches("ulaw_8000"))[1].events


def test_the_sdks_conversation():
    face, _ = opened()
    first = {"text": " ", "try_trigger_generation": True, "voice_settings": None}
    assert say(face, **first, generation_config={"chunk_length_schedule": [50]}) == []
    assert say(face, text="Hello there. ", try_trigger_generation=True) == [
        events.Begin("speech"),
        events.Text("speech", "Hello there. "),
    ]
    assert say(face, text=" ") == [events.Text("speech", " ")]
    assert say(face, text="And you? ", flush=True)[1:] == [events.Flush("speech")]
    assert say(face, text="") == [events.End("speech"), events.HalfClosed()]
    assert say(face, text="too late") == []
    assert not face.over
    messages = told(face, AUDIO, FINISHED)
    assert base64.b64decode(messages[0]["audio"]) == AUDIO.data
    assert (messages[0]["alignment"], messages[0]["isFinal"]) == (None, None)
    assert messages[1:] == [FINAL]
    assert face.over
    assert face.farewell(None) == (1000, "")


def test_words_become_alignments_and_the_rest_comes_before_the_end():
    face, _ = opened()
    say(face, text="Hello.")
    say(face, text="")
    word = replies.WordSpoken("speech", "Hello", 0, 2400, 0, 5, replies.WordMethod.ENGINE)
    first, last, final = told(face, word, AUDIO, FINISHED)
    assert first["alignment"]["chars"] == list("Hello")
    assert first["alignment"]["charStartTimesMs"] == [0, 20, 40, 60, 80]
    assert (last["audio"], last["alignment"]["chars"]) == (None, ["."])
    assert final == FINAL


def test_bare_sentences_are_not_run_together():
    face, _ = opened()
    say(face, text="Hello there.")
    assert say(face, text="How are you?") == [events.Text("speech", " How are you?")]


def test_the_first_message_sets_the_speed():
    face, _ = opened()
    say(face, text=" ", voice_settings={"speed": "1.2", "stability": 0.5})
    assert say(face, text="Hi.")[0] == events.Begin("speech", options=UtteranceOptions(speed=1.2))
    assert say(face, text="Hi.", voice_settings={"speed": 99}) == [events.Text("speech", " Hi.")]


def test_nothing_said_is_final_at_once():
    face, _ = opened()
    say(face, text=" ")
    ping, closed = say(face, text="")
    assert closed == events.HalfClosed()
    assert told(face, replies.Pong(ping.payload)) == [FINAL]
    assert face.over


def test_a_text_that_stops_coming_has_run_out_of_time():
    face, _ = opened()
    say(face, text="Hello.")
    (error,) = told(face, FINISHED)
    assert (error["error"], error["code"]) == ("input_timeout_exceeded", 1008)
    assert face.farewell(None)[0] == 1008
    assert face.headers == {"request-id": "r-1"}
    assert opened()[0].farewell(SpeechError(Reason.INTERNAL, "why")) == (1011, "why"), "the gateway ended it"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_error_is_told_once_and_ends_the_stream(reason):
    for reply in (
        replies.UtteranceFailed("speech", broken(reason), "a", Receipt()),
        replies.StreamError(broken(reason)),
    ):
        face, _ = opened()
        say(face, text="Hello.")
        (error,) = told(face, reply)
        assert set(error) == {"message", "error", "code"}
        assert face.over
        assert face.farewell(None) == (error["code"], "why")
        assert told(face, reply, AUDIO, FINISHED) == []
        assert say(face, text="more") == []


@pytest.mark.parametrize("frame", [b"\xff", "[]", "{", "{}", '{"text":1}', '{"flush":false}', "[" * 100_000])
def test_nonsense_is_refused_and_nothing_raises(frame):
    (event,) = opened()[0].parse(frame)
    assert isinstance(event, events.Refused)


def test_the_rest():
    face, _ = opened(headers={"xi-api-key": "abc"})
    assert face.key(RequestHead("GET", PATH, {}, {"xi-api-key": "abc"})) == "abc"
    assert face.late_key('{"text":" ","xi_api_key":"abc"}') == "abc"
    assert say(face, flush=True) == []
    cancelled = replies.UtteranceCancelled(
        "speech", "", "", "", 0, replies.HeardMethod.WRITE_TIMES, Receipt()
    )
    assert face.render(replies.Warned("c", "m")) == [] == face.render(replies.GoAway(1, "r"))
    assert told(face, cancelled) == [FINAL]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={"text": JSON | st.sampled_from(["", " ", "Hi. "]), "flush": JSON, "voice_settings": JSON},
)


@settings(deadline=None)
@given(st.lists(MESSAGES.map(json.dumps) | st.binary(max_size=20) | st.text(max_size=20), max_size=9))
def test_whatever_a_client_sends_it_is_read_or_refused(frames):
    face, _ = opened()
    finals = 0
    for frame in frames:
        for event in face.parse(frame):
            assert isinstance(event, events.ClientEvent)
    for reply in (AUDIO, FINISHED, AUDIO, FINISHED):
        finals += sum("isFinal" in one and one["isFinal"] is True for one in told(face, reply))
    assert finals <= 1
