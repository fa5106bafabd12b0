import json

import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.faces.elevenlabs_dialogue_rest import ElevenLabsDialogueRest
from legato.ports import Accepted, RequestHead

PATH = "/v1/text-to-dialogue/stream"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def opened(**query):
    face = ElevenLabsDialogueRest("r-1", {"joe", "ann"})
    return face, face.open(RequestHead("POST", PATH, query, {"traceparent": PARENT, "xi-api-key": "k"}))


def asked(*lines, **more):
    return json.dumps({"inputs": [{"text": text, "voice_id": voice} for text, voice in lines], **more})


def test_each_voice_says_its_lines_in_turn():
    face, answer = opened(output_format="ulaw_8000")
    assert isinstance(answer, Accepted)
    said = face.parse(asked(("One", "joe"), ("Two.", "joe"), ("Three.", "ann"), language_code="en"))
    first, *rest, last = said
    assert (first.voice, first.language, first.max_lead_ms, first.traceparent) == ("", "en", -1, PARENT)
    assert first.waiting_turns == 64
    assert rest == [
        events.Begin("0", voice="joe"),
        events.Text("0", "One\n"),
        events.Text("0", "Two."),
        events.End("0"),
        events.Begin("1", voice="ann"),
        events.Text("1", "Three."),
        events.End("1"),
    ]
    assert last == events.HalfClosed()
    assert face.headers["content-type"] == "audio/basic"
    assert face.headers["character-cost"] == "13"
    assert face.key(RequestHead("POST", PATH, {}, {"xi-api-key": "k"})) == "k"


def test_audio_is_all_that_is_sent_until_a_failure():
    face, _ = opened(output_format="pcm_24000")
    chunk = replies.AudioChunk("0", 1, 0, 0, b"ab")
    assert face.render(chunk) == (b"ab",)
    assert face.render(replies.UtteranceFinished("0", Receipt())) == face.idle() == ()
    assert face.render(chunk) == (b"ab",), "another voice goes on"
    failed = replies.UtteranceFailed("1", SpeechError(Reason.VENDOR_LOST, "x"), "", Receipt())
    assert face.render(failed) == face.render(chunk) == ()
    assert face.farewell(None)[0] == 1000


@pytest.mark.parametrize(
    ("body", "reason", "named"),
    [
        ("[]", Reason.BAD_FRAME, "JSON object"),
        ("{}", Reason.BAD_FRAME, "inputs must be a list of objects with text and voice_id"),
        ('{"inputs": ["a"]}', Reason.BAD_FRAME, "inputs must be a list of objects"),
        ('{"inputs": [{"text": "a"}]}', Reason.BAD_FRAME, "must be strings"),
        (asked((" ", "joe")), Reason.BAD_FRAME, "not empty"),
        (asked(), Reason.BAD_FRAME, "not empty"),
        (asked(("Hi.", "bob")), Reason.UNKNOWN_VOICE, "there is no voice_id 'bob'"),
        (asked(*[("Hi.", "joe"), ("Ho.", "ann")] * 33), Reason.BAD_FRAME, "64 times; here they take 66"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_by_name(body, reason, named):
    face, _ = opened(output_format="pcm_24000")
    [event] = face.parse(body)
    assert event.error.reason is reason
    assert named in event.error.message
    assert face.refuse(event.error).status in {404, 422}


def test_a_format_that_is_not_built_is_refused():
    assert opened()[1].status == 400
