"""Deepgram v2 beyond its transcripts."""

import pytest

from legato.domain.delivery import Takes
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Lost
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Pronunciation, Reading
from legato.domain.vendors import ResponseHead
from legato.providers.deepgram_v2 import DeepgramV2, Switches
from tests.conformance.stage import played
from tests.legato.providers.asking import sent, takes


def place(speed=None, **options):
    return DeepgramV2().place(Route("p", "flux-a-en", options), "en", UtteranceOptions(speed=speed))


def test_the_voice_is_the_connections():
    assert place(expressivity=-1, sample_rate=44_100).url == (
        "wss://api.deepgram.com/v2/speak?model=flux-a-en&encoding=linear16&sample_rate=44100&expressivity=-1"
    )


@pytest.mark.parametrize(("asked", "sent"), [(1.234, "1.25"), (9.0, "1.5"), (0.1, "0.5")])
def test_speeds_come_in_steps(asked, sent):
    assert place(speed=asked).url.endswith(f"speed={sent}")


def test_an_option_of_another_vendor_is_refused():
    with pytest.raises(SpeechError, match="'expressivity' of deepgram_v2 must be one of -2, -1, 0, 1, 2"):
        place(expressivity=3)


def test_the_traits():
    traits = DeepgramV2().traits
    assert (traits.cancels, traits.keeps_context, traits.limits.idle_s) == (True, False, 60.0)
    assert DeepgramV2(switches=Switches(flushes_segments=False)).traits.keeps_context
    assert DeepgramV2().credentials("k") == {"Authorization": "Token k"}


def test_refusals_and_closes():
    provider = DeepgramV2().connect(place())
    assert provider.refused(ResponseHead(400), b"").reason is Reason.VENDOR_REJECTED
    assert provider.broke(1011, "NET-0000").reason is Reason.VENDOR_UNREACHABLE
    assert isinstance(provider.broke(1011, "NET-0004"), Lost)
    assert [run for run, _ in provider.hear("{", 0.0)] == [0]


def test_its_transcripts_are_spoken_and_understood():
    assert played("deepgram_v2") > 3


def test_pronunciations_are_left_out_at_another_speed():
    assert takes(DeepgramV2()) == Takes((0.5, 1.5), by_run=True)
    reading = Reading("Hi Bo", pronunciations=(Pronunciation(3, 5, "bo"),))

    def text(**asked):
        return sent(DeepgramV2(), reading, voice="flux-a-en", **asked)[0]["text"]

    assert "pronounce" in text()
    assert "pronounce" in text(speaking=UtteranceOptions(speed=1.0))
    assert "pronounce" not in text(speaking=UtteranceOptions(speed=1.2))
    assert "pronounce" not in text(options={"speed": 0.9})
