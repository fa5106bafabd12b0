"""Which runs are raced, and what that costs."""

import random
from dataclasses import replace

import pytest

from gateway.upstream import hedging as module
from legato.domain import replies
from legato.domain.facts import Hedged
from legato.domain.speech import Route
from legato.domain.text import TextLevel
from tests.gateway.upstream.races import USUAL, Races
from tests.gateway.upstream.stage import ANYBODY


def test_a_route_that_is_hardly_known_is_not_raced():
    races = Races().know(5).stall(2.0)
    races.speak("a", "hello there.").run(8)
    assert not races.of_fact(Hedged)
    assert len(races.of(replies.UtteranceFinished)) == 6


def test_without_budget_nothing_is_sent_twice():
    races = Races(share=0.001).know().stall(2.0)
    races.speak("a", "hello there. " * 60).run(60)
    assert not races.of_fact(Hedged)


@pytest.mark.parametrize("route", [Route("two", "v", text_level=TextLevel.RAW)])
def test_a_route_that_is_sent_other_words_is_no_rival(route):
    races = Races(routes=(Route("one", "v"), route)).know().stall(2.0)
    races.speak("a", "hello there.").run(8)
    assert not races.of_fact(Hedged)


@pytest.mark.volume
def test_a_tail_is_halved_for_three_characters_in_a_hundred():
    """A vendor of two minds: one request in fifty takes two seconds."""

    def tail(share):
        dice = random.Random(7)
        races = Races(share=share)
        for n in range(600):
            races.scripts["one"] = replace(
                USUAL, first_s=2.0 if dice.random() < 0.02 else dice.uniform(0.06, 0.1)
            )
            races.scripts["two"] = replace(USUAL, first_s=dice.uniform(0.06, 0.1))
            races.speak(f"u{n}", "hello there my friend.").run(4)
        done = [reply.receipt for reply in races.of(replies.UtteranceFinished)]
        assert len(done) == 600
        times = sorted(receipt.ttfa_s for receipt in done)
        sent = sum(receipt.sent_chars for receipt in done)
        twice = sum(race.chars for race in races.of_fact(Hedged))
        return times[int(0.99 * len(times))], twice / (sent - twice)

    plain_s, nothing = tail(0.0)
    hedged_s, extra = tail(0.03)
    assert nothing == 0
    assert plain_s > 1.9
    assert hedged_s <= plain_s / 2
    assert extra <= 0.03


def test_a_route_that_is_expected_is_warmed():
    races = Races()
    before = len(races.warmed)
    races.hedged.warm(Route("one", "v"), "en", ANYBODY)
    assert len(races.warmed) == before + 1


def test_of_more_routes_than_are_kept_the_one_unused_for_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(module, "_MOST_ROUTES", 2)
    times_of = Races().hedged._times_of
    usual, rare, new = (Route("vendor", name) for name in ("usual", "rare", "new"))
    known, forgotten = times_of(usual), times_of(rare)
    assert times_of(usual) is known
    times_of(new)
    assert times_of(usual) is known
    assert times_of(rare) is not forgotten
