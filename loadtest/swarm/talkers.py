"""Callers: each takes its turns at the planned moments."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from legato_client import ConnectionLostError, SpeechError
from legato_client.errors import Trouble
from loadtest.swarm.exchange import Call, Exchange, Stream, named
from loadtest.swarm.records import Kind, Outcome, TurnRecord
from loadtest.swarm.times import Times
from loadtest.swarm.turns import Turn

MOST_AT_ONCE = 6
"""The most turns of one stream at once; the gateway's own bound is 8."""


class Talker(Protocol):
    """A caller."""

    @property
    def streams(self) -> int:
        """Number of its streams that are open now: 1 or 0."""
        ...

    async def talk(self) -> None:
        """Take turns until it is told to stop, then finish those that were begun."""

    def stop(self) -> None:
        """Begin no more turns."""


class StreamTalker:
    """A caller with a stream.

    Args:
        kind: how it connects.
        dial: makes its stream; entered once, and again whenever the stream has failed.
        turns: what it says.
        times: the plan's clock.
        told: takes the record of each turn that is over.
    """

    def __init__(
        self,
        kind: Kind,
        dial: Callable[[], AbstractAsyncContextManager[Stream]],
        turns: Iterator[Turn],
        times: Times,
        told: Callable[[TurnRecord], None],
    ) -> None:
        self._kind = kind
        self._dial = dial
        self._turns = turns
        self._times = times
        self._told = told
        self._speech: Stream | None = None
        self._active = 0
        self._stopped = False

    @property
    def streams(self) -> int:
        """Number of its streams that are open now: 1 or 0."""
        return int(self._speech is not None and self._speech.connected)

    def stop(self) -> None:
        """Begin no more turns."""
        self._stopped = True

    async def talk(self) -> None:
        """Take turns until it is told to stop, then finish those that were begun."""
        while not self._stopped:
            try:
                async with self._dial() as speech, asyncio.TaskGroup() as tasks:
                    self._speech = speech
                    await self._take_turns(speech, tasks)
            except (SpeechError, ConnectionLostError) as error:
                await self._refused(error)
            finally:
                self._speech = None

    async def _take_turns(self, speech: Stream, tasks: asyncio.TaskGroup) -> None:
        for turn in self._turns:
            if not await self._come(turn):
                return
            if self._active >= MOST_AT_ONCE:
                self._told(_failed(turn, self._kind, "too many turns unanswered"))
                continue
            tasks.create_task(self._take(speech, turn), name="turn")
        self.stop()

    async def _come(self, turn: Turn) -> bool:
        return await self._times.until(turn.due_s, lambda: self._stopped)

    async def _take(self, speech: Stream, turn: Turn) -> None:
        self._active += 1
        try:
            self._told(await Exchange(turn, self._kind, self._times).over(speech))
        finally:
            self._active -= 1

    async def _refused(self, error: Trouble) -> None:
        """Record that there is no stream: the next turn has failed, and a new attempt follows it."""
        turn = next(self._turns, None)
        if turn is None:
            self.stop()
        elif await self._come(turn):
            self._told(_failed(turn, self._kind, named(error)))


class SpeakTalker:
    """A caller that calls `Speak`, each time with the whole text.

    Args:
        call: speaks a text.
        turns: what it says.
        times: the plan's clock.
        told: takes the record of each turn that is over.
    """

    def __init__(
        self,
        call: Call,
        turns: Iterator[Turn],
        times: Times,
        told: Callable[[TurnRecord], None],
    ) -> None:
        self._call = call
        self._turns = turns
        self._times = times
        self._told = told
        self._stopped = False

    @property
    def streams(self) -> int:
        """Always 0: it has no streams."""
        return 0

    def stop(self) -> None:
        """Begin no more turns."""
        self._stopped = True

    async def talk(self) -> None:
        """Take turns until it is told to stop, then finish those that were begun."""
        async with asyncio.TaskGroup() as tasks:
            for turn in self._turns:
                if not await self._times.until(turn.due_s, lambda: self._stopped):
                    return
                tasks.create_task(self._take(turn), name="turn")

    async def _take(self, turn: Turn) -> None:
        self._told(await Exchange(turn, Kind.SPEAK, self._times).over_call(self._call))


def _failed(turn: Turn, kind: Kind, error: str) -> TurnRecord:
    return TurnRecord(turn.due_s, kind, turn.shape, Outcome.FAILED, error)
