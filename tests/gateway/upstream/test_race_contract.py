"""What `ports.Line` and `ports.Lines` promise, kept by a line that may be overtaken; and what a race leaves behind."""

from dataclasses import replace

import pytest

from legato.domain.errors import Reason
from legato.domain.events import Audio, Lost, Marker, Overtaken, SaidAgain, Words
from legato.domain.facts import Hedged
from legato.domain.text import Reading, WordSpan
from tests.gateway.upstream.races import USUAL, Ear, Races, request
from tests.plays.world import CHAR_MS, RATE

HELLO = Reading("hello there.", (WordSpan(0, 5, 0, 5), WordSpan(6, 12, 6, 12)))


def _of(chars):
    return Reading("x" * chars)


# --- leasing


def test_a_request_that_is_withdrawn_is_not_answered():
    races, answers = Races(), []
    races.scripts["one"] = replace(USUAL, acquire_s=1.0)
    races.hedged.acquire(request(), Ear(), answers.append).withdraw()
    races.run(3)
    assert answers == []
    assert races.leased == 0


@pytest.mark.parametrize("word_times", [True, False])
@pytest.mark.parametrize("reused", [True, False])
def test_what_a_line_says_of_itself_is_true_of_the_vendors_line(reused, word_times):
    races = Races()
    races.scripts["one"] = replace(USUAL, word_times=word_times)
    line, _, sides = races.lease()
    sides()[0].reused = reused
    assert (line.reused, line.word_times) == (reused, word_times)


def test_a_share_of_nothing_is_no_race():
    """A little is lent to each budget to begin with."""
    races = Races().know().stall(5.0)
    line, _, sides = races.lease(hedge_share=0.0)
    line.say(0, HELLO)
    races.run(3)
    assert len(sides()) == 1


def test_a_stream_that_returns_to_its_route_asks_no_more_of_the_rival_than_else():
    """The rival would have had to be well for half a minute, as the route to which a stream returns."""
    races = Races().know().stall(5.0)
    races.scripts["two"] = replace(USUAL, well_since=races.clock.now)
    line, ear, _ = races.lease(returning=True)
    line.say(0, HELLO)
    races.run(3)
    assert Overtaken in ear.kinds


# --- who is heard


def test_a_winner_that_was_not_overtaken_is_not_told_as_if_it_were():
    races = Races().know().stall(0.3)
    races.scripts["two"] = replace(USUAL, first_s=5.0)
    line, ear, sides = races.lease()
    line.say(0, HELLO)
    races.run(3)
    assert len(sides()) == 2
    assert Audio in ear.kinds
    assert Overtaken not in ear.kinds


class Interrupter(Ear):
    """Stops the run as soon as it hears any of it."""

    def heard(self, line, event):
        super().heard(line, event)
        if not isinstance(event, SaidAgain):
            line.cancel()


@pytest.mark.parametrize("stall_s", [0.05, 5.0])
def test_r7_nothing_is_heard_after_a_cancel_not_even_of_what_had_been_kept(stall_s):
    races = Races().know().stall(stall_s)
    for name in ("one", "two"):
        races.scripts[name] = replace(races.scripts[name], word_times=True, speed=0.0)
    line, ear, sides = races.lease(Interrupter())
    line.say(0, HELLO)
    races.run(8)
    assert len([kind for kind in ear.kinds if kind is not SaidAgain]) == 1
    assert all(side.over for side in sides()), "before the lease was given back"


def _deaf(side):
    """Let a line go on whatever it is told."""
    side.cancel, side.release = lambda: None, lambda *, clean: None


