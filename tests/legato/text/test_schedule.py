"""When borders become cuts."""

import pytest

from legato.domain.text import Break
from legato.text.atoms import Atom
from legato.text.schedule import Held, Schedule
from legato.text.settings import Thresholds
from legato.text.speech import AtomReading


def held(chars: int, strength: Break = Break.SENTENCE, *, silent: bool = False) -> Held:
    return Held(Atom(0, "x" * chars, strength), AtomReading((), ()), 0.0 if silent else float(chars))


def cuts(schedule: Schedule, *atoms: Held) -> list[list[int]]:
    return [[len(one.atom.text) for one in group] for atom in atoms for group in schedule.add(atom)]


def spoken() -> Schedule:
    schedule = Schedule(Thresholds())
    assert cuts(schedule, held(8)) == [[8]]
    return schedule


def test_the_first_segment_is_short_and_later_ones_are_longer() -> None:
    assert cuts(Schedule(Thresholds()), held(7), held(1)) == [[7, 1]]
    assert cuts(Schedule(Thresholds()), held(24, Break.COMMA)) == [[24]]
    assert cuts(spoken(), held(31), held(40, Break.COMMA), held(10)) == [[31, 40, 10]]
    assert cuts(spoken(), held(120, Break.CLAUSE)) == [[120]]
    assert cuts(spoken(), held(150, Break.COMMA)) == []


def test_a_forced_cut_takes_the_best_border() -> None:
    assert cuts(
        Schedule(Thresholds()), held(60, Break.FORCED), held(20, Break.FORCED), held(20, Break.FORCED)
    ) == [[60, 20]]
    assert cuts(Schedule(Thresholds()), held(300, Break.FORCED)) == [[300]]
    assert cuts(spoken(), held(100, Break.COMMA), held(100, Break.FORCED), held(100, Break.FORCED)) == [[100]]


@pytest.mark.parametrize(("lead", "groups"), [(0.0, [[20], [20], [20]]), (1000.0, [[20, 20]]), (5000.0, [])])
def test_the_lead_decides_how_long(lead: float, groups: list[list[int]]) -> None:
    schedule = spoken()
    schedule.lead(lead)
    assert cuts(schedule, held(20), held(20), held(20)) == groups


def test_a_high_lead_joins_up_to_the_maximum() -> None:
    schedule = spoken()
    schedule.lead(9000)
    assert cuts(schedule, held(100), held(100), held(100)) == [[100, 100]]


def test_release_gives_what_can_be_said() -> None:
    schedule = Schedule(Thresholds())
    assert schedule.strongest is None
    schedule.add(held(3, silent=True))
    assert schedule.strongest is None
    assert schedule.release(Break.FORCED) == []
    schedule.add(held(4, Break.COMMA))
    schedule.add(held(4, Break.FORCED))
    assert schedule.strongest is Break.COMMA
    assert [len(one.atom.text) for one in schedule.release(Break.COMMA)] == [3, 4]
    assert [len(one.atom.text) for one in schedule.take()] == [4]
    assert schedule.chars == 0


def test_silent_source_is_let_go() -> None:
    assert cuts(Schedule(Thresholds()), held(600, silent=True), held(600, silent=True)) == [[600, 600]]


def test_little_speech_in_much_source_is_not_kept() -> None:
    schedule = Schedule(Thresholds())
    assert cuts(schedule, held(2), *[held(1000, silent=True)] * 3) == []
    assert cuts(schedule, held(1000, silent=True)) == [[2, 1000, 1000, 1000, 1000]]
