"""Callers: each takes its turns at the moments of the plan, and tells how every one went."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import grpc.aio

from legato.domain.audio import AudioFormat
from legato.domain.receipt import Receipt
from legato.domain.replies import AudioChunk, UtteranceCancelled
from legato.v1 import speech_pb2
from legato_client import PCM_24K, ConnectionLostError, SpeechError
from legato_client.address import parse_address
from legato_client.grpc_wire import SERVICE, call_metadata, open_channel, trouble_of
from legato_client.replies import receipt_of
from loadtest.swarm.records import Kind, Outcome, TurnRecord
from loadtest.swarm.turns import Turn

PATIENCE_S = 15.0
"""A turn that is not over by then has failed."""
MOST_AT_ONCE = 6
"""Turns of one stream; the gateway's own bound is 8."""


class Spoken(Protocol):
    """What a talker needs of `legato_client.Utterance`."""

    @property
    def over(self) -> bool:
        """Its end is known."""
        ...

    @property
    def receipt(self) -> Receipt | None:
        """Where its time went."""
        ...

    async def send(self, text: str) -> None:
        """More text."""

    async def end(self) -> None:
        """No more text."""

    async def cancel(self) -> UtteranceCancelled | None:
        """The caller interrupts."""

    def __aiter__(self) -> AsyncIterator[AudioChunk]:
        """Its audio."""
        ...


class Stream(Protocol):
    """What a talker needs of `legato_client.Speech`."""

    @property
    def connected(self) -> bool:
        """It is open now."""
        ...

    def begin(self) -> Spoken:
        """Begins an utterance."""
        ...


@dataclass(frozen=True, slots=True)
class Times:
    """The plan's clock: seconds since the run began.

    Args:
        begun: monotonic seconds at which it did.
        clock: monotonic seconds.
        sleep: waits so many seconds.
    """

    begun: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def now(self) -> float:
        """What it says."""
        return self.clock() - self.begun

    async def until(self, at_s: float) -> None:
        """Waits for a moment; not at all for one that has passed."""
        left = at_s - self.now()
        if left > 0:
            await self.sleep(left)


class Talker(Protocol):
    """A caller."""

    streams: int

    async def talk(self) -> None:
        """Takes turns until it is told to stop, then finishes those that were begun."""

    def stop(self) -> None:
        """No more turns."""


class StreamTalker:
    """One with a stream.

    Args:
        kind: how it comes in.
        dial: makes its stream; entered once, and again when that has failed.
        turns: what it says.
        times: the plan's clock.
        told: is given each turn that is over.
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
        self._stopped = asyncio.Event()

    @property
    def streams(self) -> int:
        """How many of it are open now: 1, or 0."""
        return int(self._speech is not None and self._speech.connected)

    def stop(self) -> None:
        """No more turns."""
        self._stopped.set()

    async def talk(self) -> None:
        """Takes turns until it is told to stop, then finishes those that were begun."""
        while not self._stopped.is_set():
            try:
                async with self._dial() as speech, asyncio.TaskGroup() as tasks:
                    self._speech = speech
                    await self._take_turns(speech, tasks)
            except* (SpeechError, ConnectionLostError, OSError) as group:
                await self._refused(_first(group))
            finally:
                self._speech = None

    async def _take_turns(self, speech: Stream, tasks: asyncio.TaskGroup) -> None:
        while True:
            turn = next(self._turns)
            if await _stopped_before(turn.due_s, self._times, self._stopped):
                return
            if self._active >= MOST_AT_ONCE:
                self._told(_failed(turn, self._kind, "too many unanswered"))
                continue
            tasks.create_task(self._take(speech, turn), name="turn")

    async def _take(self, speech: Stream, turn: Turn) -> None:
        self._active += 1
        try:
            self._told(await Exchange(turn, self._kind, self._times).over(speech))
        finally:
            self._active -= 1

    async def _refused(self, error: BaseException) -> None:
        """The stream could not be had: the turn that was next has failed, and the one after it comes with a new attempt."""
        turn = next(self._turns)
        await _stopped_before(turn.due_s, self._times, self._stopped)
        self._told(_failed(turn, self._kind, _named(error)))


class SpeakTalker:
    """One that calls `Speak`, each time with the whole text.

    Args:
        call: speaks a text: gives what came and when, the receipt last.
        turns: what it says.
        times: the plan's clock.
        told: is given each turn that is over.
    """

    streams = 0

    def __init__(
        self,
        call: Callable[[str], AsyncIterator[AudioChunk | Receipt]],
        turns: Iterator[Turn],
        times: Times,
        told: Callable[[TurnRecord], None],
    ) -> None:
        self._call = call
        self._turns = turns
        self._times = times
        self._told = told
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """No more turns."""
        self._stopped.set()

    async def talk(self) -> None:
        """Takes turns until it is told to stop, then finishes those that were begun."""
        async with asyncio.TaskGroup() as tasks:
            for turn in self._turns:
                if await _stopped_before(turn.due_s, self._times, self._stopped):
                    return
                tasks.create_task(self._take(turn), name="turn")

    async def _take(self, turn: Turn) -> None:
        self._told(await Exchange(turn, Kind.SPEAK, self._times).over_call(self._call))


class Exchange:
    """One turn while it lasts: what was seen of it, and when.

    Args:
        turn: what is said.
        kind: how its caller comes in.
        times: the plan's clock.
    """

    def __init__(self, turn: Turn, kind: Kind, times: Times) -> None:
        self._turn = turn
        self._kind = kind
        self._times = times
        self._late_s = max(0.0, times.now() - turn.due_s)
        self._first_at: float | None = None
        self._last_at: float | None = None
        self._bytes = 0
        self._cancel_s: float | None = None
        self._cut_off = False
        self._sounded = asyncio.Event()

    async def over(self, speech: Stream) -> TurnRecord:
        """Takes the turn on a stream."""
        utterance = None
        try:
            async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
                utterance = speech.begin()
                feeder = tasks.create_task(self._feed(utterance), name="feed")
                interrupter = tasks.create_task(self._interrupt(utterance), name="interrupt")
                async for chunk in utterance:
                    self._hear(chunk)
                if not self._cut_off:
                    interrupter.cancel()
                await interrupter_done(interrupter)
                feeder.cancel()
        except TimeoutError:
            return self._record(Outcome.FAILED, error="not over in time")
        except* (SpeechError, ConnectionLostError) as group:
            return self._record(Outcome.FAILED, error=_named(_first(group)))
        return self._ended(utterance.receipt)

    async def over_call(self, call: Callable[[str], AsyncIterator[AudioChunk | Receipt]]) -> TurnRecord:
        """Takes the turn in a call of its own."""
        receipt = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                async for part in call(self._turn.text):
                    if isinstance(part, Receipt):
                        receipt = part
                    else:
                        self._hear(part)
        except TimeoutError:
            return self._record(Outcome.FAILED, error="not over in time")
        except (SpeechError, ConnectionLostError) as error:
            return self._record(Outcome.FAILED, error=_named(error))
        return self._ended(receipt)
