import json

import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import StreamLimits
from legato.faces.elevenlabs_dialogue_stream import ElevenLabsDialogueStream
from legato.ports import RequestHead

FORMAT = {"output_format": "pcm_24000"}


def opened():
    face = ElevenLabsDialogueStream("r-1", {"joe", "ann"})
    answer = face.open(RequestHead("GET", "/v1/text-to-dialogue/stream-input", FORMAT, {}))
    (event,) = answer.events
    assert face.render(replies.Opened("s", event.audio_format, StreamLimits())) == []
    return face


def say(face, **message):
    return list(face.parse(json.dumps(message)))


def told(face, *several):
    return [json.loads(frame) for reply in several for frame in face.render(reply)]


def line(text, voice="joe", **more):
    return {"text": text, "voice_id": voice, **more}


def test_a_dialogue_has_no_context_id():
    face = opened()
    assert say(face, voices=["joe", "ann"]) == []
    begun = say(face, inputs=[line("Hi."), line("Ho.", "ann")], flush=True)
    names = [one.utterance_id for one in begun if isinstance(one, events.Begin)]
    assert [one.voice for one in begun if isinstance(one, events.Begin)] == ["joe", "ann"]
    assert say(face, keep_alive=True) == [events.Text(names[1], "")]
    assert say(face, close_socket=True) == [events.End(names[1]), events.HalfClosed()]
    chunk = replies.AudioChunk(names[0], 1, 0, 0, b"\0\0")
    ends = [replies.UtteranceFinished(name, Receipt()) for name in names]
    assert told(face, chunk, *ends) == [
        {"audio": "AAA="},
        {"is_final_audio_for_turn": True},
        {"is_final_audio_for_turn": True},
        {"is_final": True},
    ]
    assert not face.over, "the session ends it, once everything has been spoken"
    assert face.farewell(None) == (1000, "")


def test_a_context_id_that_a_client_sends_means_nothing():
    face = opened()
    say(face, voices=["joe"])
    (begin, text) = say(face, context_id=7, inputs=[line("Hi.")])
    assert isinstance(begin, events.Begin)
    assert text.text == "Hi."


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"inputs": [line("Hi.")]}, "must have its voices"),
        ({"voices": ["joe"], "inputs": [line("Hi.", "ann")]}, "must be one of the context's voices"),
        ({"voices": ["nobody"]}, "there is no voice"),
    ],
)
def test_a_mistake_is_told_and_ends_the_dialogue(message, said):
    face = opened()
    refused = say(face, **message)[-1]
    assert isinstance(refused, events.Refused)
    (error,) = told(face, replies.StreamError(refused.error))
    assert said in error["message"]
    assert (error["code"], "context_id" in error) == (1008, False)
    assert face.over
    assert face.farewell(None)[0] == 1008
    assert say(face, voices=["joe"]) == []


def test_a_turn_that_fails_ends_the_dialogue():
    face = opened()
    (begin, _) = say(face, voices=["joe"], inputs=[line("Hi.")])
    error = SpeechError(Reason.VENDOR_UNREACHABLE, "all are down")
    failure = replies.UtteranceFailed(begin.utterance_id, error, "Hi.", Receipt())
    (message,) = told(face, failure)
    assert (message["message"], "context_id" in message) == ("all are down", False)
    assert face.over
