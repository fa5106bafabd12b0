"""One race: who wins, who is stopped, and what the session hears of it."""

from dataclasses import replace

import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.facts import AttemptEnded, BugFound, Hedged
from legato.domain.text import Reading
from tests.gateway.upstream.races import USUAL, Races, request
from tests.plays.world import CHAR_MS


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


def test_what_is_said_while_both_run_is_paid_for_as_well():
    """Five of the lent characters are left when the second text comes, which has more: the rival is stopped."""
    races = Races(share=1e-9).know().stall(2.0)
    races.scripts["two"] = replace(USUAL, first_s=5.0)
    races.text("a", "x" * 194 + ". ").run(0.5).speak("a", "and so on. " * 3).run(8)
    (race,) = races.of_fact(Hedged)
    assert (race.chars, race.overtaken) == (195, False)
    assert races.lines[-1].said == ["x" * 194 + "."]
    assert races.lines[-1].over
    assert races.last().route == "one/v"
    assert races.leased == 0


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
    assert [(race.overtaken, race.chars) for race in races.of_fact(Hedged)] == [
        (False, 12),  # lost by both
        (False, 12),  # won by the first
    ]
    assert races.last().attempts >= 2
    assert races.leased == 0


@pytest.mark.parametrize("dies", [{"die_after_chars": 0, "deaths": 1}, {"empty": True}])
@pytest.mark.parametrize("late", [{}, {"refuse": Reason.OVERLOADED}, {"keeps_context": False}])
def test_r8_a_rival_that_has_no_line_yet_keeps_nobody_waiting_when_the_route_fails(dies, late):
    """What was refused or did not fit then was told to nobody, and the utterance never ended; what came was a bug."""
    races = Races().know()
    races.scripts["one"] = replace(USUAL, first_s=0.5, **dies)
    races.scripts["two"] = replace(USUAL, acquire_s=1.0, **late)
    races.text("a", "hello there. ").run(0.6)
    assert races.of_fact(AttemptEnded)[-1].outcome != "finished", "it is told at once"
    races.scripts["one"], races.scripts["two"] = USUAL, replace(USUAL, keeps_context=False)
    races.tell(events.End("a")).run(20)
    assert races.terminals()["a"] == ["UtteranceFinished"]
    assert races.leased == 0
    assert not races.of_fact(Hedged)
    assert not races.of_fact(BugFound)


def test_where_the_winner_dies_the_route_behind_it_goes_on():
    """The one that had just died was asked at once."""
    races = Races(rivals=("two", "three")).know().stall(5.0)
    races.scripts["two"] = replace(USUAL, die_after_chars=4)
    races.speak("a", "hello there. and so on. ").run(8)
    assert [line.request.route.provider for line in races.lines[25:]] == ["one", "two", "three"]
    assert (races.last().route, races.last().attempts) == ("three/v", 2)


def test_the_rival_is_not_the_route_that_the_stream_was_led_away_from():
    """It was refused a line, and the utterance had no rival."""
    races = Races(rivals=("two", "three"))
    races.scripts["one"] = replace(USUAL, refuse=Reason.VENDOR_UNREACHABLE)
    races.know()
    races.scripts["two"] = replace(USUAL, first_s=3.0)
    races.speak("a", "hello there.").run(8)
    assert (races.last().route, races.last().attempts) == ("three/v", 1)
    assert races.last().ttfb_s < 0.5


def test_where_the_rival_fails_last_the_route_behind_it_is_asked():
    races = Races(rivals=("two", "three")).know()
    races.scripts["one"] = replace(USUAL, first_s=0.5, die_after_chars=0)
    races.scripts["two"] = replace(USUAL, first_s=0.6, die_after_chars=0)
    races.speak("a", "hello there. ").run(8)
    assert [line.request.route.provider for line in races.lines[25:]] == ["one", "two", "three"]
    assert [fact.route for fact in races.of_fact(AttemptEnded)[25:]] == ["two/v", "three/v"]


class Eager:
    """Has more to say as soon as it hears anything."""

    def __init__(self):
        self.told = []

    def heard(self, line, event):
        self.told.append(type(event))
        if not isinstance(event, events.SaidAgain):
            line.say(len(self.told), Reading("more."))


