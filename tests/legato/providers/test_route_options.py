"""A route's options: known, of their kind, or told."""

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Route, UtteranceOptions
from legato.providers.cartesia import Cartesia
from legato.providers.cartesia_bytes import CartesiaBytes
from legato.providers.deepgram import DeepgramV1
from legato.providers.deepgram_rest import DeepgramRest
from legato.providers.deepgram_v2 import DeepgramV2
from legato.providers.elevenlabs import ElevenLabs
from legato.providers.elevenlabs_rest import ElevenLabsRest
from legato.providers.google import Google
from legato.providers.riva import Riva
from legato.providers.route_options import (
    FIELDS,
    FLAG,
    LIST,
    TEXT,
    Between,
    OneOf,
    checked,
    clamped,
    rate_of,
    with_query,
)
from legato.providers.wyoming import Wyoming

DIALECTS = [
    (Cartesia, 24_000),
    (CartesiaBytes, 24_000),
    (DeepgramV1, 24_000),
    (DeepgramV2, 24_000),
    (DeepgramRest, 24_000),
    (ElevenLabs, 24_000),
    (ElevenLabsRest, 24_000),
    (Google, 24_000),
    (Riva, 22_050),
    (Wyoming, 22_050),
]
KINDS = {
    "rate": OneOf((1, 2)),
    "warmth": Between(0, 1),
    "steps": Between(1, 3, whole=True),
    "flag": FLAG,
    "name": TEXT,
    "more": FIELDS,
    "many": LIST,
}


def test_options_of_their_kind_are_taken():
    options = {"rate": 2, "warmth": 0.5, "steps": 2.0, "flag": True, "name": "n", "more": {}, "many": []}
    assert checked("v", options, KINDS) == options


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rat": 1}, "v has no option 'rat'; its options are flag, many, more, name, rate, steps, warmth"),
        ({"rate": 3}, "option 'rate' of v must be one of 1, 2"),
        ({"rate": True}, "option 'rate' of v must be one of 1, 2"),
        ({"warmth": 2}, "option 'warmth' of v must be a number from 0 to 1"),
        ({"warmth": True}, "option 'warmth' of v must be a number from 0 to 1"),
        ({"steps": 1.5}, "option 'steps' of v must be a whole number from 1 to 3"),
        ({"steps": 4}, "option 'steps' of v must be a whole number from 1 to 3"),
        ({"flag": 1}, "option 'flag' of v must be true or false"),
        ({"name": 1}, "option 'name' of v must be a string"),
        ({"many": {}}, "option 'many' of v must be a list"),
    ],
)
def test_a_wrong_option_is_named(options, words):
    with pytest.raises(SpeechError) as caught:
        checked("v", options, KINDS)
    assert (caught.value.reason, caught.value.message) == (Reason.VENDOR_REJECTED, words)


def test_a_query_leaves_out_what_is_not_asked():
    assert with_query("u", {"a": None}) == "u"
    assert with_query("u?x=1", {"a": True, "b": "c d", "n": 0.7, "z": None}) == "u?x=1&a=true&b=c+d&n=0.7"


def test_speeds_are_clamped_and_the_usual_one_is_not_sent():
    assert [clamped(value, 0.7, 1.5) for value in (None, 1.0, 0.1, 1.2, 4.0)] == [None, None, 0.7, 1.2, 1.5]


def test_the_rate_is_the_option_or_the_usual_one():
    assert (rate_of({}, 24_000), rate_of({"sample_rate": 8_000}, 24_000)) == (24_000, 8_000)


@pytest.mark.parametrize(("dialect", "usual_hz"), DIALECTS)
def test_r20_a_line_has_the_rate_that_its_route_asks_for(dialect, usual_hz):
    def rate_hz(**options):
        return dialect().place(Route("p", "v", options), "en", UtteranceOptions()).sample_rate_hz

    assert (rate_hz(), rate_hz(sample_rate=16_000)) == (usual_hz, 16_000)


@pytest.mark.parametrize(
    ("given", "rate_hz"), [({}, 8_000), ({"sample_rate": 22_050}, 22_050), ({"sample_rate": 24e3}, 24_000)]
)
def test_a_rate_is_a_whole_number_however_it_is_written(given, rate_hz):
    """`24000.0` passed the check and was a bug of the gateway's when the voice was first used."""
    rate = rate_of(given, 8_000)
    assert (rate, type(rate)) == (rate_hz, int)
