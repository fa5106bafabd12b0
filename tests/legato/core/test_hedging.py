import random

import pytest

from legato.core.hedging import FirstAudioTimes, HedgeBudget


def test_a_route_that_is_hardly_known_has_no_percentile():
    times = FirstAudioTimes()
    for _ in range(19):
        times.note(0.1)
    assert times.percentile(0.95) is None
    times.note(0.1)
    assert times.percentile(0.95) == 0.1


def test_a_route_is_slow_beyond_its_tail_and_beyond_one_and_a_half_times_its_median():
    steady, uneven = FirstAudioTimes(), FirstAudioTimes()
    for number in range(20):
        steady.note(0.1)
        uneven.note(0.4 if number == 7 else 0.1)
    assert FirstAudioTimes().patience_s() is None
    assert steady.patience_s() == pytest.approx(0.15)
    assert uneven.patience_s() == 0.4
    uneven = FirstAudioTimes()
    for number in range(20):
        uneven.note(1.0 if number % 2 else 0.1)
    assert uneven.patience_s() == 1.5


@pytest.mark.parametrize("seed", range(5))
def test_the_percentile_is_that_of_the_newest(seed):
    dice = random.Random(seed)
    times, told = FirstAudioTimes(window=50), []
    for _ in range(500):
        told.append(dice.choice([0.08, dice.random()]))
        times.note(told[-1])
        if len(told) >= 50:
            assert times.percentile(0.95) == sorted(told[-50:])[47]
            assert times.percentile(1.0) == max(told[-50:])


def test_characters_are_sent_twice_within_the_share():
    budget = HedgeBudget(0.03)
    extra = total = 0
    for _ in range(2_000):
        total += 60
        budget.sent(60)
        if budget.spend(60):
            extra += 60
    assert extra <= 0.03 * total + 200
    assert extra >= 0.02 * total


def test_without_a_share_nothing_is_sent_twice():
    budget = HedgeBudget(0.0)
    budget.sent(10**6)
    assert not budget.spend(1)


def test_what_is_saved_up_is_bounded():
    budget = HedgeBudget(0.5)
    budget.sent(10**6)
    assert budget.spend(2_000)
    assert not budget.spend(1)


def test_what_was_not_sent_in_the_end_is_given_back_within_the_bound():
    budget = HedgeBudget(0.5)
    assert budget.spend(150)
    budget.give_back(150)
    assert budget.spend(200)
    budget.give_back(10**6)
    assert budget.spend(2_000)
    assert not budget.spend(1)


def test_a_steady_route_is_given_half_as_much_again():
    times = FirstAudioTimes()
    for _ in range(100):
        times.note(0.1)
    assert times.patience_s() == pytest.approx(0.15)


def test_a_route_of_two_minds_is_given_its_usual_tail():
    times = FirstAudioTimes()
    for n in range(100):
        times.note(0.4 if n % 10 == 0 else 0.1)
    assert times.patience_s() == pytest.approx(0.4)
