import re
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import numpy as np
import pytest
import websockets
import yaml
from pydantic import ValidationError

from gateway.app.config.dialects import DialectsSection
from gateway.app.simulation import NAMES, simulated, simulator
from gateway.app.vendors import VENDORS
from gateway.simulator.log import Saw
from gateway.simulator.script import Fault, Moment, Script
from gateway.simulator.tones import decode
from gateway.simulator.words import WORDS
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker, Words
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.ports import LineRequest


def test_every_name_has_routes():
    for vendor in simulated(NAMES):
        ways = [bool(vendor.routes), bool(vendor.calls), vendor.make_tcp_face is not None]
        assert ways.count(True) == 1, vendor.name


def test_what_a_vendor_leaves_open_may_be_decided():
    usual, decided = simulated(NAMES), simulated(NAMES, DialectsSection())
    assert [len(vendor.routes) for vendor in usual] == [len(vendor.routes) for vendor in decided]


def test_limits_are_those_that_the_vendor_side_keeps():
    [deepgram] = simulated(["deepgram"])
    assert deepgram.limits == VENDORS["deepgram"](None, {}, {}).traits.limits


def test_a_name_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"unknown vendor 'nobody'.*deepgram"):
        simulated(["deepgram", "nobody"])


def test_a_limit_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no limit 'nothing'"):
        simulator(["deepgram"], Script(limits={"nothing": 1}))


GUIDE = (Path(__file__).parents[3] / "docs/simulator.md").read_text()


def test_a_fault_of_a_vendor_that_is_not_there_is_named():
    script = Script.model_validate(
        {"faults": [{"do": "reset"}, {"when": {"vendor": "deepgrm"}, "do": "reset"}]}
    )
    with pytest.raises(ValueError, match=r"faults\.1\.when\.vendor: unknown vendor 'deepgrm'.*deepgram"):
        simulator(["deepgram"], script)


def test_the_guide_names_every_vendor_and_every_entry():
    told = set(re.findall(r"`([a-z_0-9]+)`", GUIDE))
    assert set(NAMES) | {saw.value for saw in Saw} <= told


def test_every_script_of_the_guide_can_be_used():
    configuration, *scripts = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert "providers:" in configuration
    assert len(scripts) == 2
    for script in scripts:
        Script.model_validate(yaml.safe_load(script))


def test_every_fault_of_the_guide_can_be_used_somewhere():
    table = GUIDE[GUIDE.index("| `do` |") : GUIDE.index("A reset waits")]
    deeds = [
        deed for row in table.splitlines()[2:] if row for deed in re.findall("`(.*?)`", row.split("|")[1])
    ]
    assert len(deeds) == 18
    for deed in deeds:
        do = yaml.safe_load(deed)
        moments = []
        for at in get_args(Moment):
            try:
                moments.append(Fault.model_validate({"when": {"at": at}, "do": do}).when.at)
            except ValidationError:
                continue
        row = next(line for line in table.splitlines() if f"`{deed}`" in line)
        refused = row.split("|")[3].replace("only at", "").replace(",", " ").split()
        every = set(get_args(Moment))
        assert set(moments) == (set(refused) if "only" in row.split("|")[3] else every - set(refused)), deed


async def spoken_by(name, running):
    """What the vendor's own codec makes of the simulator's answers to two segments: numbers, word times, other events."""
    dialect = VENDORS[name](None, {}, {})
    route = Route(name, "aura-2-anna-en" if name == "deepgram" else "anna")
    place = dialect.place(route, "en", UtteranceOptions())
    parts = urlsplit(place.url)
    provider = dialect.connect(place)
    request = LineRequest(route, "en", UtteranceOptions(), Principal(), "s", "u", 1e9)
    url = f"{running.websocket_url}{parts.path}?{parts.query}"
    headers = [*place.headers, *dialect.credentials("key").items()]
    audio, times, others = b"", [], []
    async with websockets.connect(url, proxy=None, additional_headers=headers) as client:
        for frame in (
            *provider.greet(0.0),
            *provider.begin(1, request, 0.0),
            *provider.say(1, 0, Reading(" ".join(WORDS[1:4])), 0.0),
            *provider.say(1, 1, Reading(" ".join(WORDS[4:6])), 0.0),
            *provider.end_input(1, 0.0),
        ):
            await client.send(frame)
        while not others or not isinstance(others[-1], Finished | Failed | Lost):
            for _, event in provider.hear(await client.recv(), 0.0):
                if isinstance(event, Audio):
                    audio += event.data
                elif isinstance(event, Words):
                    times += event.words
                elif not isinstance(event, Joined):  # told of sound that comes before its times
                    others.append(event)
    numbers = decode(np.frombuffer(audio, np.int16), place.sample_rate_hz)
    return numbers, times, others


@pytest.mark.parametrize(
    ("name", "word_times"), [("deepgram", 0), ("deepgram_v2", 0), ("elevenlabs", 5), ("cartesia", 5)]
)
async def test_the_vendor_side_and_the_simulator_understand_one_another(name, word_times):
    async with simulator([name], Script.model_validate({"pace": {"speed": 0}})) as running:
        numbers, times, others = await spoken_by(name, running)
        assert numbers == [1, 2, 3, 4, 5]
        assert others == [Marker(0), Marker(1), Finished()]
        assert len(times) == word_times
        assert [time.start_ms for time in times] == sorted(time.start_ms for time in times)
        assert running.log.count(Saw.LIMIT) == running.log.count(Saw.BUG) == 0
