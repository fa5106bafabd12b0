import asyncio
import io
import json

import pytest

from gateway.app.config.settings import Settings
from gateway.telemetry.logs import Logs

FREE = "127.0.0.1:0"


@pytest.fixture
def espeak():
    """Settings of a gateway with the voice that starts fastest, on free ports."""

    def espeak(**sections):
        server = {"http": FREE, "grpc": FREE, "admin": FREE, **sections.pop("server", {})}
        return Settings(
            voices={"e": {"routes": [{"provider": "espeak"}]}},
            providers={"espeak": {"engine": "espeak"}},
            server=server,
            **sections,
        )

    return espeak


class Told(io.TextIOBase):
    """Log lines as a terminal gets them, from the thread that renders and writes them."""

    def __init__(self):
        self.lines = []
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def write(self, text):
        self._loop.call_soon_threadsafe(self._take, text)
        return len(text)

    def _take(self, text):
        self.lines += map(json.loads, text.splitlines())
        self._news.set()

    async def event(self, name):
        """Return the first event with this name."""
        return (await self.events(name))[0]

    async def events(self, name, count=1):
        """Return all events with this name, once there are `count`."""
        async with asyncio.timeout(30):
            while len(found := [line for line in self.lines if line["event"] == name]) < count:
                self._news.clear()
                await self._news.wait()
        return found


@pytest.fixture
async def told():
    told = Told()
    with Logs("debug", "json", told):
        yield told
