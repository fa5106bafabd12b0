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


def test_alone_a_process_has_all_the_seats():
    seats = Seats("v", 2, None, lambda: None)
    for _ in range(2):
        assert seats.concurrency.free(0)
        seats.concurrency.take("t")
    assert not seats.concurrency.free(0)
    seats.spare()


def test_where_there_is_no_limit_nothing_is_borrowed():
    bank = Bank()
    seats = Seats("v", 0, bank, lambda: None)
    assert not isinstance(seats.concurrency, BorrowedSeats)
    assert bank.heard == []


def test_whoever_waits_is_served_when_a_seat_comes_and_it_goes_back_when_it_is_wanted():
    bank, came = Bank(), []
    seats = Seats("v", 2, bank, lambda: came.append(seats.concurrency.free(0)))
    assert not seats.concurrency.free(0)
    seats.lent()
    assert came == [True]
    seats.concurrency.take("t")
    seats.recalled(urgent=False)
    seats.concurrency.refused(1.0, 0)
    seats.concurrency.give_back("t")
    seats.spare()
    assert bank.heard == [("open", "v", 2), "ask", ("refused", 1.0), ("back", 1)]
