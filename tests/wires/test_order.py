"""Rules 1 and 2 on both wires, beyond the plain case: positions, tracks, what freezes at Begin, what comes too late."""

import pytest

from legato.domain.errors import Reason
from legato.domain.facts import StreamClosed
from legato.domain.speech import Route, Voice
from tests.plays.world import Script
from tests.wires.stage import PER_CHAR, stage

pytestmark = pytest.mark.e2e  # real sockets and real time: they run by themselves

SLOW = {"one": Script(first_s=0.0, speed=2.0)}


@pytest.fixture(params=["grpc", "websocket"])
def wire(request):
    return request.param


def order(client):
    return [started.utterance_id for started in client.of("utterance_started")]


async def test_rule_1_what_begins_next_goes_before_what_waits(wire):
    async with stage(scripts={"one": Script(first_s=0.0, speed=20.0)}) as on, on.client(wire) as client:
        await client.open()
        await client.text("a", "sounds now. ")
        await client.until("audio")
        await client.speak("b", "waits.")
        await client.send(begin={"utterance_id": "c", "position": "POSITION_NEXT"})
        await client.speak("c", "before it.")
        await client.send(end={"utterance_id": "a"})
        await client.ended(*"abc")
        assert order(client) == ["a", "c", "b"]
        assert client.said() == "sounds now.before it.waits."
        client.check()
        await client.vanish()


async def test_rule_1_what_replaces_cancels_all_that_is_open_on_its_track_alone(wire):
    async with stage(scripts=SLOW) as on, on.client(wire) as client:
        await client.open()
        await client.send(begin={"utterance_id": "other", "track": 1})
        await client.speak("other", "aside.")
        await client.speak("a", "abcdefghij. " * 20)
        await client.until("audio")
        await client.speak("b", "never.")
        await client.send(begin={"utterance_id": "c", "position": "POSITION_REPLACE"})
        await client.speak("c", "instead.")
        await client.ended("a", "b", "c", "other")
        assert client.terminals() == {
            "a": ["utterance_cancelled"],
            "b": ["utterance_cancelled"],
            "c": ["utterance_finished"],
            "other": ["utterance_finished"],
        }
        assert client.said("c") == "instead."
        assert client.said("other") == "aside."
        client.check()
        await client.vanish()


async def test_rule_1_tracks_have_clocks_of_their_own_and_do_not_wait_for_each_other(wire):
    async with stage() as on, on.client(wire) as client:
        await client.open()
        await client.text("a", "held")  # the head of track 0 stays open
        await client.send(begin={"utterance_id": "b", "track": 1})
        await client.speak("b", "second track.")
        await client.ended("b")
        assert "a" not in client.terminals()
        await client.speak("a", " back.")
        await client.ended("a")
        starts = {started.utterance_id: started for started in client.of("utterance_started")}
        assert {name: (one.track, one.start_sample) for name, one in starts.items()} == {
            "a": (0, 0),
            "b": (1, 0),
        }
        assert client.said("b") == "second track."
        assert len(client.samples("b")) == 13 * PER_CHAR
        client.check()
        await client.vanish()


async def test_rule_1_settings_freeze_at_begin_and_configure_touches_what_begins_later(wire):
    at_once = Script(first_s=0.0, speed=0.0)
    voices = {name: Voice(name, ("en",), (Route(name, "v"),)) for name in ("one", "two")}
    async with (
        stage(scripts={"one": at_once, "two": at_once}, voices=voices) as on,
        on.client(wire) as client,
    ):
        await client.open()
        await client.send(begin={"utterance_id": "a", "options": {"speed": 1.5}})
        await client.send(configure={"voice": "two", "options": {"speed": 0.5}})
        await client.speak("a", "first.")
        await client.speak("b", "second.")
        await client.ended("a", "b")
        asked = [(line.request.route.provider, line.request.options.speed) for line in on.lines]
        assert asked == [("one", 1.5), ("two", 0.5)]
        client.check()
        await client.vanish()


async def test_rule_2_what_comes_too_late_for_a_cancelled_one_is_dropped_and_counted(wire):
    async with stage(scripts=SLOW) as on, on.client(wire) as client:
        await client.open()
        await client.text("a", "one. ")
        await client.send(cancel={"utterance_id": "a"})
        await client.speak("a", "late")
        await client.send(cancel={"utterance_id": "a"})
        await client.send(cancel={"utterance_id": "ghost"})
        error = await client.until("error")
        assert (error.reason, error.utterance_id) == (Reason.UNKNOWN_UTTERANCE, "ghost")
        assert len(client.of("error")) == 1
        assert client.terminals() == {"a": ["utterance_cancelled"]}
        client.check()
        await client.vanish()
        await on.until(lambda: on.facts(StreamClosed))
        assert on.facts(StreamClosed)[0].late_messages == 2
