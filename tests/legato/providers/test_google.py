"""Google beyond its transcripts."""

import pytest

from legato.domain.delivery import Takes
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Audio, Lost
from legato.domain.protobuf_wire import data, fields
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.stage_directions import ANY_DIRECTION
from legato.domain.text import Reading
from legato.domain.vendors import ResponseHead, Transport
from legato.ports import LineRequest
from legato.providers.google import Google, Switches
from tests.conformance.stage import played
from tests.legato.providers.asking import sent, takes


def place(**options):
    return Google().place(Route("p", "v", options), "en", UtteranceOptions())


def test_one_channel_serves_all_voices():
    assert place() == place(model_name="m")
    assert place().method == "/google.cloud.texttospeech.v1.TextToSpeech/StreamingSynthesize"
    with pytest.raises(SpeechError, match="google has no option 'voice'"):
        place(voice="x")


def test_the_traits():
    traits = Google().traits
    assert (traits.transport, traits.keeps_context, traits.limits.context_idle_s) == (
        Transport.GRPC,
        True,
        5.0,
    )
    assert Google().credentials("k") == {"authorization": "Bearer k"}
    assert Google(switches=Switches(api_key_header=True)).credentials("k") == {"x-goog-api-key": "k"}
    assert Google().credentials("") == {}


def test_a_channel_that_closes():
    channel = Google().connect(place())
    assert isinstance(channel.broke(0, ""), Lost)
    assert channel.refused(ResponseHead(403), b"").reason is Reason.VENDOR_REJECTED
    assert (
        channel.refused(ResponseHead(429), b'{"error":{"status":"RESOURCE_EXHAUSTED"}}').reason
        is Reason.VENDOR_QUOTA
    )


def test_its_transcripts_are_spoken_and_understood():
    assert played("google") > 3


HD = "en-US-Chirp3-HD-Kore"


def inside(message, *path):
    for number in path:
        message = next((value for one, value in fields(message) if one == number), b"")
    return message


def test_pauses_are_markup_where_the_voice_reads_it():
    assert takes(Google(), HD) == Takes((0.25, 2.0), pause_s=1.5, by_run=True)
    assert takes(Google(), "en-US-Standard-A").pause_s == 0.0
    assert takes(Google(switches=Switches(pauses=False)), HD).pause_s == 0.0
    assert takes(Google(), "Kore", model_name="gemini-2.5-flash-tts").directions == ANY_DIRECTION
    _, *said = sent(
        Google(),
        "a",
        Reading("b", pause_ms=200),
        Reading("c", pause_ms=700),
        Reading("d", pause_ms=9_000),
        voice=HD,
    )
    assert [inside(one, 2, 1) for one in said] == [b"a ", b"", b"", b""]
    assert [inside(one, 2, 5) for one in said] == [
        b"",
        b"b [pause short] ",
        b"c [pause] ",
        b"d [pause long] ",
    ]
    _, plain = sent(Google(), Reading("b", pause_ms=200), voice="en-US-Standard-A")
    assert inside(plain, 2, 1) == b"b "


def test_only_the_audio_of_an_answer_is_heard():
    channel = Google().connect(place())
    channel.begin(1, LineRequest(Route("p", HD), "en", UtteranceOptions(), Principal(), "s", "u", 1.0), 0.0)
    channel.say(1, 0, Reading("Hi."), 0.0)
    assert channel.hear(data(9, b"what a later version tells"), 0.0) == []
    assert channel.hear(data(9, b"more") + data(1, bytes(4)), 0.0) == [(1, Audio(bytes(4)))]


def test_the_words_of_a_lexicon_go_with_the_call():
    words = (("shivawn", "\u0283\u026a\u02c8v\u0254\u02d0n"), ("Bo", "bo"))
    config, _ = sent(Google(), "Hi Bo", pronunciations=words, options={"pronunciations": {"Bo": "b\u0254"}})
    custom = inside(config, 1, 5)
    pairs = [
        (inside(value, 1).decode(), inside(value, 2), inside(value, 3).decode())
        for number, value in fields(custom)
        if number == 1
    ]
    assert pairs == [("shivawn", 1, words[0][1]), ("Bo", 1, "b\u0254")]
    (config, _) = sent(Google(switches=Switches(pronunciations=False)), "Hi", pronunciations=words)
    assert inside(config, 1, 5) == b""
