import random
from collections import Counter, deque

import pytest

from legato.core.borrowed_seats import BorrowedSeats
from legato.core.lending import Lend, Lending, Recall


def test_a_seat_is_lent_at_once_while_there_is_one():
    lending = Lending(2)
    assert lending.ask("a", 0) == [Lend("a")]
    assert lending.ask("a", 0) == [Lend("a")]
    assert (lending.lent, lending.allowed, lending.held_by("a"), lending.held_by("b")) == (2, 2, 2, 0)


def test_whoever_has_more_is_recalled_urgently_and_once():
    lending = Lending(2)
    lending.ask("a", 0)
    lending.ask("a", 0)
    assert lending.ask("b", 0) == [Recall("a", urgent=True)]
    assert lending.ask("b", 0) == []
    assert lending.give_back("a", 1, 0) == [Lend("b")]


def test_whoever_has_less_is_asked_only_for_what_is_idle():
    lending = Lending(3)
    for name in "aab":
        lending.ask(name, 0)
    assert lending.ask("a", 0) == [Recall("b", urgent=False)]


def test_a_recall_becomes_urgent_when_it_has_to():
    lending = Lending(2)
    for name in "ab":
        lending.ask(name, 0)
    assert lending.ask("b", 0) == [Recall("a", urgent=False)]
    assert lending.ask("c", 0) == [Recall("a", urgent=True), Recall("b", urgent=False)]


def test_of_those_who_ask_the_one_with_fewest_is_first():
    lending = Lending(4)
    for name in "aaab":
        lending.ask(name, 0)
    lending.ask("a", 0)
    lending.ask("b", 0)
    assert Lend("b") in lending.give_back("a", 1, 0)


def test_what_a_borrower_had_is_there_again_when_it_is_gone():
    lending = Lending(1)
    lending.ask("a", 0)
    lending.ask("b", 0)
    assert lending.gone("a", 0) == [Lend("b")]
    lending.ask("a", 0)
    assert lending.gone("a", 0) == []
    assert lending.give_back("b", 1, 0) == []
    assert lending.lent == 0


def test_nobody_gives_back_what_it_does_not_have():
    lending = Lending(1)
    assert lending.give_back("a", 3, 0) == []
    assert lending.lent == 0


def test_a_refusal_is_a_lesson_for_all():
    lending = Lending(3)
    for name in "aab":
        lending.ask(name, 0)
    assert lending.refused(2.0, 10) == [Recall("a", urgent=True), Recall("b", urgent=False)]
    assert lending.allowed == 2
    lending.give_back("a", 1, 10)
    lending.give_back("a", 1, 10)
    assert lending.ask("c", 10) == [] or lending.deadline(10) == 12
    assert lending.deadline(10) == 12
    assert lending.tick(11) == []
    assert lending.tick(12) == [Lend("c")]
    assert lending.deadline(12) is None


class Worker:
    """A borrower with a queue of its own, behind a wire that takes its time."""

    def __init__(self, name, limit, wire):
        self.name, self.waiting, self.running, self.served = name, 0, 0, 0
        self.seats = BorrowedSeats(
            limit,
            lambda: wire.append((name, "ask", 0)),
            lambda seats: wire.append((name, "back", seats)),
            lambda wait: wire.append((name, "refused", wait)),
        )

    def settle(self):
        while self.waiting and self.seats.free(0):
            self.waiting -= 1
            self.running += 1
            self.served += 1
            self.seats.take("t")
        self.seats.return_idle()

    def end_one(self):
        if self.running:
            self.running -= 1
            self.seats.give_back("t")
        self.settle()


@pytest.mark.parametrize("limit", [1, 2, 5])
@pytest.mark.parametrize("seed", range(8))
def test_r22_in_any_order_of_events_the_limit_holds_and_nobody_starves(limit, seed):
    dice = random.Random(seed)
    to_lender, to_worker, lending = deque(), deque(), Lending(limit)
    workers = {name: Worker(name, limit, to_lender) for name in "abc"}
    most = 0

    def deliver():
        if to_lender and dice.random() < 0.6:
            name, word, seats = to_lender.popleft()
            to_worker.extend(lending.ask(name, 0) if word == "ask" else lending.give_back(name, seats, 0))
        elif to_worker:
            effect = to_worker.popleft()
            worker = workers[effect.borrower]
            if isinstance(effect, Lend):
                worker.seats.lent()
            else:
                worker.seats.recalled(urgent=effect.urgent)
            worker.settle()

    for _ in range(3000):
        worker = workers[dice.choice("aaaabc")]
        if worker.waiting < 5:
            worker.waiting += 1
            worker.settle()
        if dice.random() < 0.5:
            workers[dice.choice("abc")].end_one()
        deliver()
        running = sum(each.running for each in workers.values())
        most = max(most, running)
        assert running <= lending.lent <= limit
    for _ in range(4000):
        workers[dice.choice("abc")].end_one()
        deliver()
    assert most == limit
    assert {name: worker.waiting for name, worker in workers.items()} == dict.fromkeys("abc", 0)
    counts = Counter({name: worker.served for name, worker in workers.items()})
    assert min(counts.values()) > 50, counts
