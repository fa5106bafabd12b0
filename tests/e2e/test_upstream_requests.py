"""What vendors are asked for, counted by their own log: text that waits goes in one request, and the listener has it no later."""

import random

import pytest

from gateway.app.simulation import simulator
from gateway.simulator.log import Saw
from gateway.simulator.script import Script
from gateway.simulator.words import WORDS
from legato_client import connect
from tests.chaos.hearing import Ear
from tests.chaos.stage import FORMAT, HEALTHY, RATE_HZ, configuration, gateway, provider, say

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SENTENCES = 9


def sentences(count):
    """Of eight coded words each: as long as a segment is at least, and no word twice."""
    words = iter(random.Random(1).sample(WORDS, 8 * count))
    return "".join(f"{' '.join(next(words) for _ in range(8))}. " for _ in range(count))


async def told(dialect, **limits):
    """How many requests a text given whole came to, and what was heard."""
    routes = [{"provider": "first", "voice": "one"}]
    async with (
        simulator([dialect], Script.model_validate(HEALTHY), seed=1) as vendor,
        gateway(
            configuration(
                {"first": provider(dialect, vendor, limits=limits)},
                {"voice": {"language": "en", "routes": routes}},
                limits={"max_lead_ms": -1},
            )
        ) as url,
        connect(url, voice="voice", audio_format=FORMAT) as speech,
    ):
        text = sentences(SENTENCES)
        heard = await say(speech, text, Ear(RATE_HZ))
        return vendor.log.count(Saw.BEGUN), vendor.log.billed_chars - len(text), heard


@pytest.mark.parametrize(
    "dialect", ["openai", "deepgram_rest", "elevenlabs_rest", "cartesia_bytes", "deepgram", "deepgram_v2"]
)
async def test_text_that_waits_is_asked_for_in_one(dialect):
    each, _, before = await told(dialect, batch_chars=0)
    fewer, more_chars, after = await told(dialect)
    assert each >= SENTENCES - 1
    assert fewer <= each // 2 + 1
    assert more_chars <= 0, "no character is billed twice"
    for heard in (before, after):
        assert (heard.lost, heard.repeated, heard.disordered, heard.error) == (0, 0, False, "")
    assert after.gap_ms <= before.gap_ms + 100, "nothing came later to the ear"
