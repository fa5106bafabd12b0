import pytest

from gateway.upstream.seats import Seats
from legato.core.borrowed_seats import BorrowedSeats


class Bank:
    """A lender that notes what it hears."""

    def __init__(self):
        self.heard = []

    def open(self, account, limit, borrower):
        self.heard.append(("open", account, limit))
        return self

    def ask(self):
        self.heard.append("ask")

    def give_back(self, seats):
        self.heard.append(("back", seats))

    def refused(self, retry_after_s):
        self.heard.append(("refused", retry_after_s))

    def renewed(self):
        self.heard.append("renewed")


def seats_of(limit, bank, came=lambda: None, held_back=lambda: None):
    return Seats("v", limit, bank, lambda: 100.0, came, held_back)


def test_alone_a_process_has_all_the_seats():
    seats = seats_of(2, None)
    for _ in range(2):
        assert seats.concurrency.free(0)
        seats.concurrency.take("t")
    assert not seats.concurrency.free(0)
    seats.return_idle()


def test_where_there_is_no_limit_nothing_is_borrowed():
    bank = Bank()
    seats = seats_of(0, bank)
    assert not isinstance(seats.concurrency, BorrowedSeats)
    assert bank.heard == [("open", "v", 0)]
    seats.concurrency.refused(1.0, 0)
    assert bank.heard[1:] == [("refused", 1.0)], "the others share the vendor's pauses"


def test_whoever_waits_is_served_when_a_seat_comes_and_it_goes_back_when_it_is_wanted():
    bank, came = Bank(), []
    seats = seats_of(2, bank, lambda: came.append(seats.concurrency.free(0)))
    assert not seats.concurrency.free(0)
    seats.lent()
    assert came == [True]
    seats.concurrency.take("t")
    seats.recalled(urgent=False)
    seats.concurrency.refused(1.0, 0)
    seats.concurrency.give_back("t")
    seats.return_idle()
    assert bank.heard == [("open", "v", 2), "ask", ("refused", 1.0), ("back", 1)]


@pytest.mark.parametrize("limit", [0, 2])
def test_r22_a_pause_that_another_process_was_asked_for_holds_here_too(limit):
    bank, held = Bank(), []
    seats = seats_of(limit, bank, held_back=lambda: held.append(seats.concurrency.hold_until))
    if limit:
        seats.concurrency.free(100.0)
        seats.lent()
    assert seats.concurrency.free(100.0)
    seats.paused(5.0)
    assert held == [105.0]
    assert not seats.concurrency.free(104.9)
    assert seats.concurrency.free(105.0)
    assert seats.concurrency.learnt == 0, "its own runs were not refused"
    seats.paused(1.0)
    assert seats.concurrency.hold_until == 105.0
    assert not any(what[0] == "refused" for what in bank.heard)


@pytest.mark.parametrize("limit", [0, 2])
def test_r22_a_new_credential_begins_anew(limit):
    bank = Bank()
    seats = seats_of(limit, bank)
    for _ in range(2):
        seats.concurrency.take("t")
    seats.concurrency.refused(60.0, 100.0)
    seats.renewed()
    assert (seats.concurrency.learnt, seats.concurrency.allowed) == (0, limit)
    assert seats.concurrency.hold_until < 100.0
    assert bank.heard[-1] == "renewed"


def test_alone_a_process_renews_its_own():
    seats = seats_of(0, None)
    seats.concurrency.refused(60.0, 100.0)
    seats.renewed()
    assert seats.concurrency.free(100.0)
