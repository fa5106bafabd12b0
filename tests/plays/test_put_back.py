"""Utterances that others are put before (`POSITION_NEXT`): their time to fail. Promises R8."""

from legato.domain import events, replies
from legato.domain.errors import Reason
from legato.domain.speech import Position
from tests.plays.world import Script, World


def test_r8_who_is_put_back_while_its_routes_fail_is_tried_again_when_its_turn_comes():
    """Its time ran out meanwhile, and it failed while nobody tried."""
    world = World(scripts={"one": Script(speed=1.0)}).open(max_lead_ms=-1).speak("a", "x" * 99 + ".").run(0.1)
    world.scripts["one"] = Script(speed=1.0, refuse=Reason.VENDOR_UNREACHABLE)
    world.speak("b", "hello there.").run(0.5)
    world.tell(events.Begin("c", position=Position.NEXT)).text("c", "and this.").run(0.5)
    world.scripts["one"] = Script(speed=1.0)
    world.run(5).tell(events.End("c")).run(20)
    assert world.terminals() == {name: ["UtteranceFinished"] for name in "acb"}
    assert world.said("b") == "hello there."


def test_r8_who_is_put_back_has_its_time_to_fail_when_its_turn_comes():
    world = World(scripts={"one": Script(speed=1.0)}).open(max_lead_ms=-1).speak("a", "x" * 99 + ".").run(0.1)
    world.scripts["one"] = Script(refuse=Reason.VENDOR_UNREACHABLE)
    world.speak("b", "hello there.").run(0.5).tell(events.Begin("c", position=Position.NEXT)).run(9)
    assert world.terminals() == {"a": ["UtteranceFinished"]}
    began = world.clock.now
    world.tell(events.End("c")).run(10)
    assert world.terminals()["b"] == ["UtteranceFailed"]
    [failed] = [at for at, reply in world.log if isinstance(reply, replies.UtteranceFailed)]
    assert 2.9 < failed - began < 3.6
