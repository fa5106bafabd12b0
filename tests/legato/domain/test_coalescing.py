import pytest

from legato.domain.coalescing import together


@pytest.mark.parametrize("now", [0.0, 5.0, 12.3456, 86_400.001, 3_000_000.7])
@pytest.mark.parametrize("period_s", [0.5, 5.0, 20.0])
def test_a_turn_counts_for_a_moment_that_is_just_past(now, period_s):
    assert now - period_s / 100 - 1e-6 < together(now, period_s) <= now + 1e-6


def test_turns_that_are_close_count_for_the_same_and_others_do_not():
    assert together(7.001, 5.0) == together(7.049, 5.0)
    assert together(7.001, 5.0) < together(7.051, 5.0)


def test_a_turn_that_is_taken_in_time_counts_for_itself():
    at = together(123.456, 5.0)
    for _ in range(1000):
        assert together(at + 5.0 + 0.002, 5.0) == pytest.approx(at + 5.0, abs=1e-6)
        at = together(at + 5.0 + 0.002, 5.0)
