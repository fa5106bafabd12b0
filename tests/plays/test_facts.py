"""What telemetry is told of the way upstream: attempts that begin and end, segments, splices."""

import pytest

from legato.domain import events
from legato.domain.facts import AttemptEnded, AttemptMade, CancelServed, SegmentSpoken, Spliced
from legato.domain.speech import Position
from tests.plays.world import CHAR_MS, Script, World


def of(world, kind):
    return [fact for fact in world.facts if isinstance(fact, kind)]


def test_every_lease_that_was_answered_ends_once():
    world = World().open().speak("a", "one more. and another. ").run(5).text("b", "never heard. ").run(0.01)
    world.tell(events.Cancel("b")).run(1)
    assert [fact.outcome for fact in of(world, AttemptEnded)] == ["finished", "stopped"]
    assert len([fact for fact in of(world, AttemptMade) if not fact.reason]) == 2
    finished, stopped = of(world, AttemptEnded)
    assert finished.route == "one/v"
    assert finished.chars == len("one more.") + len("and another.")
    assert finished.audio_s == pytest.approx(finished.chars * CHAR_MS / 1000)
    assert stopped.audio_s < 1


def test_segments_tell_how_long_they_took():
    world = World(scripts={"one": Script(first_s=0.2)}).open().speak("a", "one more. and another. ").run(5)
    first, second = of(world, SegmentSpoken)
    assert [fact.segment for fact in (first, second)] == [0, 1]
    assert first.took_s >= 0.2
    assert second.took_s > first.took_s


def test_a_splice_says_which_way_it_went():
    scripts = {"one": Script(word_times=True, die_after_chars=12, deaths=1), "two": Script(word_times=True)}
    world = World(scripts=scripts).open(max_lead_ms=-1).speak("a", "alpha beta gamma.").run(20)
    (splice,) = of(world, Spliced)
    assert (splice.from_route, splice.to_route, splice.method) == ("one/v", "two/v", "word_time")
    assert splice.gap_s >= 0
    assert [fact.outcome for fact in of(world, AttemptEnded)] == ["vendor_lost", "finished"]


@pytest.mark.parametrize(
    ("cancel", "took_s"),
    [
        (events.Cancel(), [0.0]),
        (events.Begin("b", position=Position.REPLACE), [0.0]),
        (events.Pause(), []),
    ],
    ids=["cancel", "replace", "pause"],
)
def test_how_long_a_cancel_took_counts_from_what_has_asked_for_it(cancel, took_s):
    """R7: the end of a pause was asked for by nobody."""
    world = World().open().tell(events.Cancel()).speak("a", "one more. and another. ").run(0.2)
    world.tell(cancel).run(20)
    assert world.terminals()["a"] == ["UtteranceCancelled"]
    assert [fact.took_s for fact in of(world, CancelServed)] == took_s


def test_a_line_that_waits_for_text_in_vain_is_let_go():
    world = World().open().text("a", "one more. ").run(30)
    assert [fact.outcome for fact in of(world, AttemptEnded)] == ["let_go"]
