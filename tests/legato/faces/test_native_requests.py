import math

import pytest

from legato.domain import events
from legato.domain.audio import EXTRAS, OFFERED, AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Position, UtteranceOptions
from legato.faces.native_requests import REQUESTS, client_event, speak_events
from legato.text.settings import Emoji, Fences, MathsStyle
from legato.v1 import audio_pb2
from legato.v1.speech_pb2 import SpeakRequest, StreamRequest

EVENTS = [
    (
        {"open": {"voice": "v", "language": "de", "options": {"words": True}, "finish_when_heard": True}},
        events.Open(
            "v",
            AudioFormat(Encoding.PCM_S16LE, 24_000),
            "de",
            UtteranceOptions(words=True),
            finish_when_heard=True,
        ),
    ),
    ({"begin": {"utterance_id": "a"}}, events.Begin("a")),
    (
        {
            "begin": {
                "utterance_id": "a",
                "track": 255,
                "voice": "v",
                "language": "cy",
                "options": {"speed": 4, "pitch": -12, "volume": 0, "code": "announce", "emoji": "name"},
                "position": 2,
                "interruptible": False,
            }
        },
        events.Begin(
            "a",
            255,
            "v",
            "cy",
            UtteranceOptions(speed=4.0, pitch=-12.0, volume=0.0, code="announce", emoji="name"),
            Position.NEXT,
            interruptible=False,
        ),
    ),
    ({"text": {"utterance_id": "a", "text": "hé"}}, events.Text("a", "hé")),
    ({"flush": {"utterance_id": "a", "flush_id": "f"}}, events.Flush("a", "f")),
    ({"end": {"utterance_id": "a"}}, events.End("a")),
    ({"cancel": {}}, events.Cancel()),
    (
        {"cancel": {"utterance_id": "a", "track": 0, "fade_ms": 200, "force": True, "played_sample": 0}},
        events.Cancel("a", 0, 200, force=True, played_sample=0),
    ),
    ({"pause": {"track": 1}}, events.Pause(1)),
    ({"resume": {}}, events.Resume(0)),
    ({"played": {"track": 2, "sample": 1 << 60}}, events.Played(1 << 60, 2)),
    ({"configure": {}}, events.Configure()),
    (
        {"configure": {"voice": "", "language": "en", "options": {"ssml": False}, "max_lead_ms": -1}},
        events.Configure("", "en", UtteranceOptions(ssml=False), -1),
    ),
    ({"configure": {"language": "en_US"}}, events.Configure(language="en_US")),
    ({"prewarm": {"voice": "v"}}, events.Prewarm("v")),
    ({"ping": {"payload": "p"}}, events.Ping("p")),
]


@pytest.mark.parametrize(
    ("message", "event"), EVENTS, ids=lambda value: next(iter(value), None) if isinstance(value, dict) else ""
)
def test_each_message_is_its_event(message, event):
    assert client_event(StreamRequest(**message)) == event


def test_every_message_of_the_contract_was_read_above():
    assert {next(iter(message)) for message, _ in EVENTS} == set(REQUESTS)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({}, "exactly one of open, begin"),
        ({"begin": {}}, "begin.utterance_id must have 1 to 128 characters"),
        ({"text": {"utterance_id": "x" * 129}}, "1 to 128"),
        ({"end": {"utterance_id": ""}}, "end.utterance_id"),
        ({"begin": {"utterance_id": "a", "track": 256}}, "begin.track must be 0 to 255; got 256"),
        ({"begin": {"utterance_id": "a", "position": 9}}, "begin.position"),
        ({"begin": {"utterance_id": "a", "voice": "v" * 129}}, "begin.voice must have at most 128"),
        (
            {"begin": {"utterance_id": "a", "options": {"speed": 0.2}}},
            "options.speed must be 0.25 to 4; got 0.2",
        ),
        ({"begin": {"utterance_id": "a", "options": {"speed": math.nan}}}, "options.speed"),
        ({"open": {"options": {"pitch": math.inf}}}, "options.pitch must be -12 to 12"),
        ({"open": {"options": {"volume": -41}}}, "options.volume must be -40 to 12"),
        ({"open": {"options": {"code": "loud"}}}, "options.code must be one of skip, announce"),
        ({"open": {"options": {"maths": ""}}}, "natural, explicit, brief"),
        ({"open": {"options": {"emoji": "sing"}}}, "options.emoji must be one of drop, name"),
        ({"open": {"language": "en US"}}, "open.language must be a BCP 47 tag like en or pt-BR"),
        ({"begin": {"utterance_id": "a", "language": "x"}}, "begin.language must be a BCP 47 tag"),
        ({"configure": {"language": "de-"}}, "configure.language must be a BCP 47 tag"),
        ({"open": {"language": "e" * 129}}, "open.language must have at most 128"),
        ({"open": {"max_lead_ms": -2}}, "open.max_lead_ms must be -1 to"),
        ({"configure": {"max_lead_ms": 1 << 30}}, "configure.max_lead_ms"),
        ({"cancel": {"fade_ms": 201}}, "cancel.fade_ms must be 0 to 200"),
        ({"cancel": {"track": 256}}, "cancel.track"),
        ({"flush": {"utterance_id": "a", "flush_id": "f" * 129}}, "flush.flush_id"),
        ({"ping": {"payload": "p" * 129}}, "ping.payload must have at most 128"),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_what_was_expected(message, expected):
    with pytest.raises(SpeechError) as caught:
        client_event(StreamRequest(**message))
    assert caught.value.reason is Reason.BAD_FRAME
    assert expected in caught.value.message


