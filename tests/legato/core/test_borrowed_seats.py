import pytest

from legato.core.borrowed_seats import BorrowedSeats


class Lender:
    def __init__(self):
        self.asked, self.back, self.told = 0, 0, []

    def ask(self):
        self.asked += 1

    def give(self, seats):
        self.back += seats


@pytest.fixture
def lender():
    return Lender()


@pytest.fixture
def seats(lender):
    return BorrowedSeats(3, lender.ask, lender.give, lender.told.append)


def begin(seats):
    assert seats.free(0)
    seats.take("t")


def test_a_seat_that_is_missing_is_asked_for_once(seats, lender):
    assert not seats.free(0)
    assert not seats.free(0)
    assert lender.asked == 1
    seats.lent()
    begin(seats)
    assert seats.in_use == 1
    assert not seats.free(0)
    assert lender.asked == 2


def test_the_plans_own_limit_is_kept_without_asking(seats, lender):
    for _ in range(4):
        seats.lent()
    for _ in range(3):
        begin(seats)
    assert not seats.free(0)
    assert lender.asked == 0


def test_a_seat_stays_for_the_next_run_until_it_is_recalled(seats, lender):
    seats.lent()
    begin(seats)
    seats.give_back("t")
    seats.return_idle()
    assert (seats.free(0), lender.back) == (True, 0)
    seats.recalled(urgent=False)
    assert (seats.free(0), lender.back) == (False, 1)


def test_a_seat_in_use_goes_when_nobody_here_needs_it(seats, lender):
    seats.lent()
    begin(seats)
    seats.recalled(urgent=False)
    assert lender.back == 0
    seats.give_back("t")
    assert seats.free(0), "whoever waits here is first"
    seats.return_idle()
    assert lender.back == 1


def test_an_urgent_one_goes_before_anybody_here_can_have_it(seats, lender):
    seats.lent()
    begin(seats)
    seats.recalled(urgent=False)
    seats.recalled(urgent=True)
    seats.give_back("t")
    assert (seats.free(0), lender.back) == (False, 1)
    assert lender.asked == 1


def test_idle_seats_are_not_for_reading_ahead(seats):
    for _ in range(3):
        seats.lent()
    assert not seats.may_double()


def test_a_refusal_is_passed_on_and_holds_here_as_well(seats, lender):
    seats.lent()
    begin(seats)
    seats.refused(2.0, 10)
    assert lender.told == [2.0]
    assert not seats.free(11)
