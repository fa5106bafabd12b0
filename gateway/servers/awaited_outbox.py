"""An outbox for a writer that must be awaited: aiohttp's.

Its coroutine runs to its first wait within the call that brings the frame, and is resumed when that wait is over.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from gateway.servers.outbox import Outbox
from legato.domain.errors import SpeechError

Write = Callable[[bytes | str], Coroutine[Any, None, None]]
"""Writes one frame; it awaits only futures of this loop."""


class AwaitedOutbox(Outbox):
    """The way from a session to one awaited writer; nothing is written unless `run` is running.

    Args:
        max_bytes: the client is given up if more than this waits.
        drained: called when a paused outbox has room again.
    """

    def __init__(self, max_bytes: int, drained: Callable[[], None]) -> None:
        super().__init__(max_bytes, drained, self._begun)
        self._write: Write | None = None
        self._writing: Coroutine[Any, None, None] | None = None
        self._awaited: asyncio.Future[Any] | None = None

    async def run(self, write: Write) -> SpeechError | None:
        """Write until closed and empty.

        Returns:
            The error that the stream was closed with.

        Raises:
            BrokenPipeError: the client has stopped reading.
            Exception: the error that the writer raised.
        """
        self._write = write
        self._go_on()
        try:
            return await self.over()
        finally:
            self._abandon()

    def _begun(self, frame: bytes | str, _: Callable[[], None]) -> bool:
        if self._write is None:
            return False
        self._writing = self._write(frame)
        return self._ended(self._writing)

    def _ended(self, writing: Coroutine[Any, None, None]) -> bool:
        """Advance a write. Returns whether it is done."""
        try:
            self._awaited = writing.send(None)
        except StopIteration:
            self._writing = None
            return True
        except Exception as error:  # noqa: BLE001 whatever ends the writer is raised by `run`
            self._writing = self._write = None
            self.fail(error)
        else:
            self._awaited.add_done_callback(self._waited)
        return False

    def _waited(self, _: asyncio.Future[Any]) -> None:
        if self._writing is not None and self._ended(self._writing):
            self._taken()

    def _abandon(self) -> None:
        self._write = None
        if self._writing is not None and self._awaited is not None:
            self._awaited.remove_done_callback(self._waited)
            self._awaited.cancel()
            self._writing.close()
