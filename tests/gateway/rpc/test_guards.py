import pytest
from h2.errors import ErrorCodes

from gateway.rpc.guards import AbuseError, Budget, PingStrikes, Turn


def test_so_many_are_free_and_so_many_a_second():
    budget = Budget(3, 1.0, "too much")
    for _ in range(3):
        budget.spend(100.0)
    with pytest.raises(AbuseError, match="too much") as told:
        budget.spend(100.0)
    assert told.value.code is ErrorCodes.ENHANCE_YOUR_CALM
    for second in range(102, 200):
        budget.spend(float(second))


def test_what_comes_back_in_a_second_is_what_was_said():
    budget = Budget(10, 4.0, "too much")
    for now in [100.0] * 10 + [101.0] * 4:
        budget.spend(now)
    with pytest.raises(AbuseError):
        budget.spend(101.0)


def test_three_pings_too_fast_are_too_many():
    strikes = PingStrikes(1.0)
    for now in (0.0, 0.1, 0.2):
        strikes.struck(now)
    with pytest.raises(AbuseError, match="too_many_pings"):
        strikes.struck(0.3)


def test_pings_at_their_interval_and_those_beside_what_we_send_are_none():
    strikes = PingStrikes(1.0)
    for now in range(20):
        strikes.struck(float(now))
    for _ in range(20):
        strikes.sent = True
        strikes.struck(20.0)


def test_what_we_send_takes_back_the_pings_before_it_and_no_later_ones():
    strikes = PingStrikes(1.0)
    for now in (0.0, 0.1, 0.2):
        strikes.struck(now)
    strikes.sent = True
    for now in (0.3, 0.4, 0.5):
        strikes.struck(now)
    with pytest.raises(AbuseError, match="too_many_pings"):
        strikes.struck(0.6)


def test_a_turn_is_over_when_its_room_is_used_up_and_comes_again():
    turn = Turn(10, 0.5)
    turn.begin(100.0)
    turn.spend(9)
    assert not turn.over
    turn.spend(1)
    turn.begin(100.4)
    assert turn.over
    turn.begin(100.5)
    turn.spend(9)
    assert not turn.over


def test_what_exceeds_a_turn_is_taken_off_the_next_ones_and_rest_is_not_saved_up():
    turn = Turn(10, 0.5)
    turn.begin(100.0)
    turn.spend(35)
    for now in (100.5, 101.0):
        turn.begin(now)
        assert turn.over
    turn.begin(101.5)
    turn.spend(4)
    assert not turn.over
    turn.spend(1)
    assert turn.over
    turn.spend(35)
    turn.begin(200.0)
    turn.spend(10)
    assert turn.over


def test_what_was_postponed_comes_first_in_a_turn_that_has_room_and_once():
    turn, done = Turn(10, 0.5), []
    turn.begin(100.0)
    turn.spend(25)
    turn.postpone(lambda: done.append(turn.over))
    for now in (100.1, 100.5):
        turn.begin(now)
        assert not done
    turn.begin(101.0)
    turn.begin(102.0)
    assert done == [False]
    turn.postpone(lambda: done.append("late"))
    turn.close()
    turn.begin(103.0)
    assert done == [False]
