import asyncio

import pytest

from tests.gateway.app.workers_stage import Borrowing, host, link, until


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
