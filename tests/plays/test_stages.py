"""A delay put into one part of the way shows in its stage of the receipt, and in no other. R24."""

import pytest

from gateway.session.speaker import Speaker
from legato.audio.pipe import Pipe
from legato.domain import events, replies
from legato.domain.errors import Reason
from legato.domain.receipt import Stage
from tests.plays.world import FakeLine, PlainFront, Script, World

DELAY_S = 0.5
SLACK_S = 0.3
"""A route is asked again, and a turn comes, a while after it could."""
AT_ONCE = Script(first_s=0.0, speed=0.0)


def world(script=AT_ONCE, **more):
    return World(scripts={"one": script}, **more).open(max_lead_ms=-1)


def said(playing):
    """Speaks, hears all of it, and gives the receipt of the last utterance."""
    playing.speak("a", "hello.").run(30)
    return receipt(playing)


def receipt(playing):
    return playing.of(replies.UtteranceFinished)[-1].receipt


def slow_text():
    playing = world().text("a", "1").run(DELAY_S)  # no voice may cut behind a digit
    return receipt(playing.text("a", "2.").tell(events.End("a")).run(30))


def slow_segmenting():
    class Front(PlainFront):
        def end(self):
            playing.clock.now += DELAY_S
            return super().end()

    playing = world(front=Front)
    return said(playing)


def slow_queue():
    """A route that is not to be had at first, and is asked again until it is."""
    script = Script(first_s=0.0, speed=0.0, refuse=Reason.VENDOR_UNREACHABLE)
    playing = world(script)
    playing.clock.at(playing.clock.now + DELAY_S, lambda: setattr(script, "refuse", None))
    return said(playing)


def slow_lease():
    return said(world(Script(acquire_s=DELAY_S, first_s=0.0, speed=0.0)))


def slow_sending(monkeypatch):
    say = FakeLine.say

    def late(line, segment, reading):
        line.world.clock.now += DELAY_S
        say(line, segment, reading)

    monkeypatch.setattr(FakeLine, "say", late)
    return said(world())


def slow_vendor():
    return said(world(Script(first_s=DELAY_S, speed=0.0)))


def slow_to_be_worth_writing(monkeypatch):
    """Its audio is there, and nothing of it may be written yet. (Silence that may stay is written at once: `ttfa_s` tells of it.)"""
    push = Pipe.push

    def late(pipe, data):
        if not playing.of(replies.AudioChunk):
            playing.clock.now += DELAY_S
        push(pipe, data)

    monkeypatch.setattr(Pipe, "push", late)
    playing = world()
    return said(playing)


def behind_another():
    """The one before lasts for half a second at the listener's ear, and half a second is its lead."""
    playing = World(scripts={"one": AT_ONCE}).open(max_lead_ms=0)
    playing.speak("first", "x" * 12).speak("a", "hello.").run(30)
    assert receipt(playing).queued
    return receipt(playing)


def slow_encoding(monkeypatch):
    take = Speaker.take

    def late(speaker, samples, *, first):
        if first:
            playing.clock.now += DELAY_S
        return take(speaker, samples, first=first)

    monkeypatch.setattr(Speaker, "take", late)
    playing = world()
    return said(playing)


def slow_writing(monkeypatch):
    write = World.write

    def late(playing, reply):
        if isinstance(reply, replies.AudioChunk) and not playing.of(replies.AudioChunk):
            playing.clock.now += DELAY_S
        write(playing, reply)

    monkeypatch.setattr(World, "write", late)
    return said(world())


INJECTED = {
    Stage.TEXT_WAIT: slow_text,
    Stage.SEGMENT: slow_segmenting,
    Stage.QUEUE: slow_queue,
    Stage.ACQUIRE: slow_lease,
    Stage.SEND: slow_sending,
    Stage.VENDOR: slow_vendor,
    Stage.SILENCE: slow_to_be_worth_writing,
    Stage.TURN_WAIT: behind_another,
    Stage.ENCODE: slow_encoding,
    Stage.WRITE: slow_writing,
}


@pytest.mark.parametrize("stage", Stage)
def test_a_delay_in_a_stage_shows_in_that_stage_alone(stage, monkeypatch):
    inject = INJECTED[stage]
    seen = inject(monkeypatch) if "monkeypatch" in inject.__code__.co_varnames[:1] else inject()
    stages = dict(seen.stages)
    assert sum(stages.values()) == pytest.approx(seen.ttfb_s, abs=1e-9)
    assert DELAY_S - 0.03 <= stages.pop(stage) < DELAY_S + SLACK_S
    assert sum(stages.values()) == pytest.approx(0.0, abs=0.011), stages


def test_without_a_delay_there_is_none():
    assert said(world()).ttfb_s == pytest.approx(0.0, abs=1e-9)
