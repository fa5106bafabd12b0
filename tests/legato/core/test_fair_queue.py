from legato.core.concurrency import Concurrency
from legato.core.fair_queue import FairQueue, Waiting
from legato.domain.speech import Principal


def who(tenant="a", priority=0):
    return Principal(tenant, tenant, priority)


def queue_of(*waiting, most=10, seats=None):
    queue = FairQueue(most, seats or Concurrency())
    for ticket, principal, asked_at in waiting:
        assert queue.add(Waiting(ticket, principal, asked_at + 3.0, asked_at), asked_at) is None
    return queue


def order(queue, now, seats=None):
    tickets = []
    while (one := queue.pop(now)) is not None:
        tickets.append(one.ticket)
        if seats is not None:
            seats.take(one.principal.tenant)
    return tickets


def test_alone_it_is_first_come_first_served():
    assert order(queue_of((1, who(), 0.0), (2, who(), 0.1), (3, who(), 0.2)), 0.3) == [1, 2, 3]


def test_priority_goes_first():
    assert order(queue_of((1, who(), 0.0), (2, who(priority=5), 0.1)), 0.2) == [2, 1]


def test_waiting_makes_up_for_priority():
    queue = queue_of((1, who("a"), 0.0), (2, who("b", 2), 2.9))
    assert order(queue, 3.0) == [1, 2]


def test_r22_tenants_take_turns_however_many_one_of_them_has_in_the_queue():
    seats = Concurrency()
    queue = queue_of(
        *((n, who("crowd"), 0.0) for n in range(1, 5)), (5, who("one"), 0.1), (6, who("one"), 0.1)
    )
    assert order(FairQueue(1, seats), 0.0) == []
    queue = FairQueue(10, seats)
    for n in range(1, 5):
        queue.add(Waiting(n, who("crowd"), 9.0, 0.0), 0.0)
    for n in (5, 6):
        queue.add(Waiting(n, who("one"), 9.0, 0.1), 0.1)
    assert order(queue, 0.2, seats) == [1, 5, 2, 6, 3, 4]


def test_who_holds_seats_already_comes_after_who_holds_none():
    seats = Concurrency()
    seats.take("rich")
    assert order(queue_of((1, who("rich"), 0.0), (2, who("poor"), 0.5), seats=seats), 0.6) == [2, 1]


def test_above_the_bound_whoever_would_go_last_is_turned_away():
    queue = queue_of((1, who(), 0.0), (2, who(), 0.1), most=2)
    assert queue.add(Waiting(3, who(), 9.0, 0.2), 0.2).ticket == 3
    assert queue.add(Waiting(4, who(priority=1), 9.0, 0.3), 0.3).ticket == 2
    assert order(queue, 0.4) == [4, 1]


def test_the_deadline_is_that_of_whoever_is_overdue_first():
    queue = queue_of((1, who(), 0.0), (2, who(), 1.0))
    assert queue.deadline() == 3.0
    assert queue.overdue(2.9) == []
    assert [one.ticket for one in queue.overdue(3.0)] == [1]
    assert (queue.deadline(), len(queue)) == (4.0, 1)


def test_leaving_and_clearing():
    queue = queue_of((1, who(), 0.0), (2, who(), 0.0))
    assert queue.remove(1)
    assert not queue.remove(1)
    assert [one.ticket for one in queue.clear()] == [2]
    assert (len(queue), queue.deadline(), queue.head(0.0)) == (0, None, None)


def test_heads_of_several_places_can_be_compared():
    seats = Concurrency()
    seats.take("rich")
    rich = queue_of((1, who("rich"), 0.0), seats=seats)
    poor = queue_of((2, who("poor"), 0.5), seats=seats)
    assert poor.head(0.6) < rich.head(0.6)


def test_a_place_stands_in_line_only_while_somebody_waits_there():
    seats = Concurrency(1)
    queue = FairQueue(10, seats)

    def stands():
        queue.stand_in_line(queue.head)
        return seats.is_waited_for

    assert not stands()
    queue.add(Waiting(1, who(), 10.0, 0.0), 0.0)
    assert stands()
    assert stands()
    queue.pop(0.0)
    assert not stands()


def test_r22_waiting_counts_from_the_tenants_last_turn_so_that_a_crowd_that_is_served_grows_no_older_than_others():
    seats = Concurrency()
    queue = FairQueue(10, seats)
    for n in range(1, 7):
        queue.add(Waiting(n, who("crowd"), 99.0, 0.0), 0.0)
    assert queue.pop(0.0).ticket == 1
    assert queue.pop(4.5).ticket == 2
    queue.add(Waiting(7, who("one"), 99.0, 4.6), 4.6)
    seats.take("crowd")
    assert queue.pop(4.7).ticket == 7


def test_a_tenants_own_urgent_requests_do_not_keep_its_others_waiting_for_ever():
    queue = queue_of((1, who("a"), 0.0))
    for second in range(3):
        queue.add(Waiting(10 + second, who("a", 3), 99.0, float(second)), float(second))
        assert queue.pop(float(second)).ticket == 10 + second
    queue.add(Waiting(20, who("a", 3), 99.0, 3.0), 3.0)
    assert queue.pop(3.0).ticket == 1
