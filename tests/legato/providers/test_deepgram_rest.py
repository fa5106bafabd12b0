"""Deepgram's REST endpoint beyond its transcripts."""

import pytest

from legato.domain.delivery import Takes
from legato.domain.errors import SpeechError
from legato.domain.speech import Route, UtteranceOptions
from legato.providers.deepgram_rest import Container, DeepgramRest, Switches
from tests.conformance.stage import played
from tests.legato.providers.asking import takes


def place(dialect=None, speed=None, **options):
    route = Route("p", "aura-2-thalia-en", options)
    return (dialect or DeepgramRest()).place(route, "en", UtteranceOptions(speed=speed))


def test_everything_but_the_text_is_the_places():
    assert place(speed=1.2, sample_rate=48_000).url == (
        "https://api.deepgram.com/v1/speak?model=aura-2-thalia-en&encoding=linear16&container=none"
        "&sample_rate=48000&speed=1.2"
    )
    assert place().headers == (("Content-Type", "application/json"),)
    chosen = place(tag="nightly", mip_opt_out=True).url
    assert chosen.partition("?")[2].split("&") == [
        "model=aura-2-thalia-en",
        "encoding=linear16",
        "container=none",
        "sample_rate=24000",
        "mip_opt_out=true",
        "tag=nightly",
    ]
    assert "container=wav" in place(DeepgramRest(switches=Switches(Container.WAV))).url
    assert DeepgramRest().credentials("k") == {"Authorization": "Token k"}


def test_an_option_of_another_vendor_is_refused():
    with pytest.raises(SpeechError, match="deepgram_rest has no option 'model'"):
        place(model="x")


def test_its_transcripts_are_spoken_and_understood():
    assert played("deepgram_rest") > 3


def test_the_speed_is_the_places_where_the_voice_takes_one():
    assert takes(DeepgramRest(), "aura-2-thalia-es") == Takes((0.7, 1.5), by_run=True)
    assert takes(DeepgramRest(), "aura-2-x-de") == Takes(by_run=True)
