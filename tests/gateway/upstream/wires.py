"""What every test of a wire needs: a reader that keeps what it gets, and a call."""

import asyncio
import contextlib
import socket

from gateway.upstream.wire import DialTarget
from legato.domain.vendors import Place
from tests.gateway.upstream.stage import SOON, TLS


class Reader:
    def __init__(self):
        self.frames, self.ends, self.lives, self.news = [], [], 0, asyncio.Event()

    def came(self, frame):
        assert not self.ends, "nothing comes after the end"
        self.frames.append(frame)
        self.news.set()

    def alive(self):
        self.lives += 1
        self.news.set()

    def ended(self, code, words):
        assert not self.ends, "it ends once"
        self.ends.append((code, words))
        self.news.set()

    async def until(self, condition):
        async with asyncio.timeout(SOON):
            while not condition(self):
                self.news.clear()
                await self.news.wait()


def tended(raw):
    """Whether a socket keeps R1: the kernel notices a peer that is gone, and the network does not forget one that is there."""
    asked = raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    after_s = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
    given_up_ms = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    at_once = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    return bool(asked and at_once) and after_s <= 15 and after_s * 1000 < given_up_ms <= 10_000


@contextlib.asynccontextmanager
async def calling(url, *, headers=(), timeout_s=3.0, tls=TLS, ahead=lambda: False, **place):
    """Yield what to dial, with a task group for the tasks that the wire starts."""
    async with asyncio.TaskGroup() as tasks:
        yield DialTarget(
            Place(url, **place),
            tuple(headers),
            timeout_s,
            tls,
            lambda work, name: tasks.create_task(work, name=name),
            ahead,
        )
