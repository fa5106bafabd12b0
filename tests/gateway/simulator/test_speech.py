import asyncio
import itertools

import numpy as np
import pytest

from gateway.app.config.settings import Settings
from gateway.app.engine_room import EngineRoom
from gateway.simulator.log import Saw
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.speech import LocalVoice
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Words, WordTime
from legato.domain.speech import Route
from tests.gateway.simulator.stage import FLUSH, connect, flushed, simulated, speak

ROUTE = Route("engine", "anna")


class ScriptedLines:
    """Gives what the test says, at 12 kHz."""

    sample_rate_hz = 12_000

    def __init__(self, *given, refused=None):
        self.given, self.refused, self.said = given, refused, []

    def acquire(self, request, listener, on_ready):
        self.listener = listener
        self.said.append((request.route, request.language))
        on_ready(self.refused or self)

    def say(self, segment, reading):
        self.said.append(reading.text)

    def end_input(self):
        for event in self.given:
            self.listener.heard(self, event)


def spoken(lines, text="Hello there."):
    answers = []
    LocalVoice(lines, ROUTE, "en-GB").speak(text, 24_000, 1, answers.append)
    return answers


def test_a_piece_is_collected_at_the_rate_that_is_asked_for():
    sound = (np.sin(np.arange(1200) / 10) * 9000).astype(np.int16).tobytes()
    words = Words((WordTime(0, 0, 5, 0.0, 60.0), WordTime(0, 6, 11, 60.0, 900.0)))
    lines = ScriptedLines(Audio(sound[:333]), words, Audio(sound[333:]), Finished())
    [speech] = spoken(lines)
    assert len(speech.samples) == 2400
    assert [(word.start, word.end, word.first, word.last) for word in speech.words] == [
        (0, 5, 0, 1440),
        (6, 11, 1440, 2400),
    ]
    assert lines.said == [(ROUTE, "en-GB"), "Hello there."]


@pytest.mark.parametrize("end", [Failed(Reason.VENDOR_REJECTED, "no"), Lost("gone")])
def test_what_breaks_is_silence(end):
    [speech] = spoken(ScriptedLines(Audio(b"\0\0"), end))
    assert speech.samples.size == 0


def test_no_seat_and_no_text_are_silence():
    [speech] = spoken(ScriptedLines(refused=Failed(Reason.OVERLOADED, "full")))
    assert speech.samples.size == 0
    lines = ScriptedLines()
    [speech] = spoken(lines, "  ")
    assert (speech.samples.size, lines.said) == (0, [])


@pytest.mark.voice
async def test_a_vendor_speaks_with_a_real_voice():
    settings = Settings(
        voices={"e": {"routes": [{"provider": "espeak"}]}}, providers={"espeak": {"engine": "espeak"}}
    )
    async with EngineRoom(settings) as room, asyncio.TaskGroup() as group:
        tasks = [group.create_task(room.keep_linked())]
        await room.warm_up()
        tasks.append(group.create_task(room.watch()))
        voice = LocalVoice(room.lines(itertools.count(1))["espeak"], Route("espeak", ""))
        async with simulated(options=SimulatorOptions(voice=voice)) as built, connect(built) as client:
            await client.send(speak("Good morning, how are you?"))
            await client.send(FLUSH)
            audio, _ = await flushed(client)
            assert len(audio) > 40_000
            assert built.log.count(Saw.FINISHED) == 1
        for task in tasks:
            task.cancel()
