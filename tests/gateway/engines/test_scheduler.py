import pytest

from gateway.engines.scheduler import COMFORT_S, OverloadedError, Scheduler, Seat


@pytest.fixture
def queue():
    return Scheduler(most_wait_s=100)


def seat(name, tenant="t", priority=0, first_step_s=0.25):
    return Seat(tenant, priority, name, first_step_s)


def serve(queue, now, *, given=0.2, spent=0.05):
    """One step for whose turn it is; returns its name."""
    chosen = queue.next(now)
    if chosen is None:
        return None
    queue.done(chosen, now, spent_s=spent, given_s=given)
    return chosen.work


def test_nobody_asks_nobody_is_served(queue):
    assert queue.next(0.0) is None


def test_first_come_first_served(queue):
    for at, name in enumerate("abc"):
        queue.ask(seat(name), at * 0.01)
    assert [serve(queue, 0.05) for _ in range(3)] == ["a", "b", "c"]


def test_a_seat_is_at_one_thread_at_a_time(queue):
    queue.ask(seat("a"), 0.0)
    assert queue.next(0.0).work == "a"
    assert queue.next(0.0) is None


def test_asking_twice_is_asking_once(queue):
    a, b = seat("a"), seat("b")
    queue.ask(a, 0.0)
    queue.ask(b, 0.1)
    queue.ask(a, 0.2)
    assert serve(queue, 0.3) == "a"


def test_who_runs_dry_first_goes_first(queue):
    a, b = seat("a"), seat("b")
    queue.ask(a, 0.0)
    queue.ask(b, 0.0)
    serve(queue, 0.0, given=0.8)
    serve(queue, 0.0, given=0.4)
    assert [serve(queue, 0.1, given=0.3) for _ in range(3)] == ["b", "b", "a"]


def test_who_is_far_ahead_yields_to_a_newcomer_and_goes_on_when_nobody_needs_more(queue):
    queue.ask(seat("ahead"), 0.0)
    serve(queue, 0.0, given=COMFORT_S + 5)
    queue.ask(seat("new", tenant="other"), 0.1)
    assert serve(queue, 0.2, given=COMFORT_S + 9) == "new"
    assert serve(queue, 0.3) == "ahead"


def test_tenants_share_alike_however_many_streams_they_have(queue):
    for number in range(20):
        queue.ask(seat(f"crowd{number}", tenant="crowd"), 0.0)
    queue.ask(seat("lone", tenant="lone"), 0.1)
    served = [serve(queue, 0.2, given=0.0) for _ in range(8)]
    assert served.count("lone") == 4


def test_a_tenant_does_not_save_up_turns_while_it_is_silent(queue):
    late = seat("late", tenant="late")
    queue.ask(late, 0.0)
    serve(queue, 0.0, spent=0.01)
    queue.rest(late)
    busy = seat("busy", tenant="busy")
    queue.ask(busy, 0.1)
    for _ in range(50):
        serve(queue, 0.1, given=0.0)
    queue.ask(late, 0.2)
    served = [serve(queue, 0.2, given=0.0) for _ in range(10)]
    assert 4 <= served.count("busy") <= 6


def test_priority_goes_before_fairness(queue):
    queue.ask(seat("usual", tenant="a"), 0.0)
    queue.ask(seat("first", tenant="b", priority=1), 0.1)
    assert [serve(queue, 0.2, given=0.0) for _ in range(3)] == ["first"] * 3


def test_a_listener_that_ran_dry_counts_from_when_it_asked_again(queue):
    old, new = seat("old"), seat("new")
    queue.ask(old, 0.0)
    serve(queue, 0.0, given=0.1)
    queue.rest(old)
    queue.ask(new, 5.0)
    queue.ask(old, 5.1)
    assert [serve(queue, 5.2, given=2.0) for _ in range(2)] == ["new", "old"]


def test_a_seat_at_rest_is_not_served(queue):
    a = seat("a")
    queue.ask(a, 0.0)
    queue.rest(a)
    assert queue.next(0.0) is None


def test_a_seat_may_rest_and_ask_while_its_step_is_made(queue):
    a = seat("a")
    queue.ask(a, 0.0)
    running = queue.next(0.0)
    queue.rest(a)
    queue.ask(a, 0.1)
    assert queue.next(0.1) is None
    queue.done(running, 0.2, spent_s=0.1, given_s=0.2)
    assert serve(queue, 0.2) == "a"


def test_who_would_wait_too_long_is_refused():
    queue = Scheduler(most_wait_s=0.5)
    queue.ask(a := seat("a"), 0.0)
    queue.ask(seat("b"), 0.0)
    assert queue.wait_s("t", 0) == 0.5
    with pytest.raises(OverloadedError):
        queue.ask(seat("c"), 0.0)
    assert serve(queue, 0.1) == "a"
    queue.ask(seat("c"), 0.2)
    queue.ask(a, 0.2)  # it has begun: it is never refused
    assert queue.wait_s("t", 0) == 0.5


def test_what_counts_is_what_the_first_steps_cost_and_how_many_are_made_at_once():
    queue = Scheduler(most_wait_s=0.5, servers=2)
    for name in "abc":
        queue.ask(seat(name), 0.0)
    for number in range(64):
        queue.ask(seat(f"quick{number}", first_step_s=1 / 256), 0.0)
    with pytest.raises(OverloadedError):
        queue.ask(seat("d"), 0.0)


def test_a_crowd_of_one_tenant_does_not_shut_the_door_on_another():
    queue = Scheduler(most_wait_s=1.0)
    for number in range(4):
        queue.ask(seat(f"crowd{number}", tenant="crowd"), 0.0)
    with pytest.raises(OverloadedError):
        queue.ask(seat("more", tenant="crowd"), 0.0)
    queue.ask(seat("lone0", tenant="lone"), 0.0)
    queue.ask(seat("lone1", tenant="lone"), 0.0)
    with pytest.raises(OverloadedError):  # two of its own, and two of the crowd that take turns with them
        queue.ask(seat("lone2", tenant="lone"), 0.0)


def test_the_wait_of_a_high_priority_is_behind_its_like_alone():
    queue = Scheduler(most_wait_s=0.5)
    queue.ask(seat("a"), 0.0)
    queue.ask(seat("b"), 0.0)
    queue.ask(seat("first", priority=1), 0.0)
    assert queue.wait_s("t", 1) == 0.25
    assert queue.wait_s("t", 0) == 0.75
    assert queue.wait_s("other", 0) == 0.25


def test_pauses_do_not_make_room_for_more_than_the_bound():
    queue = Scheduler(most_wait_s=0.25)
    queue.ask(a := seat("a"), 0.0)
    queue.rest(a)
    queue.ask(seat("b"), 0.0)
    with pytest.raises(OverloadedError):
        queue.ask(a, 0.1)
