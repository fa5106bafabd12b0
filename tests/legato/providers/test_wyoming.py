"""Wyoming beyond its transcripts."""

import pytest

from legato.domain.delivery import Takes
from legato.domain.errors import SpeechError
from legato.domain.events import Lost
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import TextLevel
from legato.domain.vendors import ResponseHead, Transport
from legato.providers.wyoming import Switches, Wyoming
from tests.conformance.stage import played
from tests.legato.providers.asking import takes


def place(**options):
    return Wyoming("tcp://h:10200").place(Route("p", "v", options), "en", UtteranceOptions())


def test_the_rate_is_the_servers_and_the_routes():
    assert (place().sample_rate_hz, place(sample_rate=16_000).sample_rate_hz) == (22_050, 16_000)
    assert place().url == "tcp://h:10200"


def test_an_option_of_another_vendor_is_refused():
    with pytest.raises(SpeechError, match="wyoming has no option 'model'"):
        place(model="x")


def test_the_traits():
    traits = Wyoming().traits
    assert (traits.transport, traits.cancels, traits.text_level) == (Transport.TCP, False, TextLevel.SPOKEN)
    streaming = Wyoming(switches=Switches(streaming=True)).traits
    assert (streaming.keeps_context, streaming.marks) == (True, False)
    assert (traits.keeps_context, traits.marks) == (False, True)
    assert Wyoming().credentials("k") == {}


def test_a_closed_connection_is_a_loss():
    provider = Wyoming().connect(place())
    assert isinstance(provider.broke(0, ""), Lost)
    assert provider.refused(ResponseHead(500), b"").message == "wyoming answered 500"


def test_its_transcripts_are_spoken_and_understood():
    assert played("wyoming") > 3


def test_it_has_no_word_for_how_a_text_is_spoken():
    assert takes(Wyoming()) == Takes()
