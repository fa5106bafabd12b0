import asyncio

import pytest
import structlog

from gateway.app.config import Settings

FREE = "127.0.0.1:0"


@pytest.fixture
def espeak():
    """A gateway with the voice that starts quickest, on free ports."""

    def espeak(**sections):
        server = {"http": FREE, "grpc": FREE, "admin": FREE, **sections.pop("server", {})}
        return Settings(
            voices={"e": {"routes": [{"provider": "espeak"}]}},
            providers={"espeak": {"engine": "espeak"}},
            server=server,
            **sections,
        )

    return espeak


class Told:
    """Log lines as they come."""

    def __init__(self):
        self.lines = []
        self._news = asyncio.Event()

    def __call__(self, _, __, line):
        self.lines.append(dict(line))
        self._news.set()
        raise structlog.DropEvent

    async def event(self, name):
        async with asyncio.timeout(30):
            while True:
                found = [line for line in self.lines if line["event"] == name]
                if found:
                    return found[0]
                self._news.clear()
                await self._news.wait()


@pytest.fixture
def told():
    told = Told()
    structlog.configure(processors=[told])
    yield told
    structlog.reset_defaults()
