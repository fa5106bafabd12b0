"""Races between two routes, on the virtual clock of the plays."""

import itertools
import random
from dataclasses import dataclass, replace

import pytest

from gateway.upstream.hedging import HedgedLines
from legato.domain import events, replies
from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.facts import AttemptEnded, Hedged
from legato.domain.speech import Route, Voice
from legato.domain.text import TextLevel
from tests.plays.world import Script, World

USUAL = Script(first_s=0.08, silence_at=0)


@dataclass
class Call:
    withdrawn: bool = False

    def cancel(self):
        self.withdrawn = True


class Races(World):
    """A world whose lines may be overtaken."""

    def __init__(self, *, share=0.05, rivals=("two",), **more):
        names = ("one", *rivals)
        routes = tuple(Route(name, "v") for name in names)
        scripts = dict.fromkeys(names, USUAL)
        super().__init__(
            scripts=more.pop("scripts", scripts),
            voices={"joe": Voice("joe", ("en",), more.pop("routes", routes), hedge_share=share)},
        )
        ids = itertools.count(10_000)
        self.hedged = HedgedLines(self, lambda: next(ids), self.clock, self.call_later, self)
        self.session._leases._lines = self.hedged
        self.open(max_lead_ms=-1)

    def call_later(self, seconds, do):
        call = Call()
        self.clock.at(self.clock.now + seconds, lambda: None if call.withdrawn else do())
        return call

    def know(self, utterances=25):
        """So many utterances as usual, so that the route is known."""
        for n in range(utterances):
            self.speak(f"known-{n}", "hello there.").run(3)
        assert not self.of_fact(Hedged)
        assert len(self.of(replies.UtteranceFinished)) == utterances
        return self

    def of_fact(self, kind):
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def last(self):
        return self.of(replies.UtteranceFinished)[-1].receipt

    def stall(self, seconds):
        """From now on the first route's first audio is late."""
        self.scripts["one"] = replace(self.scripts["one"], first_s=seconds)
        return self


def test_a_route_as_quick_as_usual_is_not_raced():
    races = Races().know()
    races.speak("a", "hello there.").run(3)
    assert not races.of_fact(Hedged)
    assert {line.request.route.provider for line in races.lines} == {"one"}


def test_a_slow_route_is_overtaken_and_stopped():
    races = Races().know().stall(5.0)
    races.speak("a", "hello there. and so on. ").run(8)
    (race,) = races.of_fact(Hedged)
    assert race.overtaken
    assert (race.route, race.rival) == ("one/v", "two/v")
    assert race.chars == len("hello there.") + len("and so on.")
    slow, rival = races.lines[-2:]
    assert slow.over
    assert rival.said == ["hello there.", "and so on."]
    receipt = races.last()
    assert receipt.route == "two/v"
    assert receipt.ttfb_s < 0.3
    assert races.leased == 0
    assert races.of_fact(AttemptEnded)[-1].route == "two/v"


def test_what_is_said_after_the_race_goes_to_the_winner_alone():
    races = Races().know().stall(5.0)
    races.text("a", "hello there. ").run(1).speak("a", "and so on. ").run(8)
    slow, rival = races.lines[-2:]
    assert slow.said == ["hello there."]
    assert rival.said == ["hello there.", "and so on."]
    assert len(races.of(replies.UtteranceFinished)) == 26


def test_the_route_that_was_asked_for_may_still_win():
    races = Races().know().stall(0.2)
    races.scripts["two"] = replace(USUAL, first_s=1.0)
    races.speak("a", "hello there.").run(8)
    (race,) = races.of_fact(Hedged)
    assert not race.overtaken
    assert races.last().route == "one/v"
    assert races.leased == 0


def test_never_two_voices_in_one_utterance():
    for stall in (0.1, 0.15, 0.16, 0.17, 0.18, 0.2, 0.3):
        races = Races().know().stall(stall)
        before = sum(len(c.data) for c in races.of(replies.AudioChunk))
        races.speak("a", "hello there.").run(8)
        one_utterance = before // 25
        assert sum(len(c.data) for c in races.of(replies.AudioChunk)) - before == one_utterance


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


def test_a_rival_that_joins_in_another_way_does_not_run():
    races = Races().know().stall(1.0)
    races.scripts["two"] = replace(USUAL, keeps_context=False)
    races.speak("a", "hello there.").run(8)
    assert races.last().route == "one/v"
    assert races.leased == 0


def test_when_one_side_fails_the_other_goes_on():
    races = Races().know().stall(1.0)
    races.scripts["one"] = replace(races.scripts["one"], first_s=0.5, die_after_chars=0)
    races.scripts["two"] = replace(USUAL, first_s=0.6)
    races.speak("a", "hello there.").run(8)
    receipt = races.last()
    assert (receipt.route, receipt.attempts) == ("two/v", 1)
    assert races.leased == 0


def test_when_both_fail_the_run_has_failed_and_is_retried():
    races = Races().know().stall(0.5)
    races.scripts["one"] = replace(races.scripts["one"], die_after_chars=0, deaths=2)
    races.scripts["two"] = replace(USUAL, first_s=0.6, die_after_chars=0, deaths=2)
    races.speak("a", "hello there.").run(20)
    assert len(races.of(replies.UtteranceFinished)) == 26
    assert races.last().attempts >= 2
    assert races.leased == 0


def test_a_rival_that_is_refused_changes_nothing():
    races = Races().know().stall(1.0)
    races.scripts["two"] = replace(USUAL, refuse=Reason.VENDOR_UNREACHABLE)
    races.speak("a", "hello there.").run(8)
    assert races.last().route == "one/v"


def test_a_route_that_gives_no_sound_loses():
    races = Races().know()
    races.scripts["one"] = replace(USUAL, empty=True, first_s=0.4)
    races.scripts["two"] = replace(USUAL, first_s=0.6)
    races.speak("a", "hello there.").run(8)
    assert (races.last().route, races.last().attempts) == ("two/v", 1)


def test_a_cancel_stops_both_sides():
    races = Races().know().stall(2.0)
    races.scripts["two"] = replace(USUAL, first_s=2.0)
    races.speak("a", "hello there.").run(0.5).tell(events.Cancel("a")).run(5)
    assert [line.over for line in races.lines[-2:]] == [True, True]
    assert races.leased == 0
    assert len(races.of(replies.UtteranceCancelled)) == 1


def test_a_cancel_before_the_rival_has_come_withdraws_it():
    races = Races().know().stall(2.0)
    races.scripts["two"] = replace(USUAL, acquire_s=1.0)
    races.speak("a", "hello there.").run(0.5).tell(events.Cancel("a")).run(5)
    assert races.leased == 0


def test_a_line_that_is_refused_is_refused():
    races = Races()
    races.scripts["one"] = replace(USUAL, refuse=Reason.VENDOR_REJECTED)
    told = []
    races.hedged.acquire(_request(races), races.session, told.append)
    assert isinstance(told[0], Failed)


def _request(races):
    probe = Races().speak("a", "hello.").run(3)
    return replace(probe.lines[0].request, rivals=(Route("two", "v"),), hedge_share=0.1)


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
