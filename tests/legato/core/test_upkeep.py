"""Lines of a pool are looked at when their turn has come, a few at a time."""

import math

from legato.core.pool_lines import PoolLine
from legato.core.upkeep import AT_ONCE, Upkeep


def line(number):
    return PoolLine(number, seats=1, bears_s=0.0, now=0.0)


def planned(*turns):
    upkeep = Upkeep()
    for number, at in enumerate(turns):
        upkeep.plan(line(number), at)
    return upkeep


def numbers(lines):
    return [one.number for one in lines]


def test_only_lines_whose_turn_has_come_are_looked_at_the_longest_due_first():
    upkeep = planned(3.0, 1.0, 2.0, 4.0)
    assert upkeep.next_at() == 1.0
    assert numbers(upkeep.due(0.9)) == []
    assert numbers(upkeep.due(3.0)) == [1, 2, 0]
    assert upkeep.next_at() == 4.0


def test_a_turn_is_had_once():
    upkeep = planned(1.0)
    assert numbers(upkeep.due(5.0)) == [0]
    assert numbers(upkeep.due(5.0)) == []
    assert upkeep.next_at() == math.inf


def test_a_new_turn_replaces_the_one_before_be_it_sooner_or_later():
    upkeep, one, other = Upkeep(), line(1), line(2)
    upkeep.plan(one, 5.0)
    upkeep.plan(other, 1.0)
    upkeep.plan(one, 2.0)
    upkeep.plan(other, 6.0)
    assert numbers(upkeep.due(5.5)) == [1]
    assert upkeep.next_at() == 6.0
    upkeep.plan(other, math.inf)
    assert upkeep.next_at() == math.inf


def test_a_turn_that_is_planned_as_it_was_is_one():
    upkeep, one = Upkeep(), line(1)
    upkeep.plan(one, 1.0)
    upkeep.plan(one, 1.0)
    assert numbers(upkeep.due(1.0)) == [1]


def test_who_is_gone_has_no_turn():
    upkeep, one = Upkeep(), line(1)
    upkeep.plan(one, 1.0)
    upkeep.forget(one)
    upkeep.forget(one)
    assert upkeep.next_at() == math.inf
    assert upkeep.due(2.0) == []


def test_of_many_that_are_due_at_once_some_wait_for_the_next_turn():
    upkeep = planned(*[1.0] * (2 * AT_ONCE + 1))
    assert [len(upkeep.due(1.0)) for _ in range(4)] == [AT_ONCE, AT_ONCE, 1, 0]
