"""The budget of flushes."""

import pytest

from legato.providers.flush_budget import FlushBudget


def test_r12_two_flushes_are_kept_for_ends():
    budget = FlushBudget(5, 60.0)
    for _ in range(3):
        assert budget.allows(0.0)
        budget.spend(0.0)
    assert not budget.allows(0.0)


@pytest.mark.parametrize(("flushes", "enough"), [(20, 15), (3, 0), (1, 0)])
def test_r12_another_run_needs_a_quarter_of_them(flushes, enough):
    budget = FlushBudget(flushes, 60.0)
    for _ in range(enough):
        budget.spend(0.0)
    assert not budget.is_low(0.0)
    budget.spend(0.0)
    assert budget.is_low(59.9)
    assert not budget.is_low(60.0)


def test_a_window_slides():
    budget = FlushBudget(3, 60.0)
    budget.spend(0.0)
    budget.spend(10.0)
    assert not budget.allows(69.9)
    assert budget.allows(70.0)


def test_no_limit_is_no_limit():
    budget = FlushBudget(0, 60.0)
    for _ in range(100):
        budget.spend(0.0)
        assert budget.allows(0.0)
        assert not budget.is_low(0.0)


def test_a_budget_of_one_still_begins():
    assert FlushBudget(1, 60.0).allows(0.0)
