"""Every vendor's language against the gateway's own face of it: what one side writes, the other reads."""

import pytest

from gateway.app.simulation import NAMES as SIMULATED
from gateway.app.vendors import VENDORS
from legato.domain.errors import Reason
from legato.domain.events import Failed, Finished, Joined, Marker, Words
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.faces.cartesia import CartesiaSpeech
from legato.faces.cartesia_rest import CartesiaBytes
from legato.faces.deepgram import DeepgramSpeak
from legato.faces.deepgram_rest import DeepgramRest
from legato.faces.deepgram_v2 import DeepgramV2Speak
from legato.faces.elevenlabs_alignment import TimeBase
from legato.faces.elevenlabs_contexts import ElevenLabsMultiStream
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.elevenlabs_rest import ElevenLabsRest
from legato.faces.google import GoogleSpeech
from legato.faces.openai import OpenAISpeech
from legato.faces.riva import RivaSpeech
from legato.faces.wyoming import WyomingSpeech
from legato.ports import LineRequest
from tests.conformance.opposite import Wire
from tests.conformance.stage import story
from tests.legato.faces.test_wyoming_info import Directory

VOICES = {"joe"}
SEGMENTS = ("Hello there, my friend.", "How are you?", "Fine")


def named(face):
    return lambda: face("r-1", VOICES)


FACES = {
    "deepgram": (named(DeepgramSpeak), {"sample_rate": 8_000}, {}),
    "deepgram_v2": (named(DeepgramV2Speak), {"sample_rate": 8_000}, {}),
    "deepgram_v2-one-turn": (named(DeepgramV2Speak), {"sample_rate": 8_000}, {"flushes_segments": False}),
    "deepgram_rest": (named(DeepgramRest), {"sample_rate": 8_000}, {}),
    "deepgram_rest-wav": (named(DeepgramRest), {"sample_rate": 8_000}, {"container": "wav"}),
    "elevenlabs": (named(ElevenLabsMultiStream), {"sample_rate": 8_000}, {}),
    "elevenlabs-flushing": (named(ElevenLabsMultiStream), {"sample_rate": 8_000}, {"auto_mode": False}),
    "elevenlabs-absolute": (
        lambda: ElevenLabsMultiStream("r-1", VOICES, ElevenLabsSwitches(alignment=TimeBase.CONTEXT)),
        {"sample_rate": 8_000},
        {"times_count_from": "start"},
    ),
    "elevenlabs_rest": (named(ElevenLabsRest), {"sample_rate": 8_000}, {}),
    "elevenlabs_rest-timed": (
        named(ElevenLabsRest),
        {"sample_rate": 8_000},
        {"timestamps": True},
    ),
    "cartesia": (named(CartesiaSpeech), {"sample_rate": 8_000}, {}),
    "cartesia-unflushed": (named(CartesiaSpeech), {"sample_rate": 8_000}, {"flushes_segments": False}),
    "cartesia_bytes": (named(CartesiaBytes), {"sample_rate": 8_000}, {}),
    "openai": (named(OpenAISpeech), {}, {}),
    "openai-events": (named(OpenAISpeech), {}, {"stream_format": "sse"}),
    "google": (named(GoogleSpeech), {"sample_rate": 8_000}, {}),
    "riva": (named(RivaSpeech), {"sample_rate": 8_000}, {}),
    "riva-timed": (named(RivaSpeech), {"sample_rate": 8_000}, {"word_times": True}),
    "riva-single": (named(RivaSpeech), {"sample_rate": 8_000}, {"bidirectional": False}),
    "wyoming": (lambda: WyomingSpeech(Directory()), {}, {}),
    "wyoming-streaming": (lambda: WyomingSpeech(Directory()), {}, {"streaming": True}),
}
EVERY = pytest.mark.parametrize("name", FACES)
STOPPABLE = [name for name in FACES if VENDORS[name.partition("-")[0]](None, {}, {}).traits.cancels]


