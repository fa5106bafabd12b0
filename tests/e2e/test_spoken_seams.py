"""R3 and R6, by an outside ear: real speech breaks off and is gone on with elsewhere, nobody tells word times, and Whisper writes down all of it.

Every case is the first of its voice, on a route of its own: none is kept from its vendor by the deaths of the others.
"""

import asyncio
import itertools
from dataclasses import dataclass

import jiwer
import numpy as np
import pytest

from gateway.app.simulation import simulator
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.script import Script
from legato_client import connect
from legato_client.tuning import Tuning
from tests.chaos.stage import FORMAT, HEALTHY, RATE_HZ, configuration, gateway, provider
from tests.e2e.listener import Listener, alike, floats, resampled
from tests.e2e.real_voice import espeak

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

SENTENCES = (
    "The doctor asked him to come back in the morning.",
    "Turn left at the church and then follow the road to the river.",
    "We will send the letter to your new address tomorrow morning, and it should arrive before the end of the month.",
    "The meeting has been moved to Thursday afternoon, because the manager is on holiday until the end of the week.",
)
"""Such as the listener hears without an error when espeak says them."""
DEATHS_MS = {
    "elevenlabs": (1_540, 830, 4_100, 2_950),
    "cartesia": (620, 1_710, 4_460, 3_250),
    "deepgram": (1_060, 2_220, 2_480, 1_370),
    "openai": (1_810, 1_290, 950, 2_090),
}
"""When each sentence dies, in milliseconds of its audio; for OpenAI, which is asked for each clause by itself, of its first clause."""
QUIET = {**HEALTHY, "word_times": False}
UNBOUND = Tuning(max_lead_ms=-1)
PACES = (1.0, 0.94, 1.06)
"""Who has misheard listens again, a little slower, a little faster: what was not said is not heard then either."""


@dataclass(frozen=True)
class Case:
    dialect: str
    text: str
    dies_ms: int

    @property
    def voice(self):
        return f"{self.dialect}-{self.dies_ms}"

    def fault(self):
        return {"when": {"voice": self.voice, "at": "ms", "value": self.dies_ms}, "do": "reset"}

    def routes(self):
        first = {"provider": self.dialect, "voice": self.voice}
        return {"language": "en", "routes": [first, {"provider": "second", "voice": "second"}]}


CASES = [
    Case(dialect, text, dies_ms)
    for dialect, deaths in DEATHS_MS.items()
    for text, dies_ms in zip(SENTENCES, deaths, strict=True)
]
UNBROKEN = [
    Case(dialect, text, 0) for dialect, text in zip(itertools.cycle(DEATHS_MS), SENTENCES, strict=False)
]


@pytest.fixture(scope="module")
def listener():
    return Listener()


async def played():
    """The audio and the seams of every case, and how many faults have fired. Each vendor speaks one at a time, and all of them at once."""
    heard = {}
    quiet = Script.model_validate(QUIET)
    deadly = Script.model_validate({**QUIET, "faults": [case.fault() for case in CASES]})

    async def play(url, dialect):
        for case in UNBROKEN + CASES:
            if case.dialect == dialect:
                async with connect(url, voice=case.voice, audio_format=FORMAT, tuning=UNBOUND) as speech:
                    utterance = speech.say(case.text)
                    data = b"".join([chunk.data async for chunk in utterance])
                    heard[case] = data, [seam.method for seam in utterance.seams]

    async with (
        espeak() as voice,
        simulator(list(DEATHS_MS), deadly, seed=1, options=SimulatorOptions(voice=voice)) as vendors,
        simulator(["deepgram"], quiet, seed=1, options=SimulatorOptions(voice=voice)) as second,
    ):
        providers = {dialect: provider(dialect, vendors) for dialect in DEATHS_MS}
        providers["second"] = provider("deepgram", second)
        voices = {case.voice: case.routes() for case in UNBROKEN + CASES}
        async with gateway(configuration(providers, voices)) as url, asyncio.TaskGroup() as group:
            for dialect in DEATHS_MS:
                group.create_task(play(url, dialect))
        return heard, {fault.voice for fault in vendors.log.faults}


def listen(listener, data, text):
    """What is heard beside what is said: of the listenings the one that misses least, the first of those that miss nothing."""
    heard = []
    for pace in PACES:
        written = alike(listener.write_down(resampled(floats(data), RATE_HZ * pace)))
        heard.append(jiwer.process_words(alike(text), written))
        if heard[-1].deletions + heard[-1].substitutions == 0:
            return heard[-1]
    return min(heard, key=lambda one: (one.deletions, one.substitutions))


async def test_r3_r6_an_outside_ear_misses_no_word_and_hears_few_twice(listener):
    heard, fired = await played()
    for case in UNBROKEN:
        data, seams = heard[case]
        assert not seams, case
        assert alike(listener.write_down(resampled(floats(data), RATE_HZ))) == alike(case.text)
    assert fired == {case.voice for case in CASES}
    told = {}
    for case in CASES:
        data, seams = heard[case]
        assert seams == ["rewind"], (case, seams)
        told[case] = listen(listener, data, case.text)
    assert {case: one.hypotheses for case, one in told.items() if one.deletions} == {}
    # Where a word is broken off and said again, the ear may make another one of the two; nowhere else, and not often.
    misheard = [one.substitutions for one in told.values() if one.substitutions]
    assert len(misheard) <= len(CASES) / 10, told
    assert max(misheard, default=0) <= 1, told
    again = [one.insertions for one in told.values()]
    assert sum(count <= 2 for count in again) >= 0.9 * len(again), again
    assert max(again) <= 4, again


async def test_the_ear_misses_a_word_that_is_not_said(listener):
    """A judge that passes everything would prove nothing."""
    async with espeak() as voice:
        spoken = asyncio.get_running_loop().create_future()
        voice.speak(SENTENCES[0], RATE_HZ, 1, spoken.set_result)
        samples = (await spoken).samples
    without = np.concatenate([samples[: RATE_HZ * 154 // 100], samples[RATE_HZ * 182 // 100 :]])
    assert listen(listener, without.tobytes(), SENTENCES[0]).deletions == 1
