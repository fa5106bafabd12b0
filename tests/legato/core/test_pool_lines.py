from itertools import product

import pytest

from legato.core.pool_lines import MOVES, LineState, PoolLine

D, IDLE, L, C, R, G = LineState
LEGAL = {
    (D, IDLE), (D, G), (IDLE, L), (IDLE, G), (L, IDLE), (L, C), (L, R), (L, G), (C, IDLE), (C, L), (C, R), (C, G), (R, G),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(LineState, LineState)))
def test_the_table_of_moves(before, after):
    assert (after in MOVES[before]) is ((before, after) in LEGAL)
    line = PoolLine(1, 1, 0.0, 0.0)
    line.state = before
    if before is after or (before, after) in LEGAL:
        line.move(after)
        assert line.state is after
    else:
        with pytest.raises(AssertionError, match="does not become"):
            line.move(after)


def test_it_is_what_its_runs_say_and_the_closing_ones_count():
    line = PoolLine(1, 3, 0.0, 0.0)
    line.move(IDLE)
    assert line.free_seats == 3
    line.leases = {7: ("a", 0.0), 8: ("b", 0.0)}
    line.settle()
    assert (line.state, line.free_seats, line.busy_seats) == (L, 1, 2)
    line.cleaning.append("c")
    assert line.free_seats == 0
    line.leases.clear()
    line.settle()
    assert (line.state, line.free_seats) == (C, 2)
    line.move(R)
    line.settle()
    assert (line.state, line.free_seats) == (R, 0)


def test_age_is_jittered_and_retirement_comes_after_the_replacement():
    ages = []
    for luck in (0.0, 0.999):
        line = PoolLine(1, 1, 0.0, 0.0)
        line.move(IDLE)
        line.connected(100.0, luck, 10.0)
        ages.append(line.refresh_at)
        assert line.refresh_at < line.retire_at < 110.0
        assert not line.is_old
    assert ages == [pytest.approx(80.0), pytest.approx(95.0, abs=0.1)]


def test_silence_ages_an_idle_line_alone():
    line = PoolLine(1, 1, 10.0, 0.0)
    line.move(IDLE)
    line.connected(0.0, 0.5, 0.0)
    assert (line.refresh_at, line.retire_at) == (7.0, 9.5)
    line.move(L)
    assert line.retire_at == float("inf")
