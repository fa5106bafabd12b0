"""One turn of a caller while it lasts, and the record of how it went."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from legato.domain.receipt import Receipt
from legato.domain.replies import AudioChunk, UtteranceCancelled
from legato_client import PCM_24K, ConnectionLostError, SpeechError
from legato_client.errors import Trouble
from loadtest.swarm.records import Kind, Outcome, TurnRecord
from loadtest.swarm.times import Times
from loadtest.swarm.turns import Turn

PATIENCE_S = 15.0
"""How long a turn may take; one that is not over by then has failed."""
_BYTES_PER_S = 2 * PCM_24K.sample_rate_hz
Call = Callable[[str], AsyncIterator[AudioChunk | Receipt]]
"""Speaks a text: yields what came, the receipt last."""


class Spoken(Protocol):
    """What a talker needs of `legato_client.Utterance`."""

    @property
    def over(self) -> bool:
        """Whether its end is known."""
        ...

    @property
    def receipt(self) -> Receipt | None:
        """Its receipt, which tells where its time went."""
        ...

    async def send(self, text: str) -> None:
        """Send more text."""

    async def end(self) -> None:
        """Tell that there is no more text."""

    async def cancel(self) -> UtteranceCancelled | None:
        """Cancel the utterance: the caller interrupts."""

    def __aiter__(self) -> AsyncIterator[AudioChunk]:
        """Iterate over its audio."""
        ...


class Stream(Protocol):
    """What a talker needs of `legato_client.Speech`."""

    @property
    def connected(self) -> bool:
        """Whether it is open now."""
        ...

    def begin(self) -> Spoken:
        """Begin an utterance."""
        ...


class Exchange:
    """One turn while it lasts: what was seen of it, and when.

    Args:
        turn: what is said.
        kind: how its caller connects.
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
        self._interrupting = False
        self._cut_off = False
        self._sounded = asyncio.Event()

    async def over(self, speech: Stream) -> TurnRecord:
        """Take the turn on a stream; return its record."""
        utterance = speech.begin()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._converse(utterance)
        except TimeoutError:
            await _given_up(utterance)
            return self._record(Outcome.FAILED, error="did not end in time")
        except (SpeechError, ConnectionLostError) as error:
            return self._record(Outcome.FAILED, error=named(error))
        return self._ended(utterance.receipt)

    async def over_call(self, call: Call) -> TurnRecord:
        """Take the turn in a call of its own; return its record."""
        receipt = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                async for part in call(self._turn.text):
                    if isinstance(part, Receipt):
                        receipt = part
                    else:
                        self._hear(part)
        except TimeoutError:
            return self._record(Outcome.FAILED, error="did not end in time")
        except (SpeechError, ConnectionLostError) as error:
            return self._record(Outcome.FAILED, error=named(error))
        return self._ended(receipt)

    async def _converse(self, utterance: Spoken) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                feeder = tasks.create_task(self._feed(utterance), name="feed")
                interrupter = tasks.create_task(self._interrupt(utterance), name="interrupt")
                async for chunk in utterance:
                    self._hear(chunk)
                feeder.cancel()
                if not self._interrupting:
                    interrupter.cancel()
        except BaseExceptionGroup as group:
            raise _first(group) from None

    async def _feed(self, utterance: Spoken) -> None:
        for offset_s, token in self._turn.tokens:
            if not await self._times.until(self._turn.due_s + offset_s, lambda: self._interrupting):
                return
            await utterance.send(token)
        await utterance.end()

    async def _interrupt(self, utterance: Spoken) -> None:
        if self._turn.barge_in_s is None:
            return
        await self._sounded.wait()
        await self._times.sleep(self._turn.barge_in_s)
        self._interrupting = True
        asked_at = self._times.now()
        self._cut_off = await utterance.cancel() is not None
        self._cancel_s = self._times.now() - asked_at

    def _hear(self, chunk: AudioChunk) -> None:
        self._last_at = self._times.now()
        if self._first_at is None:
            self._first_at = self._last_at
            self._sounded.set()
        self._bytes += len(chunk.data)

    def _ended(self, receipt: Receipt | None) -> TurnRecord:
        if self._cut_off:
            return self._record(Outcome.CANCELLED, receipt)
        if not self._bytes:
            return self._record(Outcome.FAILED, receipt, "silent")
        return self._record(Outcome.SPOKEN, receipt)

    def _record(self, outcome: Outcome, receipt: Receipt | None = None, error: str = "") -> TurnRecord:
        due_s = self._turn.due_s
        complete = outcome is Outcome.SPOKEN and not self._interrupting and self._last_at is not None
        return TurnRecord(
            due_s=due_s,
            kind=self._kind,
            shape=self._turn.shape,
            outcome=outcome,
            error=error,
            late_s=self._late_s,
            first_audio_s=None if self._first_at is None else self._first_at - due_s,
            end_to_end_s=(self._last_at or 0.0) - due_s - self._turn.tokens[-1][0] if complete else None,
            ttfb_speakable_s=receipt.ttfb_speakable_s if receipt else None,
            cancel_s=self._cancel_s,
            audio_s=self._bytes / _BYTES_PER_S,
            queued=receipt.queued if receipt else False,
        )


def named(error: Trouble) -> str:
    """Name what ended a turn."""
    return str(error.reason) if isinstance(error, SpeechError) else "connection lost"


async def _given_up(utterance: Spoken) -> None:
    with contextlib.suppress(TimeoutError, SpeechError, ConnectionLostError):
        async with asyncio.timeout(1.0):
            await utterance.cancel()


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