def test_nothing_more_is_said_to_a_rival_that_has_failed():
    races, eager, found = Races().know(), Eager(), []
    races.scripts["one"] = replace(USUAL, first_s=0.5, die_after_chars=0)
    races.scripts["two"] = replace(USUAL, first_s=0.6, die_after_chars=0)
    races.hedged.acquire(request(), eager, found.append)
    found[0].say(0, Reading("hello there."))
    races.run(3)
    assert eager.told == [events.SaidAgain, events.Overtaken, events.Lost]
    assert races.lines[-1].said == ["hello there."]


def test_a_rival_that_is_refused_changes_nothing():
    races = Races().know().stall(1.0)
    races.scripts["two"] = replace(USUAL, refuse=Reason.VENDOR_UNREACHABLE)
    races.speak("a", "hello there.").run(8)
    assert races.last().route == "one/v"
    assert not races.of_fact(Hedged), "nothing was said to it"


@pytest.mark.parametrize(
    "late",
    [
        {"refuse": Reason.VENDOR_UNREACHABLE},
        {"refuse": Reason.VENDOR_UNREACHABLE, "acquire_s": 0.05},
        {"keeps_context": False},
        {"acquire_s": 2.0},  # the first route sounds before
    ],
)
def test_a_rival_that_was_sent_nothing_costs_nothing(late):
    """What had been counted for it was lost: after a few of them no run was raced any more."""
    races = Races(share=1e-9).know().stall(0.5)
    races.scripts["two"] = replace(USUAL, **late)
    for n in range(3):
        races.speak(f"a{n}", "x" * 148 + ". ").run(8)
    assert not races.of_fact(Hedged)
    races.stall(3.0).scripts["two"] = USUAL
    races.speak("b", "x" * 148 + ". ").run(8)
    (race,) = races.of_fact(Hedged)
    assert race.chars == 149
    races.speak("c", "x" * 148 + ". ").run(8)
    assert len(races.of_fact(Hedged)) == 1, "what was sent twice is spent"


def test_what_was_said_while_a_rival_had_no_line_yet_is_given_back_too():
    races = Races(share=1e-9).know().stall(2.0)
    races.scripts["two"] = replace(USUAL, acquire_s=0.5, refuse=Reason.OVERLOADED)
    races.text("a", "x" * 98 + ". ").run(0.3).speak("a", "y" * 98 + ". ").run(8)
    assert not races.of_fact(Hedged)
    races.scripts["two"] = USUAL
    races.speak("b", "x" * 198 + ". ").run(8)
    assert [race.chars for race in races.of_fact(Hedged)] == [199]


def test_what_was_sent_to_both_while_they_ran_is_not_given_back():
    races = Races(share=1e-9).know().stall(1.0)
    races.scripts["two"] = replace(USUAL, first_s=5.0)
    races.text("a", "x" * 98 + ". ").run(0.5).speak("a", "y" * 58 + ". ").run(8)
    assert [race.chars for race in races.of_fact(Hedged)] == [158]
    races.speak("b", "x" * 48 + ". ").run(8)
    assert len(races.of_fact(Hedged)) == 1


def test_a_route_that_gives_no_sound_loses():
    races = Races().know()
    races.scripts["one"] = replace(USUAL, empty=True, first_s=0.4)
    races.scripts["two"] = replace(USUAL, first_s=0.6)
    races.speak("a", "hello there.").run(8)
    assert (races.last().route, races.last().attempts) == ("two/v", 1)


def _all_said(races):
    return sum(len(text) for line in races.lines[25:] for text in line.said)


@pytest.mark.parametrize("first_s", [0.2, 5.0])
def test_the_receipt_tells_what_both_sides_were_sent_whoever_wins(first_s):
    """What a rival that lost had been sent was in no receipt, though its vendor bills it."""
    races = Races().know().stall(first_s)
    races.scripts["two"] = replace(USUAL, first_s=1.0)
    races.text("a", "hello there. ").run(0.19).speak("a", "and so on. ").run(8)
    assert races.last().sent_chars == _all_said(races) > len("hello there.and so on.")
    assert sum(fact.chars for fact in races.of_fact(AttemptEnded)[25:]) == races.last().sent_chars


def test_what_only_the_rival_was_sent_is_counted_once():
    """It was counted twice when the route had failed and its rival went on alone."""
    races = Races().know().stall(0.5)
    races.scripts["one"] = replace(races.scripts["one"], die_after_chars=0, deaths=1)
    races.scripts["two"] = replace(USUAL, first_s=1.0)
    races.text("a", "hello there. ").run(0.6).speak("a", "and so on. ").run(8)
    assert races.lines[-1].said == ["hello there.", "and so on."]
    assert races.last().sent_chars == _all_said(races) == 2 * len("hello there.") + len("and so on.")


