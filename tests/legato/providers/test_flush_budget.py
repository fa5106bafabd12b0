"""The budget of flushes."""

from legato.providers.flush_budget import FlushBudget


def test_r12_two_flushes_are_kept_for_ends_and_one_for_the_end_of_a_run_that_begins():
    budget = FlushBudget(5, 60.0)
    for _ in range(3):
        assert budget.allows(0.0, first=False)
        budget.spend(0.0)
    assert not budget.allows(0.0, first=False)
    assert budget.allows(0.0, first=True)
    budget.spend(0.0)
    assert not budget.allows(0.0, first=True)


def test_a_window_slides():
    budget = FlushBudget(3, 60.0)
    budget.spend(0.0)
    budget.spend(10.0)
    assert not budget.allows(59.9, first=False)
    assert budget.allows(60.0, first=True)
    assert budget.allows(70.0, first=False)


def test_no_limit_is_no_limit():
    budget = FlushBudget(0, 60.0)
    for _ in range(100):
        budget.spend(0.0)
        assert budget.allows(0.0, first=False)


def test_a_budget_of_one_still_begins():
    assert FlushBudget(1, 60.0).allows(0.0, first=True)
