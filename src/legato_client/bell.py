"""Waiting for a condition that another task makes true."""

import asyncio
from collections.abc import Callable


class Bell:
    """Rung after every change; tasks that wait then check their condition again."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Something has changed."""
        self._event.set()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until the condition holds. It is checked now, and after every ring."""
        while not condition():
            self._event.clear()
            await self._event.wait()
