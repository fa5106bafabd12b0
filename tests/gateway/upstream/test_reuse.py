"""R2 as the vendor counts it: hundreds of utterances, half of them interrupted, on a handful of connections."""

import asyncio

import numpy as np
import pytest

from gateway.app.simulation import simulator
from gateway.app.vendors import VENDORS
from gateway.simulator.log import Saw
from gateway.simulator.script import Script
from gateway.simulator.words import WORDS
from legato.domain.events import Audio, Failed, Finished
from legato.domain.facts import LineDialled
from legato.domain.speech import Route
from legato.domain.text import Reading
from tests.gateway.upstream.stage import Asked, Ear, Notes, idle, lines_of

PATHS = {"elevenlabs": "", "deepgram": "/v1/speak"}
BOUNDLESS = {"flushes": 100_000, "window_chars": 10_000_000}
"""What a vendor allows in a minute: that many utterances are spoken in one here."""
ROUTE = Route("test", "aura-2-anna-en")
TALKERS, UTTERANCES, FLOOR = 4, 75, 8
MOST_LINES = 16
"""A talker's own, the one of its run before that is being cleaned, and the spare ones."""


async def talker(lines, number):
    """Speaks, and is interrupted every other time. Gives for each utterance whether its line was there, and at once."""
    told = []
    for turn in range(UTTERANCES):
        ear = Ear()
        asked = Asked(lines, ear, route=ROUTE)
        at_once = asked.now is not None
        line = await asked.answer()
        assert not isinstance(line, Failed), line
        line.say(0, Reading(f"{WORDS[number]} {WORDS[turn]}."))
        if (number + turn) % 2:
            line.cancel()
        else:
            line.end_input()
            assert isinstance(await ear.end(), Finished)
            assert any(isinstance(event, Audio) for event in ear.events)
        line.release(clean=True)
        told.append((line.reused, at_once))
        await asyncio.sleep(0)
    return told


@pytest.mark.parametrize("name", ["elevenlabs", "deepgram"])
async def test_r2_r9_every_utterance_has_a_warm_line_inside_the_call_however_often_one_barges_in(name):
    limits = BOUNDLESS if name == "deepgram" else {}
    async with simulator([name], Script(limits=limits, pace={"speed": 0})) as running:
        dialect = VENDORS[name](running.websocket_url + PATHS[name], limits, {})
        notes = Notes()
        async with lines_of(dialect, notes, warm=False, floor=FLOOR, spare=2) as lines:
            lines.keep_warm(ROUTE, "en")
            await notes.more(LineDialled, than=FLOOR - 1)
            assert idle(lines) == FLOOR
            async with asyncio.TaskGroup() as tasks:
                talking = [tasks.create_task(talker(lines, number)) for number in range(TALKERS)]
            told = np.array([each for task in talking for each in task.result()])
            reused, at_once = told.mean(axis=0)
            assert len(told) == 300
            assert reused >= 0.99
            assert at_once >= 0.99, "without a turn of the loop between"
            log = running.log
            assert log.count(Saw.BEGUN) >= 290, "a run that was cancelled at once may not have begun"
            assert log.of(Saw.LIMIT) == []
            assert log.count(Saw.DIALLED) <= MOST_LINES, "counted by the vendor, not by our own flags"