@pytest.mark.parametrize("end", ["overtaken", "cancel", "release"])
def test_never_two_voices_even_if_a_vendor_goes_on_after_its_end(end):
    races = Races().know().stall(1.0)
    races.scripts["two"] = replace(USUAL, first_s=0.3 if end == "overtaken" else 0.9)
    line, ear, sides = races.lease()
    line.say(0, HELLO)
    races.run(0.3)
    for side in sides():
        _deaf(side)
    heard = len(ear.events)
    if end == "cancel":
        line.cancel()
    elif end == "release":
        line.release(clean=True)
    races.run(8)
    audio = sum(len(event.data) for event in ear.events[heard:] if isinstance(event, Audio))
    assert audio == (len(HELLO.text) * CHAR_MS * RATE // 1000 * 2 if end == "overtaken" else 0)
    assert all(side.ms_out > 0 for side in sides()), "both spoke"


def test_word_times_that_come_before_the_sound_lose_nobody_the_race():
    races = Races().know().stall(0.3)
    races.scripts["one"] = replace(races.scripts["one"], word_times=True)
    races.scripts["two"] = replace(USUAL, first_s=0.3)
    races.scripts["one"] = replace(races.scripts["one"], silence_ms=200, speed=1.0)
    line, ear, sides = races.lease()
    line.say(0, HELLO)
    races.run(0.31)
    assert Words not in ear.kinds, "both are still in the race"
    assert not sides()[0].over


def test_what_a_route_gave_before_it_failed_unheard_is_forgotten():
    races = Races().know()
    races.scripts["one"] = replace(USUAL, silence_ms=200, die_after_chars=2, word_times=True)
    line, ear, _ = races.lease()
    line.say(0, HELLO)
    races.scripts["two"] = replace(USUAL, refuse=Reason.OVERLOADED)
    races.run(3)
    assert ear.kinds == [Lost]


def test_a_route_that_was_silent_for_long_and_has_no_rival_is_still_given_text():
    races = Races().know()
    races.scripts["one"] = replace(USUAL, speed=0.0, silence_ms=80_000)
    races.scripts["two"] = replace(USUAL, refuse=Reason.OVERLOADED)
    line, ear, sides = races.lease()
    line.say(0, HELLO)
    races.run(1)
    assert Marker in ear.kinds
    line.say(1, HELLO)
    assert sides()[0].said == [HELLO.text] * 2


def test_a_rival_whose_line_comes_when_the_route_has_failed_is_given_no_text():
    """Its vendor would have spoken, and billed, for a run that had ended."""
    races = Races().know()
    races.scripts["one"] = replace(USUAL, first_s=0.3, die_after_chars=0)
    races.scripts["two"] = replace(USUAL, acquire_s=1.0)
    line, ear, _ = races.lease()
    line.say(0, HELLO)
    races.run(5)
    assert ear.kinds == [Lost]
    assert races.sent.count(HELLO.text) == 26, "of which 25 came before"
    assert races.leased == 1


def test_a_rival_whose_line_comes_after_a_cancel_is_given_no_text():
    races = Races().know().stall(5.0)
    races.scripts["two"] = replace(USUAL, acquire_s=1.0)
    line, _, sides = races.lease()
    line.say(0, HELLO)
    races.run(0.5)
    line.cancel()
    races.run(5)
    assert [side.said for side in sides()] in ([[HELLO.text]], [[HELLO.text], []])
    line.release(clean=False)
    assert races.leased == 0


# --- pauses


def test_a_pause_before_anything_is_said_asks_for_no_rival():
    races = Races().know()
    line, _, sides = races.lease()
    line.pause()
    line.resume()
    races.run(5)
    assert len(sides()) == 1


def test_to_resume_what_does_not_pause_does_not_ask_for_a_second_rival():
    races = Races().know().stall(5.0)
    races.scripts["two"] = replace(USUAL, first_s=5.0)
    line, _, sides = races.lease()
    line.say(0, HELLO)
    line.resume()
    races.run(2)
    assert [side.request.route.provider for side in sides()] == ["one", "two"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_pause_during_a_race_asks_for_no_second_rival_and_does_not_count(times):
    """A pause may be told twice."""
    races = Races().know().stall(5.0)
    races.scripts["two"] = replace(USUAL, first_s=1.0)
    line, _, sides = races.lease()
    line.say(0, HELLO)
    races.run(0.5)
    for _ in range(times):
        line.pause()
        races.run(20)
    line.resume()
    races.run(3)
    assert [side.request.route.provider for side in sides()] == ["one", "two"]
    [race] = races.of_fact(Hedged)
    assert 0.5 <= race.took_s < 2


# --- what is left behind


def test_a_route_that_was_overtaken_keeps_its_line():
    """Nothing is wrong with the connection: a new one would cost a dial at a vendor that is slow already."""
    races = Races().know().stall(5.0)
    races.speak("a", "hello there.").run(8)
    assert races.of_fact(Hedged)[-1].overtaken
    assert races.released[25:] == [True, True]


def test_a_rival_that_was_too_late_keeps_its_line():
    races = Races().know().stall(0.3)
    races.scripts["two"] = replace(USUAL, first_s=5.0)
    races.speak("a", "hello there.").run(8)
    assert not races.of_fact(Hedged)[-1].overtaken
    assert races.released[25:] == [True, True]


@pytest.mark.parametrize("late", [{"keeps_context": False}, {"first_s": 5.0}])
def test_a_rival_that_does_not_fit_or_has_become_too_dear_keeps_its_line(late):
    races = Races(share=1e-9).know().stall(1.0)
    races.scripts["two"] = replace(USUAL, **late)
    line, _, _ = races.lease(hedge_share=1e-9)
    line.say(0, _of(150))
    races.run(0.5)
    line.say(1, _of(150))
    assert races.released[25:] == [True]


def test_a_route_that_failed_does_not_keep_its_line():
    races = Races().know()
    races.scripts["one"] = replace(USUAL, first_s=0.4, die_after_chars=0)
    races.scripts["two"] = replace(USUAL, first_s=0.6)
    line, _, _ = races.lease()
    line.say(0, HELLO)
    races.run(0.5)
    assert races.released[25:] == [False]


@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize("first_s", [0.3, 5.0])
def test_the_winners_line_is_kept_or_replaced_as_the_session_says(first_s, clean):
    races = Races().know().stall(first_s)
    races.scripts["two"] = replace(USUAL, first_s=1.0)
    line, _, _ = races.lease()
    line.say(0, HELLO)
    races.run(3)
    line.release(clean=clean)
    assert races.released[25:] == [True, clean]


def test_a_race_that_is_given_up_returns_both_lines():
    races = Races().know().stall(5.0)
    races.scripts["two"] = replace(USUAL, first_s=5.0)
    line, _, _ = races.lease()
    line.say(0, HELLO)
    races.run(1)
    line.cancel()
    line.release(clean=False)
    assert races.released[25:] == [True, False]


def _end(line, how):
    if how == "cancel":
        line.cancel()
    elif how == "release":
        line.release(clean=True)
    elif how == "pause":
        line.pause()


@pytest.mark.parametrize("how", ["cancel", "release", "pause", "sound", "failure"])
def test_r23_a_race_that_cannot_begin_any_more_is_not_waited_for(how):
    races = Races().know()
    waiting = races.timers
    races.scripts["one"] = replace(USUAL, first_s=0.05, die_after_chars=0 if how == "failure" else None)
    line, _, _ = races.lease()
    line.say(0, HELLO)
    assert races.timers == waiting + 1
    races.run(0.06 if how in {"sound", "failure"} else 0.01)
    _end(line, how)
    assert races.timers == waiting


# --- what it costs: 200 characters are lent, and the share here gives no more


def _raced(races, chars):
    """Whether a slow run of this many characters is raced, with a rival that loses."""
    before = len(races.of_fact(Hedged))
    races.scripts["one"] = replace(USUAL, first_s=0.5)
    races.scripts["two"] = replace(USUAL, first_s=5.0)
    line, _, _ = races.lease(hedge_share=1e-9)
    line.say(0, _of(chars))
    races.run(1)
    line.release(clean=True)
    return len(races.of_fact(Hedged)) > before


def _at_once(races, chars):
    """Whether a run of this many characters is raced while others are under way."""
    line, _, sides = races.lease(hedge_share=1e-9)
    line.say(0, _of(chars))
    races.run(0.3)
    return len(sides()) == 2


def test_a_rival_that_ran_and_lost_is_paid_for_to_the_last_character():
    races = Races(share=1e-9).know()
    assert _raced(races, 120)
    assert not _raced(races, 81)
    assert _raced(races, 80)
    assert not _raced(races, 1)


def test_what_is_said_while_both_run_is_paid_for_to_the_last_character():
    races = Races(share=1e-9).know().stall(5.0)
    races.scripts["two"] = replace(USUAL, first_s=4.0)
    line, _, _ = races.lease(hedge_share=1e-9)
    line.say(0, _of(60))
    races.run(1)
    line.say(1, _of(60))
    line.release(clean=True)
    assert not _raced(races, 81)
    assert _raced(races, 80)


def test_what_a_rival_was_not_sent_is_given_back_and_not_a_character_more():
    races = Races(share=1e-9).know().stall(0.5)
    for _ in range(3):
        races.scripts["two"] = replace(USUAL, refuse=Reason.OVERLOADED)
        line, _, _ = races.lease(hedge_share=1e-9)
        line.say(0, _of(150))
        races.run(1)
        line.release(clean=True)
    assert not _raced(races, 201)
    assert _raced(races, 200)


def test_what_a_refused_rival_was_to_be_sent_is_there_for_the_next_run_at_once():
    races = Races(share=1e-9).know().stall(5.0)
    races.scripts["two"] = replace(USUAL, refuse=Reason.OVERLOADED)
    line, _, _ = races.lease(hedge_share=1e-9)
    line.say(0, _of(100))
    races.run(0.5)
    line.say(1, _of(150))
    races.scripts["two"] = USUAL
    assert _at_once(races, 200)
