import asyncio

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
