"""A vendor of two minds, through the real gateway: one voice is hedged, one is not, utterance by utterance side by side.

`LEGATO_HEDGED_UTTERANCES` sets how many utterances of each voice there are.
"""

import asyncio
import itertools
import os
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import numpy as np
import pytest

from gateway.app.simulation import simulator
from gateway.simulator.log import Saw
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.script import Script
from gateway.simulator.tones import ToneVoice, decode
from gateway.simulator.words import NUMBERS, WORDS
from legato_client import connect
from tests.chaos.stage import FORMAT, RATE_HZ, configuration, gateway, provider

UTTERANCES = int(os.environ.get("LEGATO_HEDGED_UTTERANCES", "96"))
STREAMS = 6
UNKNOWN = 4 * STREAMS
"""So many utterances come before a route is known well enough to be raced."""
SHARE = 0.03
LENT_CHARS = 200
FAST_MS, SLOW_MS, SLOW_SHARE = 250, 2_000, 0.02
PACE = {"first_byte": {"fast_ms": FAST_MS, "slow_ms": SLOW_MS, "slow_share": SLOW_SHARE}, "speed": 0}
SEED, RIVALS_SEED = 2114, 2
"""By these the first ones of a route that is to become known are fast, and four of a hundred slow."""
PATIENT = {"first_audio_s": 10.0, "first_audio_factor": 0, "between_audio_s": 10.0, "finish_s": 10.0}
"""Nothing but a rival overtakes the slow one."""
_LOUD = 11_000
_FRAME = RATE_HZ // 50

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(30 + UTTERANCES)]


class Soft(ToneVoice):
    """Half as loud: so it is heard whose words they are."""

    def speak(self, text, sample_rate_hz, serial, on_ready):
        super().speak(
            text, sample_rate_hz, serial, lambda said: on_ready(replace(said, samples=said.samples // 2))
        )


@dataclass(frozen=True)
class Told:
    """What became of one utterance."""

    wanted: list[int]
    samples: np.ndarray
    ttfa_s: float

    @property
    def whole(self):
        return decode(self.samples, RATE_HZ) == self.wanted

    @property
    def levels(self):
        """Of every frame with a whole word in it, in the loud voice's level."""
        frames = self.samples[: len(self.samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
        return np.abs(frames.astype(float)).max(axis=1)


def slow_ones(told, usual_s):
    """How many are later than usual by half of what makes a slow one."""
    return sum(one.ttfa_s > usual_s + (SLOW_MS - FAST_MS) / 2000 for one in told)


async def talk(url, voice, numbers):
    """Utterance after utterance, for as long as there are numbers."""
    told = []
    async with connect(url, voice=voice, audio_format=FORMAT) as speech:
        for number in numbers:
            words = random.Random(number).sample(WORDS, 4)
            utterance = speech.say(f"{' '.join(words)}.")
            data = b"".join([chunk.data async for chunk in utterance])
            wanted = [NUMBERS[word] for word in words]
            told.append((number, Told(wanted, np.frombuffer(data, "<i2"), utterance.receipt.ttfa_s)))
    return told


async def all_of(url, voice):
    numbers = iter(range(UTTERANCES))  # shared by all streams
    async with asyncio.TaskGroup() as tasks:
        streams = [tasks.create_task(talk(url, voice, numbers)) for _ in range(STREAMS)]
    told = sorted(itertools.chain(*(stream.result() for stream in streams)), key=lambda one: one[0])
    return [one for _, one in told][UNKNOWN:]


def billed(vendors):
    return sum(entry.value for vendor in vendors for entry in vendor.log.of(Saw.TEXT))


async def test_of_a_vendor_of_two_minds_the_tail_is_cut_within_the_budget_and_no_utterance_has_two_voices():
    script = Script.model_validate({"pace": PACE})
    async with AsyncExitStack() as stack:
        names = ("plain", "spare", "raced", "rival")
        voices = dict(zip(names, (ToneVoice(1), Soft(1)) * 2, strict=True))
        vendors = {
            name: await stack.enter_async_context(
                simulator(["cartesia"], script, seed=seed, options=SimulatorOptions(voice=voices[name]))
            )
            for name, seed in zip(names, (SEED, RIVALS_SEED) * 2, strict=True)
        }
        providers = {name: provider("cartesia", vendor, limits=PATIENT) for name, vendor in vendors.items()}
        routes = {name: {"provider": name, "voice": "one"} for name in names}
        url = await stack.enter_async_context(
            gateway(
                configuration(
                    providers,
                    {
                        "plain": {"language": "en", "routes": [routes["plain"], routes["spare"]]},
                        "hedged": {
                            "language": "en",
                            "routes": [routes["raced"], routes["rival"]],
                            "hedge_share": SHARE,
                        },
                    },
                )
            )
        )
        plain, hedged = await asyncio.gather(all_of(url, "plain"), all_of(url, "hedged"))

    assert billed([vendors["spare"]]) == 0, "off by default"
    once = billed([vendors["plain"]])
    extra = billed([vendors["raced"], vendors["rival"]]) - once
    assert 0 < extra <= SHARE * once + LENT_CHARS
    usual_s = np.median([one.ttfa_s for one in plain])
    slow, still_slow = (slow_ones(told, usual_s) for told in (plain, hedged))
    assert slow > 0.01 * len(plain), "the 99th percentile is a slow one"
    assert still_slow <= max(0.01 * len(hedged), slow // 4), "it is no more"
    assert all(one.whole for one in hedged)
    assert all(len({bool(level > _LOUD * 0.7) for level in one.levels}) == 1 for one in hedged)