@pytest.mark.parametrize(
    "message",
    [
        {"begin": {"utterance_id": "a", "options": {"speed": 9}}},
        {"begin": {"utterance_id": "a", "track": 256}},
        {"cancel": {"utterance_id": "a", "track": 256}},
    ],
)
def test_the_error_names_the_utterance_it_belongs_to(message):
    with pytest.raises(SpeechError) as caught:
        client_event(StreamRequest(**message))
    assert caught.value.utterance_id == "a"


@pytest.mark.parametrize(
    ("encoding", "hz", "expected"),
    [
        (0, 0, AudioFormat(Encoding.PCM_S16LE, 24_000)),
        (1, 8000, AudioFormat(Encoding.PCM_S16LE, 8_000)),
        (2, 0, AudioFormat(Encoding.MULAW, 8_000)),
        (3, 8000, AudioFormat(Encoding.ALAW, 8_000)),
        (4, 0, AudioFormat(Encoding.WAV, 24_000)),
        (5, 0, AudioFormat(Encoding.MP3, 24_000, 64)),
        (6, 0, AudioFormat(Encoding.OPUS, 48_000, 32)),
        (6, 8000, AudioFormat(Encoding.OPUS, 8_000, 16)),
        (7, 0, AudioFormat(Encoding.FLAC, 24_000)),
        (8, 0, AudioFormat(Encoding.AAC, 24_000, 64)),
    ],
)
def test_what_a_format_leaves_unset_is_the_usual(encoding, hz, expected):
    message = StreamRequest(open={"audio_format": {"encoding": encoding, "sample_rate_hz": hz}})
    assert client_event(message, EXTRAS).audio_format == expected


@pytest.mark.parametrize(("encoding", "hz"), [(77, 0), (1, 11_025), (2, 24_000)])
def test_a_format_that_is_not_offered_is_refused_with_what_is(encoding, hz):
    with pytest.raises(SpeechError) as caught:
        client_event(StreamRequest(open={"audio_format": {"encoding": encoding, "sample_rate_hz": hz}}))
    assert caught.value.reason is Reason.UNKNOWN_FORMAT
    for offered in OFFERED:
        assert f"ENCODING_{offered.encoding.name} at" in caught.value.message
        assert str(offered.sample_rate_hz) in caught.value.message
    assert "pcm_s16le" not in caught.value.message, "the names are those of the contract"


def test_every_encoding_of_the_contract_can_be_asked_for():
    for value in audio_pb2.Encoding.values():
        client_event(StreamRequest(open={"audio_format": {"encoding": value}}), EXTRAS)


def test_one_text_checks_its_values_too():
    with pytest.raises(SpeechError, match=r"speak\.voice"):
        speak_events(SpeakRequest(voice="v" * 129), "a")


@pytest.mark.parametrize(
    ("name", "accepted"),
    [("code", Fences), ("emoji", Emoji), ("maths", MathsStyle)],
)
def test_what_is_accepted_is_what_the_text_front_end_knows(name, accepted):
    for value in accepted:
        assert client_event(StreamRequest(open={"options": {name: value.value}}))
    with pytest.raises(SpeechError, match=f'one of {", ".join(accepted)}; got "other"$'):
        client_event(StreamRequest(open={"options": {name: "other"}}))
