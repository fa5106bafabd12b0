"""Lines of the local voices, which sessions lease. Imports none of the voices' code.

- A lease costs nothing until something is said: then the engine gives the run a seat, or refuses it as `overloaded`.
- All events of a run come from the link's reader; none comes after `cancel` or `release`.
- When the engine dies, every active run is `Lost`; leases are refused as `vendor_unreachable` until it is back, and
  before it is there for the first time, with a message that the voices are still warming up.
- A text that was in the engine when it died is retried once, and then refused: `strikes` keeps count.
- A run released as not clean while the engine owes it something was given up. The link keeps waiting for a message for it, since that tells
  whether the engine hangs. Until the engine sends anything, leases are refused.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gateway.engines import messages
from gateway.engines.engine_link import EngineLink
from gateway.engines.messages import Message, OfferedVoice
from gateway.engines.strikes import OUT, Given
from legato.domain.delivery import LEAST_DECIBELS, LEAST_RATE, MOST_DECIBELS, MOST_RATE, Takes
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Marker, VendorEvent, Words, WordTime
from legato.domain.languages import primary_subtag
from legato.domain.replies import WordMethod
from legato.domain.speech import Principal, Route
from legato.domain.text import Reading
from legato.ports import ANSWERED, LineListener, LineRequest, OnReady, QueueListener, Ticket

_RETRY_AFTER_S = 0.5
_WARMING = "the gateway has just started, and its local voices are still warming up"
TAKES: Mapping[str, Takes] = {
    "piper": Takes(rate=(LEAST_RATE, MOST_RATE), volume=(LEAST_DECIBELS, MOST_DECIBELS)),
    "espeak": Takes((0.46, 2.57), (-7.0, 9.0), (LEAST_DECIBELS, 6.0), emphasis=True, language=True),
}
"""Which parts of a text's delivery each engine supports, segment by segment."""


class EngineLines:
    """The lines of one engine.

    Args:
        link: the worker's connection to the engine process.
        engine: "piper" or "espeak".
        line_ids: numbers that no other line of the process has.
    """

    def __init__(self, link: EngineLink, engine: str, line_ids: Iterator[int]) -> None:
        self._link = link
        self._engine = engine
        self._line_ids = line_ids

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> Ticket:
        """Lease a line; the answer comes before this returns."""
        voice = self._find(request.route, request.language)
        if isinstance(voice, Failed):
            on_ready(voice)
        else:
            begin, line_id = self._begin(request, voice), next(self._line_ids)
            whose = f"{request.stream_id}/{request.utterance_id}"
            on_ready(EngineLine(self._link, line_id, voice.sample_rate_hz, begin, listener, whose))
        return ANSWERED

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        """Do nothing: the voices are warm before the engine is ready."""

    def _find(self, route: Route, language: str) -> OfferedVoice | Failed:
        voices = [voice for voice in self._link.voices if voice.engine == self._engine]
        if not voices:
            if self._link.voices:
                return Failed(Reason.UNKNOWN_VOICE, f"the engine process has no voices of {self._engine}")
            why = "the engine process is not running" if self._link.was_here else _WARMING
            return Failed(Reason.VENDOR_UNREACHABLE, why, _RETRY_AFTER_S)
        if self._link.in_doubt:
            return Failed(Reason.VENDOR_UNREACHABLE, "the engine process does not respond", _RETRY_AFTER_S)
        named = [voice for voice in voices if voice.name == route.voice] if route.voice else voices
        # An engine of many languages appears as one voice here, and knows more names than it lists.
        found = named or [voice for voice in voices if len(voice.languages) > 1]
        if not found:
            offered = ", ".join(voice.name for voice in voices)
            return Failed(
                Reason.UNKNOWN_VOICE, f"{self._engine} has no voice {route.voice!r}; it has {offered}"
            )
        return next((voice for voice in found if _speaks(voice, language)), None) or Failed(
            Reason.UNKNOWN_VOICE, f"{self._engine} has no voice for the language {language!r}"
        )

    def _begin(self, request: LineRequest, voice: OfferedVoice) -> messages.Begin:
        options = request.options
        return messages.Begin(
            run=0,
            engine=self._engine,
            voice=request.route.voice or voice.name,
            language=request.language,
            tenant=request.principal.tenant,
            speed=1.0 if options.speed is None else options.speed,
            pitch=options.pitch or 0.0,
            volume=options.volume or 0.0,
            priority=request.principal.priority,
        )


