import asyncio
import ssl
import time
from itertools import count

from gateway.upstream.surroundings import Surroundings
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
