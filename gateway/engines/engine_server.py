"""The engine's side of the socket: workers connect, begin runs, and receive their audio.

- The event loop only moves bytes; the bench's threads synthesise and hand the audio over.
- While the socket of a worker is full, because it does not read, its runs are held.
- When a worker disconnects, its runs are dropped.
- Runs suspected of having killed an earlier engine process are started one at a time, and the worker is told when each starts.
- Runs that wait while others are served are told so every second; a run that hears nothing is stuck, or the whole engine is.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from gateway.engines.bench import Bench
from gateway.engines.messages import (
    Answer,
    Begin,
    Cancel,
    End,
    Failed,
    Finished,
    Hello,
    Message,
    OfferedVoice,
    Pause,
    Queued,
    Resume,
    Say,
    Tried,
)
from gateway.engines.run import Run
from gateway.engines.scheduler import OverloadedError, Seat
from gateway.engines.trials import Trial, Trials
from gateway.engines.voice import EngineVoice, Manner
from gateway.engines.wire import Decoder, WireError, encode
from legato.domain.errors import Reason

_LOG = logging.getLogger(__name__)
_HIGH_BYTES = 1 << 20
RETRY_AFTER_S = 0.5
_TELL_S = 1.0


class Offer:
    """The voices this process has, by engine.

    Args:
        engines: for each engine, its voices; the first is taken when none is named.
    """

    def __init__(self, engines: Mapping[str, Sequence[EngineVoice]]) -> None:
        self._engines = engines

    def hello(self) -> Hello:
        """The first message to a worker."""
        return Hello(
            tuple(
                OfferedVoice(engine, voice.name, voice.languages, voice.sample_rate_hz)
                for engine, voices in self._engines.items()
                for voice in voices
            )
        )

    def find(self, engine: str, name: str) -> EngineVoice | None:
        """Find a voice by name. An engine with a single voice is given every name, since it may know what it means."""
        voices = self._engines.get(engine, ())
        named = [voice for voice in voices if voice.name == name]
        if named:
            return named[0]
        return voices[0] if voices and (not name or len(voices) == 1) else None


class EngineServer:
    """Creates a connection for each worker, and keeps the open ones.

    Args:
        offer: the voices.
        bench: synthesises.
        loop: the event loop of the connections.
    """

    def __init__(self, offer: Offer, bench: Bench, loop: asyncio.AbstractEventLoop) -> None:
        self.offer = offer
        self.bench = bench
        self.loop = loop
        self.connections: set[EngineConnection] = set()
        self.trials = Trials()
        self._made = 0
        self._alone: Callable[[], None] | None = None
        self._telling = loop.call_later(_TELL_S, self.tell_waiting)

    def connection(self) -> "EngineConnection":
        """For `loop.create_unix_server`."""
        return EngineConnection(self)

    def when_alone(self, alone: Callable[[], None]) -> None:
        """Call `alone` once no worker is connected: at once if none is."""
        self._alone = alone
        self.left()

    def left(self) -> None:
        """Note that a worker is gone, perhaps the last."""
        if self._alone is not None and not self.connections:
            self._alone()

    def close(self) -> None:
        """Close the connection of every worker."""
        self._telling.cancel()
        for connection in list(self.connections):
            connection.hang_up()

    def tell_waiting(self) -> None:
        """Tell every waiting run that it waits, if any step has run since the last time; repeats itself."""
        self._telling.cancel()
        made, self._made = self._made, self.bench.made
        if made != self._made:
            for connection in self.connections:
                connection.tell_waiting()
        self._telling = self.loop.call_later(_TELL_S, self.tell_waiting)


class EngineConnection(asyncio.Protocol):
    """One worker.

    Args:
        server: which accepted it.
    """

    def __init__(self, server: EngineServer) -> None:
        self._server = server
        self._offer = server.offer
        self._bench = server.bench
        self._loop = server.loop
        self._decoder = Decoder()
        self._seats: dict[int, Seat[Run]] = {}
        self._paused: set[int] = set()
        self._trials: dict[int, Trial] = {}
        self._full = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A worker has connected."""
        assert isinstance(transport, asyncio.Transport), "a stream socket"
        self._transport = transport
        self._server.connections.add(self)
        transport.set_write_buffer_limits(high=_HIGH_BYTES)
        transport.write(encode(self._offer.hello()))

    def data_received(self, data: bytes) -> None:
        """Bytes from the worker."""
        try:
            for message in self._decoder.feed(data):
                self._obey(message)
        except WireError as error:
            _LOG.error("invalid message from a worker, closing its connection: %s", error)
            assert self._transport is not None, "data comes after the connection"
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """The worker has disconnected."""
        self._server.connections.discard(self)
        self._transport = None
        for seat in self._seats.values():
            self._bench.leave(seat)
        self._seats.clear()
        for run in tuple(self._trials):
            self._acquit(run)
        self._server.left()

    def hang_up(self) -> None:
        """Close the connection: the engine ends."""
        if self._transport is not None:
            self._transport.abort()

    def tell_waiting(self) -> None:
        """Tell the waiting runs that others are being served."""
        for run, seat in self._seats.items():
            if seat.waits:
                self._write(Queued(run))

    def pause_writing(self) -> None:
        """The worker reads too slowly: hold its runs."""
        self._hold_all(full=True)

    def resume_writing(self) -> None:
        """The worker has caught up: let its runs continue."""
        self._hold_all(full=False)

    def _hold_all(self, *, full: bool) -> None:
        self._full = full
        for run in list(self._seats):
            self._hold(run)

    def _obey(self, message: Message) -> None:
        match message:
            case Begin():
                self._begin(message)
            case Say(run):
                self._change(run, lambda of: of.say(message))
            case End(run):
                self._change(run, lambda of: of.end())
            case Cancel(run):
                seat = self._forget(run)
                if seat is not None:
                    self._bench.leave(seat)
            case Pause(run):
                self._paused.add(run)
                self._acquit(run)  # nobody waits for it, so others need not wait for its trial
                self._hold(run)
            case Resume(run):
                self._paused.discard(run)
                self._hold(run)
            case _:
                raise WireError(f"only the engine sends {type(message).__name__}")

    def _begin(self, begin: Begin) -> None:
        if begin.run in self._seats:
            raise WireError(f"run {begin.run} already exists")
        voice = self._offer.find(begin.engine, begin.voice)
        if voice is None:
            self._write(
                Failed(
                    begin.run, Reason.UNKNOWN_VOICE, f"there is no voice {begin.voice!r} at {begin.engine!r}"
                )
            )
            return
        manner = Manner(begin.voice, begin.language, begin.speed, begin.pitch, begin.volume)
        run = Run(begin.run, voice, manner, lambda answer: self._told(run, answer))
        self._seats[begin.run] = self._bench.seat(run, begin.tenant, begin.priority)
        if begin.suspect:
            self._trials[begin.run] = trial = Trial(lambda: self._try(begin.run))
            self._hold(begin.run)
            self._server.trials.enter(trial)

    def _try(self, number: int) -> None:
        self._write(Tried(number))
        self._hold(number)

    def _acquit(self, number: int) -> None:
        trial = self._trials.pop(number, None)
        if trial is not None:
            self._server.trials.leave(trial)

    def _change(self, number: int, change: Callable[[Run], None]) -> None:
        """Pass more work to a run. The run may be gone already: its end and this message may have crossed."""
        seat = self._seats.get(number)
        if seat is None:
            return
        change(seat.work)
        try:
            self._bench.wake(seat)
        except OverloadedError:
            self._refuse(number, seat)

    def _hold(self, number: int) -> None:
        seat = self._seats.get(number)
        if seat is None:
            return
        trial = self._trials.get(number)
        waits = trial is not None and not trial.begun
        try:
            self._bench.hold(seat, held=waits or self._full or number in self._paused)
        except OverloadedError:
            self._refuse(number, seat)

    def _refuse(self, number: int, seat: Seat[Run]) -> None:
        self._forget(number)
        self._bench.leave(seat)
        self._write(
            Failed(
                number,
                Reason.OVERLOADED,
                "too many texts are waiting for a voice on this host; try again soon",
                RETRY_AFTER_S,
            )
        )

    def _forget(self, number: int) -> Seat[Run] | None:
        self._paused.discard(number)
        self._acquit(number)
        return self._seats.pop(number, None)

    def _told(self, run: Run, answer: Answer) -> None:
        """Take an answer of a run; called in a thread of the bench."""
        data = encode(answer)
        last = isinstance(answer, Finished | Failed)
        self._loop.call_soon_threadsafe(self._pass_on, run, data, last)

    def _pass_on(self, run: Run, data: bytes, last: bool) -> None:  # noqa: FBT001 - through call_soon
        seat = self._seats.get(run.number)
        if seat is None or seat.work is not run:
            return  # cancelled in the meantime
        if self._trials:
            self._acquit(run.number)
        if last:
            self._forget(run.number)
        if self._transport is not None:
            self._transport.write(data)

    def _write(self, answer: Answer) -> None:
        if self._transport is not None:
            self._transport.write(encode(answer))
