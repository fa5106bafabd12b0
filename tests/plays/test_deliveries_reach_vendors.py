"""SSML from a client's text to every simulated vendor: the words come back as sound, all of them, and no markup is spoken."""

import asyncio

import numpy as np
import pytest

from gateway.app.house import House
from gateway.app.simulation import simulator
from gateway.simulator.tones import decode
from gateway.simulator.words import WORDS
from legato.domain.events import Closed, End, Open, Text
from legato.domain.replies import AudioChunk, UtteranceFinished, Warned
from legato.domain.speech import UtteranceOptions
from tests.gateway.app.test_house import PCM, Alarm, Outlet
from tests.gateway.app.test_vendor_room import ENV, settings_for

TEXT = (
    f'{WORDS[1]} {WORDS[2]}. <prosody rate="90%" volume="+3dB">{WORDS[3]}</prosody> {WORDS[4]}. <break time="400ms"/> '
    f'<prosody pitch="+1st">{WORDS[5]}</prosody> {WORDS[6]}.'
)


@pytest.mark.volume
@pytest.mark.parametrize(
    ("dialect", "left_out"),
    [
        ("deepgram", {"pitch", "volume"}),
        ("deepgram_v2", {"pitch", "volume"}),
        ("elevenlabs", {"pitch", "volume"}),
        ("elevenlabs_rest", {"pitch", "volume"}),
        ("cartesia", {"pitch"}),
        ("cartesia_bytes", {"pitch"}),
        ("openai", {"pitch", "volume"}),
        ("wyoming", {"pitch", "rate", "volume"}),
    ],
)
async def test_every_word_is_heard_and_what_is_left_out_is_told(dialect, left_out):
    async with (
        simulator([dialect]) as running,
        House(settings_for(dialect, running), ENV) as house,
        asyncio.TaskGroup() as group,
    ):
        warm = asyncio.Event()
        life = group.create_task(house.run(warm.set))
        async with asyncio.timeout(20):
            await warm.wait()
        outlet, alarm = Outlet(), Alarm()
        session = alarm.session = house.reception.open(house.reception.admit("", ""), "native", outlet, alarm)
        opening = Open("v", PCM, max_lead_ms=-1, options=UtteranceOptions(ssml=True))
        for event in (opening, Text("u", TEXT), End("u")):
            session.feed(event)
        async with asyncio.timeout(30):
            await outlet.over.wait()
        session.feed(Closed())
        life.cancel()
    assert isinstance(outlet.replies[-1], UtteranceFinished)
    audio = b"".join(reply.data for reply in outlet.replies if isinstance(reply, AudioChunk))
    assert decode(np.frombuffer(audio, "<i2"), 24_000) == [1, 2, 3, 4, 5, 6]
    told = [reply.message for reply in outlet.replies if isinstance(reply, Warned)]
    assert {one.partition(">")[0].lstrip("<").removeprefix("prosody ") for one in told} == left_out
