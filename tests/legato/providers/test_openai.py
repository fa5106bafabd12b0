"""OpenAI beyond its transcripts: the place, and the servers that speak like it."""

import pytest

from legato.domain.delivery import Delivery, Takes
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Audio
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import ResponseHead, Transport
from legato.providers.openai import OpenAI, Switches
from tests.conformance.stage import played
from tests.legato.providers.asking import sent, takes


def place(url="http://localhost:8880/v1/", **options):
    return OpenAI(url).place(Route("p", "v", options), "en", UtteranceOptions())


def test_a_base_url_makes_any_server_a_vendor():
    assert place().url == "http://localhost:8880/v1/audio/speech"
    assert place(sample_rate=44_100).sample_rate_hz == 44_100


def test_an_option_of_another_vendor_is_refused():
    with pytest.raises(SpeechError, match="openai has no option 'model_id'"):
        place(model_id="x")
    with pytest.raises(SpeechError, match="'response_format' of openai must be one of pcm, wav"):
        place(response_format="mp3")


def test_the_traits():
    traits = OpenAI().traits
    assert (traits.transport, traits.cancels, traits.limits.message_chars) == (Transport.HTTP, False, 4_096)
    assert OpenAI().credentials("k") == {"Authorization": "Bearer k"}


def test_its_transcripts_are_spoken_and_understood():
    assert played("openai") > 3


def test_each_request_has_the_speed_that_its_text_asks_for():
    assert takes(OpenAI()) == Takes((0.25, 4.0))
    assert takes(OpenAI(switches=Switches(sends_speed=False))) == Takes()
    slow = Reading("Slow.", delivery=Delivery(rate=0.5, volume=6.0))
    plain, asked = sent(OpenAI(), "Plain.", slow)
    assert "speed" not in plain
    assert asked["speed"] == 0.5
    both = sent(OpenAI(), "Plain.", slow, speaking=UtteranceOptions(speed=3.0))
    assert [one["speed"] for one in both] == [3.0, 1.5]
    assert "speed" not in sent(OpenAI(switches=Switches(sends_speed=False)), slow)[0]


def streamed(*lines):
    dialect = OpenAI()
    endpoint = dialect.connect(place())._endpoint
    body = endpoint.body(ResponseHead(200, {"content-type": "text/event-stream"}), lambda: 0.0)
    return [event for line in lines for event in body.feed(line)]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (b'{"type":"error","code":"rate_limit_exceeded","message":"m"}', Reason.VENDOR_QUOTA),
        (b'{"type":"error","message":"m"}', Reason.VENDOR_UNREACHABLE),
        (b'{"type":"error","error":{"code":"insufficient_quota"}}', Reason.VENDOR_QUOTA),
        (b'{"error":{"code":"insufficient_quota"}}', Reason.VENDOR_QUOTA),
    ],
)
def test_r3_an_event_that_is_an_error_is_one_whatever_shape_it_has(event, reason):
    """Passed over, it left a part of the text unsaid, and the utterance ended well."""
    delta = b'data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n'
    sound, failed = streamed(delta, b"data: " + event + b"\n\n")
    assert sound == Audio(bytes(3))
    assert failed.reason is reason


def test_events_are_read_with_and_without_a_space_and_all_else_between_them_is_passed_over():
    lines = (b'data:{"type":"audio.delta","delta":"AAAA"}', b": keep-alive", b"event: x", b"data: [DONE]")
    assert streamed(*(line + b"\r\n" for line in lines)) == [Audio(bytes(3))]


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_event():
    delta = b'data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n'
    assert streamed(b"\xef\xbb", b"\xbf" + delta, delta) == [Audio(bytes(3))] * 2
