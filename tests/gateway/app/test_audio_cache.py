"""The audio cache in front of every vendor, over sockets. Promise R27."""

import asyncio

import pytest

from gateway.app.config.speaking import CacheSection
from gateway.app.house import House
from gateway.app.simulation import simulator
from legato.domain.events import Begin, Closed, End, Open, Text
from legato.domain.replies import AudioChunk, WordSpoken
from legato.domain.speech import UtteranceOptions
from tests.gateway.app.test_house import PCM, Alarm, Outlet
from tests.gateway.app.test_vendor_room import ENV, USUAL, settings_for

TEXT = "Good morning, dear Anna. Your table for two is ready."


async def spoken(house):
    outlet, alarm = Outlet(), Alarm()
    session = alarm.session = house.reception.open(house.reception.admit("", ""), "native", outlet, alarm)
    begin = Begin("u1", options=UtteranceOptions(words=True))
    for event in (Open("v", PCM, max_lead_ms=-1), begin, Text("u1", TEXT), End("u1")):
        session.feed(event)
    async with asyncio.timeout(20):
        await outlet.over.wait()
    session.feed(Closed())
    audio = b"".join(reply.data for reply in outlet.replies if isinstance(reply, AudioChunk))
    words = [reply for reply in outlet.replies if isinstance(reply, WordSpoken)]
    return audio, words, outlet.replies[-1].receipt


@pytest.mark.parametrize("vendor", sorted(USUAL))
async def test_r27_every_vendors_speech_is_repeated_without_asking_it_again(vendor):
    async with simulator([vendor]) as running:
        settings = settings_for(vendor, running).model_copy(update={"cache": CacheSection(audio_mb=50)})
        async with House(settings, ENV) as house, asyncio.TaskGroup() as group:
            life = group.create_task(house.run(lambda: None))
            first, words, made = await spoken(house)
            again, words_again, repeated = await spoken(house)
            life.cancel()
    assert (made.cached_chars, repeated.sent_chars) == (0, 0)
    assert repeated.cached_chars == made.sent_chars > 0
    assert again == first
    assert [(word.word, word.source_start, word.method) for word in words_again] == [
        (word.word, word.source_start, word.method) for word in words
    ]
    assert [word.start_sample for word in words_again] == pytest.approx(
        [word.start_sample for word in words], abs=PCM.sample_rate_hz // 200
    )
    assert words


async def test_without_room_for_audio_the_vendor_is_asked_each_time():
    async with (
        simulator(["deepgram"]) as running,
        House(settings_for("deepgram", running), ENV) as house,
        asyncio.TaskGroup() as group,
    ):
        life = group.create_task(house.run(lambda: None))
        receipts = [(await spoken(house))[2] for _ in range(2)]
        life.cancel()
    assert [receipt.cached_chars for receipt in receipts] == [0, 0]
    assert receipts[0].sent_chars == receipts[1].sent_chars > 0
