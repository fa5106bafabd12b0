import pytest

from legato.core.concurrency import Concurrency


def test_without_a_limit_there_is_always_room():
    seats = Concurrency()
    for _ in range(1000):
        assert seats.free(0.0)
        seats.take("a")
    assert (seats.in_use, seats.allowed) == (1000, 0)


def test_the_limit_holds_and_what_is_given_back_is_free():
    seats = Concurrency(2)
    seats.take("a")
    seats.take("b")
    assert not seats.free(0.0)
    seats.give_back("a")
    assert seats.free(0.0)


def test_only_what_was_taken_is_given_back():
    with pytest.raises(AssertionError):
        Concurrency().give_back("a")


def test_r22_a_refusal_holds_for_the_vendors_own_time_and_teaches_one_fewer():
    seats = Concurrency(10)
    for _ in range(5):
        seats.take("a")
    seats.refused(4.0, 100.0)
    assert (seats.allowed, seats.learnt, seats.hold_until) == (4, 4, 104.0)
    assert not seats.free(103.9)
    seats.give_back("a")
    assert not seats.free(104.0), "four are under way"
    seats.give_back("a")
    assert seats.free(104.0)


def test_r22_refusals_that_come_together_teach_how_many_are_left():
    """Only the first taught, one at a time: a plan of five was found after forty pauses."""
    seats = Concurrency()
    for _ in range(8):
        seats.take("a")
    for moment in range(3):
        seats.refused(None, 0.1 * moment)
        seats.give_back("a")
    assert (seats.in_use, seats.learnt) == (5, 5)
    assert seats.hold_until == pytest.approx(0.7)
    seats.give_back("a")
    seats.refused(None, 0.6)
    assert seats.learnt == 5, "this one came later: others may have ended since"


def test_r22_the_hold_does_not_grow_while_refusals_teach():
    """It doubled with each, and nothing began in it: a vendor was given an eighth of what its plan allows."""
    seats, now = Concurrency(), 0.0
    for _ in range(20):
        seats.take("a")
    for left in range(19, 10, -1):
        seats.refused(None, now)
        seats.give_back("a")
        assert seats.learnt == left
        assert seats.hold_until - now == pytest.approx(0.5)
        now = seats.hold_until + 0.2


@pytest.mark.parametrize(("callers", "plan"), [(45, 5), (10, 8), (20, 1), (60, 50)])
def test_r22_a_plan_that_nobody_configured_is_used_almost_whole(callers, plan):
    seats, wanted, runs, begun, served = Concurrency(), callers, [], [], 0
    for tenth in range(3_000):
        now = tenth / 10
        for _ in [at for at in runs if at <= now]:
            seats.give_back("a")
            wanted += 1
            served += 1
        runs = [at for at in runs if at > now]
        for _ in begun:  # what began a moment ago arrives now
            if len(runs) < plan:
                runs.append(now + 3.0)
            else:
                seats.refused(None, now)
                seats.give_back("a")
                wanted += 1
        begun = []
        while wanted and seats.free(now):
            seats.take("a")
            wanted -= 1
            begun.append(now)
    assert served >= 0.9 * plan * 300 / 3.1


def test_r22_a_run_that_is_refused_while_it_is_alone_is_not_one_too_many():
    """Hours after a rate limit or an empty account, at night, only two runs were allowed at once, and one more every 15 s."""
    seats = Concurrency()
    seats.take("a")
    seats.refused(None, 0.0)
    seats.give_back("a")
    assert seats.allowed == 1, "one run tries"
    assert seats.free(0.5)
    seats.take("a")
    assert not seats.free(0.5)
    seats.give_back("a")
    assert seats.allowed == 0, "it went well"


def test_r22_a_lone_refusal_is_forgotten_in_time_but_not_before_one_run_has_tried():
    seats = Concurrency(10)
    seats.take("a")
    seats.refused(60.0, 0.0)
    seats.give_back("a")
    assert seats.free(60.0)
    seats.take("a")
    assert not seats.free(70.0), "the pause does not count as a time without refusals"
    assert seats.free(75.0)
    assert (seats.allowed, seats.learnt) == (10, 0)


def test_r22_while_every_try_is_refused_the_hold_grows_to_its_bound_and_stays_there():
    """With no credit left. The hold outgrew the time in which a refusal counted as one more, and began anew at half a second."""
    seats, now, held = Concurrency(), 0.0, []
    for _ in range(9):
        seats.take("a")
        seats.refused(None, now)
        seats.give_back("a")
        held.append(seats.hold_until - now)
        now = seats.hold_until + 0.2
    assert held == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30, 30])
    seats.refused(None, now + 31)
    assert seats.hold_until == pytest.approx(now + 31.5), "after that long without a refusal it begins anew"


def test_what_was_learnt_is_forgotten_a_step_at_a_time():
    seats = Concurrency(4)
    for _ in range(4):
        seats.take("a")
    seats.refused(0.0, 0.0)
    seats.give_back("a")
    assert (seats.allowed, seats.in_use) == (3, 3)
    assert not seats.free(10.0)
    assert seats.free(15.0)
    assert seats.learnt == 0, "as many as the plan allows"


def test_without_a_limit_of_the_plan_it_grows_without_bound():
    seats = Concurrency()
    for _ in range(3):
        seats.take("a")
    seats.refused(0.0, 0.0)
    seats.give_back("a")
    assert not seats.free(14.0)
    for now in (15.0, 30.0, 45.0):
        assert seats.free(now)
        seats.take("a")
        assert not seats.free(now)


def test_standing_is_seats_held_then_when_last_served():
    seats = Concurrency()
    for tenant in ("a", "b", "a"):
        seats.take(tenant)
    assert seats.standing("a") == (2, 3)
    assert seats.standing("b") == (1, 2)
    assert seats.standing("new") == (0, 0)


def test_tenants_that_left_are_forgotten():
    seats = Concurrency()
    for number in range(500):
        seats.take(str(number))
        seats.give_back(str(number))
    assert sum(seats.standing(str(number))[1] > 0 for number in range(500)) <= 100


def test_a_seat_goes_to_whoever_is_next_at_any_place():
    seats = Concurrency(1)
    ranks = {"a": (0, 1), "b": None}
    heads = {name: lambda _, name=name: ranks[name] for name in ranks}
    for head in heads.values():
        seats.join(head)
    assert seats.is_next(lambda _: (0, 1), 0.0)
    ranks["b"] = (-1, 5)
    assert not seats.is_next(lambda _: (0, 1), 0.0)
    assert seats.is_next(lambda _: (-1, 5), 0.0)
    seats.leave(heads["b"])
    seats.leave(heads["b"])
    assert seats.is_next(lambda _: (0, 1), 0.0)


def test_without_a_bound_everybody_is_next():
    seats = Concurrency()
    seats.join(lambda _: (0,))
    seats.join(lambda _: (-9,))
    assert seats.is_next(lambda _: (5,), 0.0)


def test_turns_are_remembered_by_tenant_and_priority_and_the_oldest_forgotten():
    seats = Concurrency()
    seats.turned("a", 0, 5.0)
    assert seats.last_turn("a", 0) == 5.0
    assert seats.last_turn("a", 1) == float("-inf")
    for number in range(3_000):
        seats.turned(f"t{number}", 0, 6.0 + number)
    assert seats.last_turn("a", 0) == float("-inf")
    assert seats.last_turn("t2999", 0) == 3_005.0
