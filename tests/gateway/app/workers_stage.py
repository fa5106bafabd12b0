"""A host with a hub, and workers that are only links; shared by the tests of the parent and of the workers."""

import asyncio
import contextlib
import time

from gateway.app.link.hub import Hub
from gateway.app.link.link import Link
from gateway.app.link.post import Post
from gateway.app.workers.broker import Broker


def post(folder, number=1):
    return Post(number, 1001, 1002, 0, 8080, 50051, folder)


class Borrowing:
    """Records what the lender does."""

    def __init__(self):
        self.seats, self.recalls, self.pauses, self.news = 0, [], [], asyncio.Event()

    def lent(self):
        self.seats += 1
        self.news.set()

    def recalled(self, *, urgent):
        self.recalls.append(urgent)
        self.news.set()

    def paused(self, pause_s):
        self.pauses.append(pause_s)
        self.news.set()

    async def until(self, condition):
        async with asyncio.timeout(5):
            while not condition(self):
                self.news.clear()
                await self.news.wait()


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the other end of the socket is on this loop: it has its turn
            await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def host(folder, settle_s=0.0):
    broker = Broker(time.monotonic, settle_s)
    async with Hub(post(folder).hub, broker) as hub:
        hub.broker = broker
        yield hub


def link(folder, number=1):
    return Link(post(folder, number))
