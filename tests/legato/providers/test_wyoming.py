"""Wyoming beyond its transcripts."""

import pytest

from legato.domain.delivery import Takes
from legato.domain.errors import SpeechError
from legato.domain.events import Audio, Lost, Marker
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading, TextLevel
from legato.domain.vendors import ResponseHead, Transport
from legato.ports import LineRequest
from legato.providers.wyoming import Switches, Wyoming
from legato.providers.wyoming_frames import written
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


def speaking():
    provider = Wyoming().connect(place())
    provider.begin(1, LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 1.0), 0.0)
    provider.say(1, 0, Reading("Good morning."), 0.0)
    return provider


def test_a_server_that_describes_itself_unasked_has_not_ended_a_segment():
    provider = speaking()
    assert not provider.hear(written("info", {"tts": []}), 0.0)
    audio = written("audio-chunk", {"rate": 22_050}).replace(b"}\n", b',"payload_length":4}\n') + bytes(4)
    assert provider.hear(audio, 0.0) == [(1, Audio(bytes(4)))]
    assert provider.hear(written("audio-stop"), 0.0) == [(1, Marker(0))]


@pytest.mark.parametrize(
    ("rate", "told"), [(16_000, "at 16000 Hz where 22050 Hz"), ("fast", "at an unreadable rate where")]
)
def test_a_server_at_another_rate_is_told_apart_from_one_whose_rate_is_unreadable(rate, told):
    [(run, failed)] = speaking().hear(written("audio-start", {"rate": rate}), 0.0)
    assert run == 1
    assert told in failed.message