def test_a_cancel_during_a_race_tells_what_both_sides_were_sent():
    races = Races().know().stall(2.0)
    races.scripts["two"] = replace(USUAL, first_s=2.0)
    races.speak("a", "hello there.").run(0.5).tell(events.Cancel("a")).run(5)
    assert races.of(replies.UtteranceCancelled)[-1].receipt.sent_chars == _all_said(races) == 24


def test_a_cancel_stops_both_sides():
    races = Races().know().stall(2.0)
    races.scripts["two"] = replace(USUAL, first_s=2.0)
    races.speak("a", "hello there.").run(0.5).tell(events.Cancel("a")).run(5)
    assert [line.over for line in races.lines[-2:]] == [True, True]
    assert races.leased == 0
    assert len(races.of(replies.UtteranceCancelled)) == 1
    (race,) = races.of_fact(Hedged)
    assert (race.overtaken, race.chars) == (False, 12), "nobody has won, and both are paid for"
    assert races.facts.index(race) < races.facts.index(races.of_fact(AttemptEnded)[-1])


def test_a_cancel_before_the_rival_has_come_withdraws_it():
    races = Races().know().stall(2.0)
    races.scripts["two"] = replace(USUAL, acquire_s=1.0)
    races.speak("a", "hello there.").run(0.5).tell(events.Cancel("a")).run(5)
    assert races.leased == 0
    assert not races.of_fact(Hedged)


def test_a_line_that_is_refused_is_refused():
    races = Races()
    races.scripts["one"] = replace(USUAL, refuse=Reason.VENDOR_REJECTED)
    told = []
    races.hedged.acquire(request(), races.session, told.append)
    assert isinstance(told[0], Failed)


def test_a_run_that_is_paused_is_not_slow():
    """The rival was sent all the text, for a silence that had been asked for, and its audio came though the run was paused."""
    races = Races().know().stall(0.3)
    line, ear, sides = races.lease()
    line.pause()
    line.say(0, Reading("hello there."))
    races.run(5)
    assert [side.request.route.provider for side in sides()] == ["one"]
    line.resume()
    races.run(0.05)
    line.pause()
    races.run(5)
    assert len(sides()) == 1
    assert ear.events == []
    line.resume()
    races.run(5)
    assert [side.request.route.provider for side in sides()] == ["one", "two"]
    assert any(isinstance(event, events.Audio) for event in ear.events)


def test_a_rival_that_gets_its_line_while_the_run_is_paused_is_paused_too():
    races = Races().know().stall(2.0)
    races.scripts["two"] = replace(USUAL, acquire_s=0.3)
    line, ear, sides = races.lease()
    line.say(0, Reading("hello there."))
    races.run(0.3)
    line.pause()
    races.run(5)
    assert len(sides()) == 2
    assert [type(event) for event in ear.events] == [events.SaidAgain]
    line.resume()
    races.run(5)
    assert any(isinstance(event, events.Overtaken) for event in ear.events)
    line.release(clean=True)
    assert races.of_fact(Hedged)[-1].took_s < 1, "the pause does not count"


@pytest.mark.parametrize("unlike", ["one", "two"])
def test_r21_whether_the_audio_can_be_paused_is_a_matter_of_the_winner(unlike):
    """A winner that cannot be paused was given all text, however slowly it was read; one that can be paused ended its utterance."""
    races = Races().know().stall(5.0)
    races.scripts["two"] = replace(USUAL, speed=20.0)
    races.scripts[unlike] = replace(races.scripts[unlike], can_pause=False)
    races.text("a", "hello there. ").run(0.4)
    races.paused = True
    before = races.spoken_chars
    races.speak("a", "".join(f"{letter * 99}. " for letter in "abcdefghijklmnopqrstuvwxyz" * 2)).run(60)
    asked_s = (races.spoken_chars - before) * CHAR_MS / 1000
    assert races.of_fact(Hedged)[-1].overtaken
    assert not races.of(replies.UtteranceFailed)
    if unlike == "two":
        assert asked_s < 70, "half of what may be held"
    else:
        assert races.line_pauses == 1
    races.paused = False
    races.session.drained()
    assert races.run(400).of(replies.UtteranceFinished)[-1].utterance_id == "a"
