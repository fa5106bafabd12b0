"""Riva beyond its transcripts."""

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Lost
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.vendors import ResponseHead, Transport
from legato.providers.riva import Riva, Switches
from tests.conformance.stage import played


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
