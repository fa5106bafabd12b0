"""Google beyond its transcripts."""

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Lost
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.vendors import ResponseHead, Transport
from legato.providers.google import Google, Switches
from tests.conformance.stage import played


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
