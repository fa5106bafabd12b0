"""Rule 13: a voice does not flap. Where a failure has led it, it stays until the route that failed has been well for a while."""

from dataclasses import replace

from legato.domain import replies
from legato.domain.errors import Reason
from legato.domain.facts import AttemptMade
from legato.domain.speech import Route, Voice
from tests.plays.world import Script, World


def routes(world):
    return [line.request.route.provider for line in world.lines]


def led_away():
    """The first route breaks off in mid-sentence, the second goes on; the first one is well again a second later."""
    scripts = {"one": Script(die_after_chars=4, deaths=1), "two": Script()}
    world = World(scripts=scripts).open().speak("a", "hello there.").run(5)
    assert routes(world) == ["one", "two"]
    world.scripts["one"] = replace(scripts["one"], well_since=world.clock.now + 1)
    return world


def test_rule_13_the_stream_stays_where_the_failure_led_it():
    world = led_away().speak("b", "one more.").run(5).speak("c", "and another.").run(5)
    assert routes(world) == ["one", "two", "two", "two"]
    assert len(world.of(replies.UtteranceFinished)) == 3


def test_rule_13_it_comes_back_at_an_utterance_when_the_route_has_been_well_for_half_a_minute():
    world = led_away().run(25).speak("b", "too soon.").run(5).run(10).speak("c", "now.").run(5)
    assert routes(world) == ["one", "two", "two", "one"]
    world.speak("d", "and so on.").run(5)
    assert routes(world)[-1] == "one"
    assert not world.lines[-1].request.returning


def test_rule_13_a_fallback_voice_comes_back_to_its_first_route_as_any_voice_does():
    """It stayed on the route that the failure had led it to for the rest of the stream, since only its own utterances asked back."""
    voices = {
        "paid": Voice("paid", ("en",), (Route("down", "v"),), fallback="plain"),
        "plain": Voice("plain", ("en",), (Route("one", "v"), Route("two", "v"))),
    }
    dies = Script(die_after_chars=4, deaths=1)
    scripts = {"down": Script(refuse=Reason.VENDOR_REJECTED), "one": dies, "two": Script()}
    world = World(scripts=scripts, voices=voices).open().speak("a", "hello there.").run(5)
    world.scripts["one"] = replace(dies, well_since=world.clock.now)
    world.speak("b", "too soon.").run(40).speak("c", "now.").run(5)
    assert routes(world) == ["one", "two", "two", "one"]
    assert len(world.of(replies.UtteranceFinished)) == 3


def test_rule_13_asking_back_in_vain_is_no_failure_and_costs_no_time():
    world = led_away()
    told_before = len([fact for fact in world.facts if isinstance(fact, AttemptMade)])
    world.speak("b", "one more.").run(5)
    told = [fact for fact in world.facts if isinstance(fact, AttemptMade)][told_before:]
    assert [(fact.route, fact.reason) for fact in told] == [("two/v", "")]
    assert [reply.receipt.attempts for reply in world.of(replies.UtteranceFinished)] == [2, 1]
    assert world.leased == 0


def test_rule_13_a_route_that_is_asked_back_and_fails_again_leads_away_again():
    world = led_away().run(60)
    world.scripts["one"] = replace(world.scripts["one"], die_after_chars=3, deaths=2)
    world.speak("b", "one more.").run(5).speak("c", "and another.").run(5)
    assert routes(world)[:4] == ["one", "two", "one", "two"]
    assert len(world.of(replies.UtteranceFinished)) == 3


def test_rule_13_a_second_failure_from_home_goes_round_all_routes():
    world = led_away()
    world.scripts["two"] = Script(refuse=Reason.VENDOR_UNREACHABLE)
    world.speak("b", "one more.").run(5)
    assert routes(world)[-1] == "one"
    assert len(world.of(replies.UtteranceFinished)) == 2


def test_rule_13_each_stream_is_led_by_its_own_failures():
    led_away()
    assert routes(World(scripts={"one": Script(), "two": Script()}).open().speak("a", "hello.").run(5)) == [
        "one"
    ]
