import asyncio

import pytest

from gateway.app.link.link import ParentGoneError
from gateway.app.link.messages import SetLevel
from tests.gateway.app.workers_stage import Borrowing, host, link, until


async def test_a_worker_goes_when_its_parent_is_gone(tmp_path):
    gone = asyncio.Event()
    async with host(tmp_path) as hub:
        worker = link(tmp_path)
        await worker.__aenter__()
        await until(lambda: hub.members)
        worker.when_to_leave(gone.set)
    async with asyncio.timeout(5):
        await gone.wait()
    late = asyncio.Event()
    worker.when_to_leave(late.set)
    assert late.is_set()
    worker.open("v", 1, Borrowing()).ask()
    await worker.__aexit__(None, None, None)


async def test_without_a_parent_there_is_no_worker(tmp_path):
    with pytest.raises(ParentGoneError, match="No such file"):
        async with link(tmp_path):
            pass


async def test_an_order_that_comes_before_anybody_can_obey_is_kept(tmp_path):
    async with host(tmp_path) as hub, link(tmp_path) as worker:
        hub.stand("level", SetLevel("debug"))
        await until(lambda: hub.members)
        told, left = [], asyncio.Event()
        worker.when_to_leave(left.set)
        hub.leave()
        async with asyncio.timeout(5):
            await left.wait()
        worker.when_ordered(told.append)
        assert told == [SetLevel("debug")]
