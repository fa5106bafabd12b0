from legato.core.line_book import LineBook
from legato.core.pool_lines import LineState


def book_of(lines, seats=1):
    book = LineBook(seats, 0.0)
    for _ in range(lines):
        book.connect(book.add(0.0))
    return book


def test_the_one_used_last_is_used_next():
    book = book_of(3)
    first = book.get(1)
    book.take(first, 10, "a", 0.0)
    assert book.last_used() is book.get(3)
    book.end(first, 10)
    assert book.last_used() is first


def test_counts_stay_true():
    book = book_of(2, seats=2)
    one = book.get(1)
    book.take(one, 10, "a", 1.0)
    book.take(one, 11, "b", 2.0)
    assert (book.busy_seats, book.count(LineState.LEASED), book.usable) == (2, 1, 2)
    assert book.last_used() is book.get(2)
    assert book.clean(one, 10) == ("a", 1.0)
    assert book.busy_seats == 2
    assert book.end(one, 11) == ("b", 2.0)
    assert book.counts()[LineState.CLEANING] == 1
    assert book.end_cleaning(one) == "a"
    assert (book.busy_seats, one.state) == (0, LineState.IDLE)


def test_a_draining_line_has_no_seats_and_one_that_is_gone_takes_its_runs_along():
    book = book_of(1)
    one = book.get(1)
    book.take(one, 10, "a", 0.0)
    book.drain(one)
    assert book.last_used() is None
    book.remove(one)
    assert (book.busy_seats, len(book), list(book), book.get(1)) == (0, 0, [], None)


def test_only_idle_lines_that_age_are_replaced():
    book = book_of(2)
    one, two = book
    book.age(one)
    book.age(two)
    book.take(two, 10, "a", 0.0)
    assert book.ageing() == [one]
    assert book.is_ageing(two)
    book.rejuvenate(one)
    assert book.ageing() == []
