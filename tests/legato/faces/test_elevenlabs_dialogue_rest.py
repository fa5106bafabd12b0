import base64
import json

import pytest

from legato.audio.wav import wav_header
from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.faces.elevenlabs_dialogue_rest import ElevenLabsDialogueRest
from legato.ports import Accepted, RequestHead

PATH = "/v1/text-to-dialogue"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def opened(path="/stream", **query):
    face = ElevenLabsDialogueRest("r-1", {"joe", "ann"})
    head = RequestHead("POST", PATH + path, query, {"traceparent": PARENT, "xi-api-key": "k"})
    return face, face.open(head)


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
    assert face.render(replies.UtteranceFinished("0", Receipt())) == ()
    assert face.render(chunk) == (b"ab",), "another voice goes on"
    failed = replies.UtteranceFailed("1", SpeechError(Reason.VENDOR_LOST, "x"), "", Receipt())
    assert face.render(failed) == face.render(chunk) == ()


@pytest.mark.parametrize(
    ("body", "reason", "named"),
    [
        ("[]", Reason.BAD_FRAME, "JSON object"),
        ("{}", Reason.BAD_FRAME, "inputs must be a list of objects with text and voice_id"),
        ('{"inputs": ["a"]}', Reason.BAD_FRAME, "inputs must be a list of objects"),
        ('{"inputs": [{"text": "a"}]}', Reason.BAD_FRAME, "must be strings"),
        (asked((" ", "joe")), Reason.BAD_FRAME, "not empty"),
        (asked(), Reason.BAD_FRAME, "not empty"),
        (asked(("Hi.", "bob")), Reason.UNKNOWN_VOICE, "there is no voice 'bob'"),
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


DIALOGUE = asked(("Oh hi", "joe"), ("Yes.", "joe"), ("No.", "A" * 20))


def spoken(utterance, place, word, start_ms, end_ms):
    return replies.WordSpoken(
        utterance, word, start_ms * 8, end_ms * 8, place, place + len(word), replies.WordMethod.ENGINE
    )


def audio(utterance, first_ms, lasts_ms, mark=b"a"):
    return replies.AudioChunk(utterance, 1, 0, first_ms * 8, mark * 8 * lasts_ms)


def finished(utterance):
    return replies.UtteranceFinished(utterance, Receipt())


REPLIES = (
    spoken("0", 0, "Oh", 1000, 1100),
    spoken("0", 3, "hi", 1200, 1300),
    audio("0", 1000, 250),
    spoken("0", 6, "Yes", 1400, 1700),
    audio("0", 1250, 500),
    finished("0"),
    audio("1", 1750, 400, b"b"),
    spoken("1", 0, "No", 1800, 2000),
    finished("1"),
)


def segment(voice, number, start, end, first, last):
    return {
        "voice_id": voice,
        "start_time_seconds": start,
        "end_time_seconds": end,
        "character_start_index": first,
        "character_end_index": last,
        "dialogue_input_index": number,
    }


def told(face):
    return [json.loads(frame) for reply in REPLIES for frame in face.render(reply)]


def test_a_whole_answer_has_the_times_of_all_characters_and_whose_they_are():
    face, _ = opened("/with-timestamps", output_format="ulaw_8000")
    first, *_ = face.parse(DIALOGUE)
    assert first.options.words
    assert face.headers["content-type"] == "application/json"
    [answer] = told(face)
    assert base64.b64decode(answer["audio_base64"]) == b"a" * 6000 + b"b" * 3200
    assert answer["alignment"] == answer["normalized_alignment"]
    alignment = answer["alignment"]
    assert "".join(alignment["characters"]) == "Oh hiYes.No."
    assert alignment["character_start_times_seconds"][:4] == [0, 0.05, 0.1, 0.2]
    assert alignment["character_end_times_seconds"][-3:] == [0.9, 1.0, 1.0]
    assert answer["voice_segments"] == [
        segment("joe", 0, 0, 0.3, 0, 5),
        segment("joe", 1, 0.4, 0.7, 5, 9),
        segment("A" * 20, 2, 0.8, 1.0, 9, 12),
    ]


def test_a_streamed_answer_has_a_segment_in_each_message_that_has_characters_of_it():
    face, _ = opened("/stream/with-timestamps", output_format="ulaw_8000")
    face.parse(DIALOGUE)
    messages = told(face)
    assert face.headers["content-type"] == "application/x-ndjson"
    assert b"".join(base64.b64decode(one["audio_base64"]) for one in messages) == b"a" * 6000 + b"b" * 3200
    assert [(one["alignment"] or {}).get("characters") for one in messages] == [
        ["O", "h", " ", "h"],
        ["i", "Y", "e", "s"],
        ["."],
        None,
        ["N", "o", "."],
    ]
    assert [one["voice_segments"] for one in messages] == [
        [segment("joe", 0, 0, 0.25, 0, 4)],
        [segment("joe", 0, 0.25, 0.3, 0, 1), segment("joe", 1, 0.4, 0.7, 1, 4)],
        [segment("joe", 1, 0.7, 0.7, 0, 1)],
        [],
        [segment("A" * 20, 2, 0.8, 1.0, 0, 3)],
    ]


def test_a_voice_without_word_times_has_no_alignment():
    face, _ = opened("/with-timestamps", output_format="ulaw_8000")
    face.parse(asked(("Hi.", "joe")))
    assert face.render(audio("0", 0, 10)) == ()
    [answer] = map(json.loads, face.render(finished("0")))
    assert (answer["alignment"], answer["voice_segments"]) == (None, [])


def test_only_a_text_that_is_held_whole_is_bounded():
    body = asked(("a" * 6000, "joe"), ("b" * 4001, "ann"))
    face, _ = opened("/with-timestamps", output_format="ulaw_8000")
    [event] = face.parse(body)
    assert event.error.reason is Reason.TEXT_TOO_LONG
    assert "this one has 10001" in event.error.message
    face, _ = opened("/stream/with-timestamps", output_format="ulaw_8000")
    assert len(face.parse(body)) == 8


def test_a_wav_file_has_one_header_however_many_turns_there_are():
    face, _ = opened(output_format="wav_8000")
    face.parse(DIALOGUE)
    assert face.headers["content-type"] == "audio/wav"
    sound = b"".join(frame for reply in REPLIES for frame in face.render(reply))
    assert sound == wav_header(8_000) + b"a" * 6000 + b"b" * 3200


def test_a_language_that_is_no_string_is_refused_by_name():
    face, _ = opened(output_format="pcm_24000")
    [event] = face.parse('{"inputs": [{"text": "Hi.", "voice_id": "joe"}], "language_code": ["en"]}')
    assert event.error.reason is Reason.BAD_FRAME
    assert "language_code must be a string" in event.error.message
    [start, *_] = face.parse('{"inputs": [{"text": "Hi.", "voice_id": "joe"}], "language_code": null}')
    assert start.language == ""
