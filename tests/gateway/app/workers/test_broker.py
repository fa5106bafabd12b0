import asyncio

import pytest

from gateway.app.link import messages
from gateway.app.workers.broker import Broker
from tests.gateway.app.workers_stage import Borrowing, host, link, until
from tests.virtual_time import on_virtual_time


async def test_r22_seats_go_from_worker_to_worker_and_never_more_than_there_are(tmp_path):
    async with host(tmp_path) as hub, link(tmp_path, 1) as one, link(tmp_path, 2) as two:
        first, second = Borrowing(), Borrowing()
        loan, other = one.open("v", 2, first), two.open("v", 2, second)
        for seats in (1, 2):
            loan.ask()
            await first.until(lambda here, seats=seats: here.seats == seats)
        other.ask()
        await first.until(lambda here: here.recalls == [True])
        assert hub.broker.lent() == {"v": (2, 2)}
        assert second.seats == 0
        loan.give_back(1)
        await second.until(lambda here: here.seats == 1)


async def test_a_worker_that_dies_gives_its_seats_back(tmp_path):
    async with host(tmp_path) as hub, link(tmp_path, 2) as two:
        second = Borrowing()
        other = two.open("v", 1, second)
        async with link(tmp_path, 1) as one:
            first = Borrowing()
            one.open("v", 1, first).ask()
            await first.until(lambda here: here.seats == 1)
            other.ask()
            await first.until(lambda here: here.recalls)
        await second.until(lambda here: here.seats == 1)
        assert hub.broker.lent() == {"v": (1, 1)}


async def test_a_refusal_holds_everybody_for_as_long_as_the_vendor_says(tmp_path):
    async with host(tmp_path) as hub, link(tmp_path, 1) as one, link(tmp_path, 2) as two:
        first, second = Borrowing(), Borrowing()
        loan, other = one.open("v", 3, first), two.open("v", 3, second)
        loan.ask()
        await first.until(lambda here: here.seats == 1)
        loan.refused(0.05)
        await until(lambda: hub.broker.lent()["v"] == (1, 1))
        loan.give_back(1)
        await until(lambda: hub.broker.lent()["v"] == (0, 1))
        began = asyncio.get_running_loop().time()
        other.ask()
        await second.until(lambda here: here.seats == 1)
        assert asyncio.get_running_loop().time() - began > 0.01


@pytest.mark.parametrize("limit", [0, 3])
async def test_r22_a_pause_that_one_worker_is_asked_for_is_kept_by_all(tmp_path, limit):
    """The others went on asking with the seats they had; without a limit they knew nothing of it."""
    async with host(tmp_path) as hub, link(tmp_path, 1) as one, link(tmp_path, 2) as two:
        first, second, third = Borrowing(), Borrowing(), Borrowing()
        loan = one.open("v", limit, first)
        two.open("other", limit, Borrowing())
        two.open("v", limit, second)
        loan.refused(5.0)
        await second.until(lambda here: here.pauses)
        assert 4 < second.pauses[0] <= 5
        async with link(tmp_path, 3) as three:
            three.open("v", limit, third)
            await third.until(lambda here: here.pauses)
            assert 4 < third.pauses[0] <= 5
        assert first.pauses == [], "it knows of it"
        assert hub.broker.lent() == ({"v": (0, 1), "other": (0, 3)} if limit else {})


async def test_r22_a_refusal_that_asks_for_no_pause_makes_none(tmp_path):
    async with host(tmp_path), link(tmp_path, 1) as one, link(tmp_path, 2) as two:
        second = Borrowing()
        loan, other = one.open("v", 2, Borrowing()), two.open("v", 2, second)
        loan.refused(0.0)
        other.ask()
        await second.until(lambda here: here.seats == 1)
        assert second.pauses == []


async def test_r22_a_new_credential_is_lent_at_once(tmp_path):
    async with host(tmp_path), link(tmp_path, 1) as one, link(tmp_path, 2) as two:
        second = Borrowing()
        loan, other = one.open("v", 2, Borrowing()), two.open("v", 2, second)
        loan.refused(60.0)
        await second.until(lambda here: here.pauses)
        other.ask()
        loan.renewed()
        await second.until(lambda here: here.seats == 1)


class Workers:
    """Workers of one broker, on the loop's clock, and what each was told."""

    def __init__(self, **more):
        self.broker = Broker(asyncio.get_running_loop().time, **more)
        self.told = {}

    def say(self, name, *said):
        told = self.told.setdefault(name, [])
        for message in said:
            self.broker.heard(name, told.append, message)


OPEN, ASK = messages.OpenAccount("v", 2), messages.AskSeat("v")
LENT = messages.Lent("v")


@on_virtual_time
async def test_r22_seats_of_a_worker_that_died_are_lent_again_when_its_vendor_has_seen_that():
    """Not at once: its connections may still count there."""
    workers = Workers()
    workers.say("a", OPEN, ASK, ASK)
    workers.say("b", OPEN, ASK)
    workers.broker.gone("a")
    await asyncio.sleep(0.4)
    assert workers.told["b"] == []
    assert workers.broker.lent() == {"v": (2, 2)}
    await asyncio.sleep(0.2)
    assert workers.told["b"] == [LENT]
    assert workers.broker.lent() == {"v": (1, 2)}


@on_virtual_time
async def test_r22_seats_are_taken_back_from_whoever_gives_them_back_and_as_many():
    workers = Workers()
    workers.say("a", messages.OpenAccount("v", 4), ASK, ASK, ASK)
    workers.say("b", messages.OpenAccount("v", 4), ASK)
    workers.say("a", messages.GiveBack("v", 2))
    assert workers.broker.lent() == {"v": (2, 4)}
    workers.broker.gone("a")
    await asyncio.sleep(1)
    assert workers.broker.lent() == {"v": (1, 4)}


@on_virtual_time
async def test_r22_a_refusal_is_told_to_every_other_worker_that_is_there_already():
    workers = Workers()
    for name in ("a", "b", "c", "gone"):
        workers.say(name, OPEN)
    workers.broker.gone("gone")
    workers.say("a", messages.Refused("v", 5.0))
    pause = [messages.Pause("v", 5.0)]
    assert workers.told == {"a": [], "b": pause, "c": pause, "gone": []}


@pytest.mark.parametrize(("retry_after_s", "pauses_s"), [(None, [0.5]), (0.0, []), (0.25, [0.25])])
@on_virtual_time
async def test_r22_the_pause_is_as_long_as_the_vendor_says_or_half_a_second(retry_after_s, pauses_s):
    workers = Workers()
    await asyncio.sleep(1000)
    workers.say("a", OPEN)
    workers.say("b", OPEN)
    workers.say("a", messages.Refused("v", retry_after_s))
    assert [told.pause_s for told in workers.told["b"]] == pauses_s


@on_virtual_time
async def test_r22_whoever_asked_during_a_pause_is_lent_a_seat_once_when_it_is_over():
    """However many times the pause was made longer meanwhile."""
    workers = Workers()
    workers.say("a", OPEN)
    workers.say("b", OPEN)
    for pause_s in (1.0, 3.0, 2.0):
        workers.say("a", messages.Refused("v", pause_s))
    workers.say("b", ASK)
    await asyncio.sleep(2.9)
    assert LENT not in workers.told["b"]
    workers.say("a", messages.Refused("v", 1.0))
    await asyncio.sleep(0.9)
    assert LENT not in workers.told["b"]
    await asyncio.sleep(0.2)
    assert workers.told["b"].count(LENT) == 1
    await asyncio.sleep(60)
    assert workers.told["b"].count(LENT) == 1
