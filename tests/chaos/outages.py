"""Two routes that are each down two per cent of the time, independently of one another: what share of the utterances is whole."""

import asyncio
import random
from dataclasses import dataclass

from gateway.app.simulation import simulator
from gateway.simulator.script import Script
from gateway.simulator.simulator import Simulator
from legato_client import connect
from tests.chaos.hearing import Ear, Heard
from tests.chaos.stage import FORMAT, HEALTHY, RATE_HZ, coded_text, gateway, say, two_routes

_DOWN_SHARE = 0.02
_OUTAGE_S = 0.3
_STREAMS = 24


@dataclass(frozen=True)
class Outages:
    """What became of the utterances.

    Args:
        utterances: number of utterances.
        whole: utterances of which every word was heard, in order, without an error.
        lost: number of lost words.
        down_s: how long each of the two routes was down.
        lasted_s: how long the test lasted.
    """

    utterances: int
    whole: int
    lost: int
    down_s: tuple[float, float]
    lasted_s: float

    @property
    def well(self) -> bool:
        """Whether at least 99.9 % are whole."""
        return self.utterances > 0 and self.whole >= 0.999 * self.utterances

    def __str__(self) -> str:
        downs = " and ".join(f"{seconds / self.lasted_s:.1%}" for seconds in self.down_s)
        share = self.whole / max(self.utterances, 1)
        return (
            f"two routes down {downs} of {self.lasted_s:.0f} s: {self.whole} of {self.utterances} utterances whole"
            f" ({share:.2%}), {self.lost} words lost"
        )


async def two_percent_down(lasting_s: float = 45.0, seed: int = 1) -> Outages:
    """Speak on many streams while two vendors go down and come back."""
    async with (
        simulator(["cartesia"], Script.model_validate(HEALTHY), seed=seed) as first,
        simulator(["deepgram"], Script.model_validate(HEALTHY), seed=seed) as second,
        gateway(two_routes("cartesia", first, second)) as url,
    ):
        over = asyncio.get_running_loop().time() + lasting_s
        async with asyncio.TaskGroup() as tasks:
            downs = [
                tasks.create_task(_fall_and_rise(vendor, random.Random(f"{seed} {number}"), over))
                for number, vendor in enumerate((first, second))
            ]
            streams = [tasks.create_task(_speak(url, n, over)) for n in range(_STREAMS)]
        heard = [one for stream in streams for one in stream.result()]
        whole = [one for one in heard if not (one.lost or one.disordered or one.error) and one.terminal]
        down_s = (downs[0].result(), downs[1].result())
        return Outages(len(heard), len(whole), sum(one.lost for one in heard), down_s, lasting_s)


async def _fall_and_rise(vendor: Simulator, chance: random.Random, over: float) -> float:
    """Take the vendor down at random moments, for its share of the time; return the seconds that it was down."""
    loop = asyncio.get_running_loop()
    was_down = 0.0
    between = _OUTAGE_S * (1 - _DOWN_SHARE) / _DOWN_SHARE
    while True:
        await asyncio.sleep(min(chance.expovariate(1 / between), 1.5 * between))
        if loop.time() >= over:
            return was_down
        vendor.down()
        await asyncio.sleep(_OUTAGE_S)
        vendor.up()
        was_down += _OUTAGE_S


async def _speak(url: str, number: int, over: float) -> list[Heard]:
    chance = random.Random(f"stream {number}")
    loop = asyncio.get_running_loop()
    ear, heard = Ear(RATE_HZ), []
    await asyncio.sleep(number * 0.1)
    async with connect(url, voice="voice", audio_format=FORMAT) as speech:
        while loop.time() < over:
            heard.append(await say(speech, coded_text(chance), ear))
    return heard