class EngineLine:
    """One run at the engine.

    Args:
        link: the connection.
        line_id: unique in the process.
        sample_rate_hz: of the voice.
        begin: what the engine is told with the first segment.
        listener: gets the events of the run.
        whose: identifies the utterance.
    """

    def __init__(
        self,
        link: EngineLink,
        line_id: int,
        sample_rate_hz: int,
        begin: messages.Begin,
        listener: LineListener,
        whose: str,
    ) -> None:
        self.line_id = line_id
        self.sample_rate_hz = sample_rate_hz
        self.reused = True
        self.keeps_context = False
        self.word_times = True
        self.can_pause = True
        self._link = link
        self._begin = begin
        self._listener = listener
        self._run = 0
        self._over = self._ended = self._paused = False
        self.given_up = False
        """Whether only the link still waits for it."""
        self._whose = whose
        self._owed: deque[Given] = deque()
        """Segments that were sent and are not completely spoken."""
        self._suspect = self._tried = False
        """Whether the first of them was in an engine that died, and is being retried alone."""
        self._rejected = False

    @property
    def waits(self) -> bool:
        """Whether the engine owes audio and is not paused."""
        return self.given_up or (not self._paused and (bool(self._owed) or self._ended))

    def say(self, segment: int, reading: Reading) -> None:
        """Speak one more segment of the run."""
        given = Given(self._whose, segment, self._begin.voice, reading.text)
        strikes = self._link.strikes.of(given)
        if strikes >= OUT and not self._over:
            self._rejected = True
            asyncio.get_running_loop().call_soon(self._reject)
        if self._rejected:
            return
        if strikes and not self._run:
            self._suspect, self._begin = True, replace(self._begin, suspect=True)
        say = messages.Say(
            self._number(), segment, reading.text, reading.delivery, reading.pronunciations, reading.emphases
        )
        self._owed.append(given)
        self._send(say)

    def end_input(self) -> None:
        """No more segments."""
        self._ended = True
        self._send(messages.End(self._number()))

    def cancel(self) -> None:
        """Stop the run: no event comes after this."""
        if self._run and not self._over:
            self._link.send(messages.Cancel(self._run))
        self._end()

    def pause(self) -> None:
        """Pause the audio; what is being decoded still arrives."""
        self._paused = True
        self._send(messages.Pause(self._number()))

    def resume(self) -> None:
        """Resume the audio."""
        self._paused = False
        self._send(messages.Resume(self._number()))

    def release(self, *, clean: bool) -> None:
        """Give the seat back. An active run is stopped, or given up if it is not clean."""
        if clean or self._over or not (self._run and self.waits):
            self.cancel()
            return
        self.given_up = self._over = True
        self._link.doubt()

    def told(self, answer: Message) -> None:
        """Take an answer of the engine; called by the link."""
        if self.given_up:
            self.given_up = False
            self._link.send(messages.Cancel(self._run))
            self._end()
            return
        if isinstance(answer, messages.Queued):
            if isinstance(self._listener, QueueListener):
                self._listener.queued(self)
            return
        self._tried = isinstance(answer, messages.Tried)
        if self._tried:
            return
        event = self._event(answer)
        if isinstance(event, Marker):
            self._link.strikes.clear(self._owed.popleft())
            self._suspect = False
        if isinstance(event, Finished | Failed):
            self._end()
        self._listener.heard(self, event)

    def lost(self) -> None:
        """The engine died; called by the link."""
        if self._owed and (self._tried or not self._suspect):
            self._link.strikes.add(self._owed[0])
        known, self.given_up = self.given_up, False
        self._end()
        if not known:
            self._listener.heard(self, Lost("the engine process died"))

    def _number(self) -> int:
        """The run's number; the run begins at the engine when the number is first needed."""
        if not self._run and not self._over:
            self._run = self._link.begin(self)
            self._link.send(replace(self._begin, run=self._run))
        return self._run

    def _send(self, request: messages.Request) -> None:
        if not self._over:
            self._link.send(request)

    def _reject(self) -> None:
        if not self._over:
            self.cancel()
            said = "the engine process died twice while it was speaking this text"
            self._listener.heard(self, Failed(Reason.VENDOR_REJECTED, said))

    def _end(self) -> None:
        self._over = True
        self._link.forget(self._run)

    def _event(self, answer: Message) -> VendorEvent:
        match answer:
            case messages.Audio(_, data):
                return Audio(data)
            case messages.Words(_, segment, words):
                return Words(tuple(self._word(segment, word) for word in words))
            case messages.Marker(_, segment):
                return Marker(segment)
            case messages.Finished():
                return Finished()
            case messages.Failed(_, reason, message, retry_after_s):
                return Failed(reason, message, retry_after_s)
        raise AssertionError(f"the engine never sends {type(answer).__name__}")

    def _word(self, segment: int, word: messages.TimedWord) -> WordTime:
        ms = 1000 / self.sample_rate_hz
        start_ms, end_ms = word.start_sample * ms, word.end_sample * ms
        return WordTime(segment, word.start, word.end, start_ms, end_ms, WordMethod.ENGINE)


def _speaks(voice: OfferedVoice, language: str) -> bool:
    wanted = primary_subtag(language)
    return not wanted or any(primary_subtag(tag) == wanted for tag in voice.languages)
