"""Cartesia's bytes endpoint beyond its transcripts."""

import pytest

from legato.domain.delivery import Delivery, Takes
from legato.domain.errors import SpeechError
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import Transport
from legato.providers.cartesia_bytes import CartesiaBytes, Switches
from tests.conformance.stage import played
from tests.legato.providers.asking import sent, takes


def test_the_place_has_the_version():
    place = CartesiaBytes(switches=Switches(version="2025-04-16")).place(
        Route("p", "v"), "en", UtteranceOptions()
    )
    assert place.url == "https://api.cartesia.ai/tts/bytes"
    assert place.headers == (("Cartesia-Version", "2025-04-16"), ("Content-Type", "application/json"))


def test_an_option_of_another_vendor_is_refused():
    with pytest.raises(SpeechError, match="cartesia_bytes has no option 'voice_settings'"):
        CartesiaBytes().place(Route("p", "v", {"voice_settings": {}}), "en", UtteranceOptions())


def test_the_traits():
    assert CartesiaBytes().traits.transport is Transport.HTTP
    assert CartesiaBytes().credentials("k") == {"Authorization": "Bearer k"}


def test_its_transcripts_are_spoken_and_understood():
    assert played("cartesia_bytes") > 3


def test_each_request_has_what_its_text_asks_for():
    assert takes(CartesiaBytes(), model_id="sonic-2") == Takes((0.6, 1.5), volume=(-6.0, 6.0), language=True)
    plain, asked = sent(
        CartesiaBytes(),
        "Plain.",
        Reading("Other.", delivery=Delivery(rate=1.2, volume=-12.0, language="fr-FR")),
    )
    assert "generation_config" not in plain
    assert asked["generation_config"] == {"speed": 1.2, "volume": 0.5}
    assert (plain["language"], asked["language"]) == ("en", "fr")