def wired(name):
    face_of, options, switches = FACES[name]
    vendor = name.partition("-")[0]
    dialect = VENDORS[vendor](None, {}, switches)
    voice = "" if vendor == "wyoming" else "joe"
    route = Route(vendor, voice, options)
    request = LineRequest(route, "en", UtteranceOptions(), Principal(), "s", "u", 9.0)
    place = dialect.place(route, "en", request.options)
    return Wire(dialect.connect(place), place, face_of), request


def speak(wire, request, run):
    provider = wire.provider
    wire.sends(provider.begin(run, request, 0.0))
    for segment, text in enumerate(SEGMENTS):
        wire.sends(provider.say(run, segment, Reading(text), 0.0))
    wire.sends(provider.end_input(run, 0.0))


def test_every_vendor_that_has_a_face_is_here():
    assert {name.partition("-")[0] for name in FACES} == set(VENDORS) & set(SIMULATED)


@EVERY
def test_what_is_said_is_heard_and_again_on_the_same_connection(name):
    wire, request = wired(name)
    before = 0
    for run in (1, 2, 3):
        heard_before = len(wire.heard)
        speak(wire, request, run)
        audio, rest = story(wire.heard[heard_before:])
        assert audio == {run: wire.given[before:]}
        before = len(wire.given)
        assert len(audio[run]) >= sum(map(len, SEGMENTS)) * (wire.place.sample_rate_hz // 40) * 2
        told = [event for _, event in rest if not isinstance(event, Words | Joined)]
        assert told == [Marker(0), Marker(1), Marker(2), Finished()]
        assert wire.provider.open_runs == 0


@pytest.mark.parametrize(
    "name",
    [
        "elevenlabs",
        "elevenlabs-flushing",
        "elevenlabs-absolute",
        "elevenlabs_rest-timed",
        "cartesia",
        "cartesia-unflushed",
        "riva-timed",
    ],
)
def test_r11_words_lie_where_they_sound(name):
    wire, request = wired(name)
    joined = "timed" not in name
    for run in (1, 2):
        heard_before = len(wire.heard)
        speak(wire, request, run)
        words = [w for _, event in wire.heard[heard_before:] if isinstance(event, Words) for w in event.words]
        expected, start = [], 0
        for segment, text in enumerate(SEGMENTS):
            at = 0
            for word in text.split():
                at = text.index(word, at)
                expected.append(
                    (segment, at, at + len(word), (start + at) * 25.0, (start + at + len(word)) * 25.0)
                )
            start += len(text) + joined
        found = [(w.segment, w.start, w.end, w.start_ms, w.end_ms) for w in words]
        assert [one[:3] for one in found] == [one[:3] for one in expected]
        for one, other in zip(found, expected, strict=True):
            assert one[3:] == pytest.approx(other[3:], abs=25.0), (one, other)


@pytest.mark.parametrize("name", STOPPABLE)
def test_r7_a_cancelled_run_is_gone_and_the_next_one_whole(name):
    wire, request = wired(name)
    provider = wire.provider
    wire.sends(provider.begin(1, request, 0.0))
    for segment, text in enumerate(SEGMENTS):
        wire.sends(provider.say(1, segment, Reading(text), 0.0))
    heard = len(wire.heard)
    wire.sends(provider.cancel(1, 0.0))
    assert [event for run, event in wire.heard[heard:] if run == 1] == []
    assert provider.open_runs == 0
    before = len(wire.given)
    speak(wire, request, 2)
    audio, rest = story(wire.heard[heard:])
    assert audio == {2: wire.given[before:]}
    assert rest[-1] == (2, Finished())


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in FACES
        if name.startswith(("deepgram", "elevenlabs", "cartesia", "wyoming")) and "_" not in name
    ],
)
def test_a_failure_of_the_other_side_is_told_once(name):
    wire, request = wired(name)
    provider = wire.provider
    wire.sends(provider.begin(1, request, 0.0))
    wire.fails_with = Reason.VENDOR_UNREACHABLE
    wire.sends(provider.say(1, 0, Reading(SEGMENTS[0]), 0.0))
    wire.sends(provider.end_input(1, 0.0))
    assert [type(event) for _, event in wire.heard] == [Failed]
