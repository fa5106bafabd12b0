import asyncio
import ssl
import time
from itertools import count

from gateway.upstream.surroundings import Surroundings
from legato.domain.facts import BugFound
from tests.gateway.upstream.stage import Notes


async def test_what_it_has_by_itself():
    done = asyncio.Event()

    async def work():
        done.set()

    async with asyncio.TaskGroup() as tasks:
        world = Surroundings(time.monotonic, Notes(), count(), tasks)
        assert world.tls.verify_mode is ssl.CERT_REQUIRED
        assert world.tls.check_hostname
        assert all(0 <= world.chance() < 1 for _ in range(100))
        assert world.task(work(), "a name").get_name() == "a name"
        await done.wait()


async def test_a_bug_in_one_task_is_told_and_ends_no_other():
    """All tasks of all vendors share one group: an error of a library that nobody expected, on one request, ended the gateway."""
    notes, done = Notes(), asyncio.Event()

    async def fails():
        raise ValueError("with words that nobody need see")

    async def works():
        await done.wait()

    async with asyncio.TaskGroup() as tasks:
        world = Surroundings(time.monotonic, notes, count(), tasks)
        other = world.task(works(), "other")
        await world.task(fails(), "upstream-http")
        [bug] = notes.of(BugFound)
        assert (bug.where.split()[0], bug.kind) == ("upstream-http", "ValueError")
        done.set()
        await other


async def test_a_task_that_is_cancelled_before_it_begins_leaves_nothing():
    begun = []

    async def work():
        begun.append(True)

    async with asyncio.TaskGroup() as tasks:
        world, waiting = Surroundings(time.monotonic, Notes(), count(), tasks), work()
        world.task(waiting, "a name").cancel()
    assert begun == []
    assert waiting.cr_frame is None, "it is closed, not left to be warned about"
