"""Callers: each takes its turns at the planned moments, and records how every one went."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import grpc.aio

from legato.domain.receipt import Receipt
from legato.domain.replies import AudioChunk, UtteranceCancelled
from legato.v1 import speech_pb2
from legato_client import PCM_24K, ConnectionLostError, SpeechError
from legato_client.errors import Trouble
from legato_client.grpc_wire import SERVICE, call_metadata, trouble_of
from legato_client.replies import receipt_of
from loadtest.swarm.records import Kind, Outcome, TurnRecord
from loadtest.swarm.turns import Turn

PATIENCE_S = 15.0
"""How long a turn may take; one that is not over by then has failed."""
MOST_AT_ONCE = 6
"""The most turns of one stream at once; the gateway's own bound is 8."""
_LOOK_S = 0.25
"""How often a waiting caller looks whether it is to stop."""
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


@dataclass(frozen=True, slots=True)
class Times:
    """The plan's clock: seconds since the run began.

    Args:
        begun: monotonic seconds at which the run began.
        clock: returns monotonic seconds.
        sleep: waits for a number of seconds.
    """

    begun: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def now(self) -> float:
        """Return the seconds since the run began."""
        return self.clock() - self.begun

    async def until(self, at_s: float, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Wait until a moment, not at all if it has passed; return whether it came before the wait was stopped."""
        while not stopped():
            left = at_s - self.now()
            if left <= 0:
                return True
            await self.sleep(min(left, _LOOK_S))
        return False


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
            self._told(_failed(turn, self._kind, _named(error)))


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
            return self._record(Outcome.FAILED, error=_named(error))
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
            return self._record(Outcome.FAILED, error=_named(error))
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


async def spoken_by(
    channel: grpc.aio.Channel, key: str, voice: str, text: str
) -> AsyncIterator[AudioChunk | Receipt]:
    """Call `Speak`; yield its audio, then its receipt.

    Raises:
        SpeechError: the gateway refuses.
        ConnectionLostError: the gateway cannot be reached, or went away.
    """
    ask: Any = channel.unary_stream(SERVICE + "Speak", request_serializer=None, response_deserializer=None)
    request = speech_pb2.SpeakRequest(text=text, voice=voice)
    call = ask(request.SerializeToString(), metadata=call_metadata(key))
    try:
        async for data in call:
            response = speech_pb2.SpeakResponse.FromString(data)
            match response.WhichOneof("response"):
                case "audio":
                    audio = response.audio
                    yield AudioChunk(audio.utterance_id, 0, audio.generation, audio.sample_offset, audio.data)
                case "finished":
                    yield receipt_of(response.finished.receipt)
    except grpc.aio.AioRpcError as error:
        raise trouble_of(error) from None
    finally:
        call.cancel()


def _failed(turn: Turn, kind: Kind, error: str) -> TurnRecord:
    return TurnRecord(turn.due_s, kind, turn.shape, Outcome.FAILED, error)


async def _given_up(utterance: Spoken) -> None:
    with contextlib.suppress(TimeoutError, SpeechError, ConnectionLostError):
        async with asyncio.timeout(1.0):
            await utterance.cancel()


def _named(error: Trouble) -> str:
    return str(error.reason) if isinstance(error, SpeechError) else "connection lost"


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
