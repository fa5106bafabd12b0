"""A word of the configuration's lexicons, from a client's text to what a simulated vendor is sent, and back as sound and times."""

import asyncio

import numpy as np
import pytest

from gateway.app.config.lexicons import LexiconSettings
from gateway.app.house import House
from gateway.app.simulation import simulator
from gateway.simulator.tones import decode
from gateway.simulator.words import WORDS
from legato.domain.events import Closed, End, Open, Text
from legato.domain.replies import AudioChunk, UtteranceFinished
from legato.faces.deepgram_markup import InlineMarkup
from tests.gateway.app.test_house import PCM, Alarm, Outlet
from tests.gateway.app.test_vendor_room import ENV, settings_for


@pytest.mark.parametrize("dialect", ["deepgram", "deepgram_rest"])
async def test_r16_a_pronunciation_of_the_lexicon_is_what_the_vendor_is_sent(dialect, monkeypatch):
    sent, feed = [], InlineMarkup.feed

    def heard(self, text):
        sent.append(text)
        return feed(self, text)

    monkeypatch.setattr(InlineMarkup, "feed", heard)
    lexicon = LexiconSettings(
        voices=("v",), words={WORDS[2]: {"ipa": "ʃɪˈvɔːn"}, WORDS[3]: {"say": WORDS[5]}}
    )
    async with simulator([dialect]) as running:
        settings = settings_for(dialect, running).model_copy(update={"lexicons": {"brand": lexicon}})
        async with House(settings, ENV) as house, asyncio.TaskGroup() as group:
            warm = asyncio.Event()
            life = group.create_task(house.run(warm.set))
            async with asyncio.timeout(20):
                await warm.wait()
            outlet, alarm = Outlet(), Alarm()
            session = alarm.session = house.reception.open(
                house.reception.admit("", ""), "native", outlet, alarm
            )
            for event in (Open("v", PCM, max_lead_ms=-1), Text("u", " ".join(WORDS[1:5]) + "."), End("u")):
                session.feed(event)
            async with asyncio.timeout(20):
                await outlet.over.wait()
            session.feed(Closed())
            life.cancel()
    mark = f'\\{{"word":"{WORDS[2]}","pronounce":"ʃɪˈvɔːn"\\}}'
    assert "".join(sent).strip() == f"{WORDS[1]} {mark} {WORDS[5]} {WORDS[4]}."
    audio = b"".join(reply.data for reply in outlet.replies if isinstance(reply, AudioChunk))
    assert decode(np.frombuffer(audio, "<i2"), 24_000) == [1, 2, 5, 4]
    assert isinstance(outlet.replies[-1], UtteranceFinished)
