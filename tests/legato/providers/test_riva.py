"""Riva beyond its transcripts."""

import pytest

from legato.domain.delivery import Delivery, Takes
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Audio, Lost, Words, WordTime
from legato.domain.protobuf_wire import data, fields, text, whole
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import ResponseHead, Transport
from legato.ports import LineRequest
from legato.providers.riva import Riva, Switches
from tests.conformance.stage import played
from tests.legato.providers.asking import sent, takes


def place(**options):
    return Riva().place(Route("p", "v", options), "en", UtteranceOptions())


def test_one_channel_serves_all_voices():
    assert place().method == "/nvidia.riva.tts.RivaSpeechSynthesis/SynthesizeOnline"
    assert place(sample_rate=44_100).sample_rate_hz == 44_100
    with pytest.raises(SpeechError, match="riva has no option 'voice'"):
        place(voice="x")


def test_the_traits():
    assert Riva().traits.transport is Transport.GRPC
    assert (Riva().traits.word_times, Riva(switches=Switches(word_times=True)).traits.word_times) == (
        False,
        True,
    )
    assert Riva().credentials("k") == {"authorization": "Bearer k"}
    assert Riva().credentials("") == {}


def test_a_channel_that_closes():
    channel = Riva().connect(place())
    assert isinstance(channel.broke(0, ""), Lost)
    assert channel.refused(ResponseHead(503), b"").reason is Reason.VENDOR_UNREACHABLE


def test_its_transcripts_are_spoken_and_understood():
    assert played("riva") > 3


FAST = "English-US.Female-1"
ROUTE = Route("p", FAST)


def texts(*readings, dialect=None, voice=FAST, speaking=UtteranceOptions()):  # noqa: B008 - frozen
    frames = sent(dialect or Riva(), *readings, voice=voice, speaking=speaking)
    return [dict(fields(frame))[1].decode() for frame in frames]


def test_a_text_with_its_own_delivery_is_a_document_of_its_own():
    assert takes(Riva(), FAST) == Takes((0.25, 2.5), (-12.0, 11.0), (-13.0, 8.0))
    asked = Reading("Tom & Bo <3", delivery=Delivery(rate=0.8, pitch=12.0, volume=-20.0))
    assert texts("Plain & simple.", asked) == [
        "Plain & simple.",
        '<speak><prosody rate="80%" pitch="+150Hz" volume="-13.0dB">Tom &amp; Bo &lt;3</prosody></speak>',
    ]
    assert texts("Hi", speaking=UtteranceOptions(speed=4.0)) == [
        '<speak><prosody rate="250%">Hi</prosody></speak>'
    ]
    assert texts(Reading("Hi", delivery=Delivery(pitch=-12.0))) == [
        '<speak><prosody pitch="-80Hz">Hi</prosody></speak>'
    ]


def test_an_older_service_that_takes_the_text_of_a_run_whole_takes_no_delivery_of_a_part_of_it():
    assert takes(Riva(switches=Switches(bidirectional=False)), FAST) == Takes()


@pytest.mark.parametrize(
    ("dialect", "voice"),
    [
        (Riva(switches=Switches(prosody=False)), FAST),
        (Riva(), "Magpie-Multilingual.EN-US.Mia"),
    ],
)
def test_a_model_without_prosody_is_sent_the_text(dialect, voice):
    assert takes(dialect, voice) == Takes()
    asked = Reading("Hi", delivery=Delivery(rate=0.8))
    assert texts(asked, dialect=dialect, voice=voice, speaking=UtteranceOptions(speed=2.0)) == ["Hi"]


@pytest.mark.parametrize(
    "timing",
    [
        whole(1, 5) + whole(2, 0) + whole(3, 100),
        text(1, "Hi") + text(2, "0") + whole(3, 100),
        text(1, "Hi") + whole(2, 0) + text(3, "100"),
    ],
)
def test_a_time_of_another_kind_is_no_time_and_the_audio_beside_it_is_heard(timing):
    assert timed("Hi", timing) == [Audio(b"\1\2")]


@pytest.mark.parametrize("word", [b"Hi", b"Hi\xff"])
def test_r11_a_word_at_the_very_beginning_is_timed_even_if_not_all_of_it_is_utf_8(word):
    """A start of 0 is left out of the message."""
    words, _ = timed("Hi", data(1, word) + whole(3, 100))
    assert words == Words((WordTime(0, 0, 2, 0.0, 100.0),))


def timed(said, timing):
    dialect = Riva(switches=Switches(word_times=True))
    connection = dialect.connect(dialect.place(ROUTE, "en", UtteranceOptions()))
    request = LineRequest(ROUTE, "en", UtteranceOptions(), Principal(), "s", "u", 9.0)
    connection.begin(1, request, 0.0)
    connection.say(1, 0, Reading(said), 0.0)
    told = connection.hear(data(2, data(9, timing)) + data(1, b"\1\2"), 0.0)
    return [event for _, event in told]
