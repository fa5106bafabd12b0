"""A stage for plays: a real session on a virtual clock, with a voice whose samples tell which character they speak.

The voice speaks each character of a segment as `CHAR_MS` of audio; all samples of a character have the value
`1 + its number in the world's history`, so that loss, repetition and order can be read from the samples that arrive.
"""

import heapq
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from gateway.session.services import SessionServices
from gateway.session.session import Session
from legato.core.shared import Shared
from legato.core.state import CoreSettings
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Failed, VendorEvent
from legato.domain.facts import BugFound, Fact
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, Voice
from legato.domain.text import Break, Reading, Segment, WordSpan
from legato.ports import LineListener, LineRequest, OnReady

CHAR_MS = 50
RATE = 8_000
FORMAT = AudioFormat(Encoding.PCM_S16LE, RATE)


class VirtualClock:
    """Time that moves only when the play says so."""

    def __init__(self) -> None:
        self.now = 100.0
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        return self.now

    def at(self, when: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (when, next(self._order), do))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self._heap and self._heap[0][0] <= end + 1e-9:
            when, _, do = heapq.heappop(self._heap)
            self.now = max(self.now, when)
            do()
        self.now = end


class VirtualAlarm:
    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.session: Session | None = None
        self.deadline: float | None = None
        self.rung_at, self.rung = clock.now, 0

    def set(self, deadline: float | None) -> None:
        if deadline == self.deadline:
            return
        self.deadline = deadline
        if deadline is not None:
            self.clock.at(deadline, lambda: self._ring(deadline))

    def _ring(self, deadline: float) -> None:
        if self.deadline == deadline and self.session is not None:
            self.deadline = None
            now = self.clock.now
            self.rung_at, self.rung = now, (self.rung + 1 if now == self.rung_at else 1)
            assert self.rung < 100, "a deadline stays in the past"
            self.session.tick()


@dataclass
class Script:
    """How a route behaves. Times in seconds, `speed` in seconds of audio per second (0: all at once)."""

    acquire_s: float = 0.0
    first_s: float = 0.05
    speed: float = 4.0
    chunk_ms: int = 20
    word_times: bool = False
    keeps_context: bool = True
    can_pause: bool = True
    refuse: Reason | None = None
    retry_after_s: float | None = None
    shut: bool = False
    """Whether its breaker is shut: only the last resort gets in."""
    die_after_chars: int | None = None
    empty: bool = False
    marks_are_mute: bool = False
    """Whether text without a letter or a digit has no sound."""
    deaths: int = 10**9
    silence_at: int | None = None
    silence_ms: int = 0
    preface: bytes = b""
    marks: bool = True
    mark_early_chars: int = 0
    """How many characters of a segment's audio come behind its marker."""
    joins: bool = False
    """Whether text that waits behind other text of the run is joined to it, without a marker between them."""
    well_since: float = -1e9
    """When the route began to admit again: a stream that has left it comes back 30 s later."""


@dataclass
class FakeLine:
    world: "World"
    script: Script
    request: LineRequest
    listener: LineListener
    line_id: int
    reused: bool = True
    sample_rate_hz: int = RATE
    said: list[str] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    over: bool = False
    paused: bool = False
    queue: list[tuple[str, object]] = field(default_factory=list)
    spoken_ms: float = 0.0
    busy: bool = False
    ms_out: float = 0.0

    @property
    def keeps_context(self) -> bool:
        return self.script.keeps_context

    @property
    def word_times(self) -> bool:
        return self.script.word_times

    @property
    def can_pause(self) -> bool:
        return self.script.can_pause

    def say(self, segment: int, reading: Reading) -> None:
        assert not self.over, "said on a line that was given back"
        self.said.append(reading.text)
        self.readings.append(reading)
        if self.script.joins and self.queue and isinstance(self.queue[-1][1], events.Marker):
            self.queue[-1] = ("event", events.Joined(segment))
        self.world.sent.append(reading.text)
        first = self.world.spoken_chars
        self.world.spoken_chars += len(reading.text)
        self.world.chars.extend(reading.text)
        mute = self.script.marks_are_mute and not any(map(str.isalnum, reading.text))
        if not (self.script.empty or mute):
            per_char = RATE * CHAR_MS // 1000
            values = np.repeat(
                np.arange(first, first + len(reading.text), dtype=np.int64) % 32_000 + 1, per_char
            )
            pcm = self.script.preface + values.astype("<i2").tobytes()
            if self.script.silence_at is not None:
                loud = np.where(values % 2, 8_000, -8_000).astype("<i2").tobytes()
                at = self.script.silence_at * per_char * 2
                pcm = loud[:at] + bytes(RATE * self.script.silence_ms // 1000 * 2) + loud[at:]
            step = RATE * self.script.chunk_ms // 1000 * 2
            if self.script.word_times:
                self.queue.append(("event", self._words(segment, reading)))
            self.queue += [("audio", pcm[i : i + step]) for i in range(0, len(pcm), step)]
        if self.script.marks:
            late = self.script.mark_early_chars * CHAR_MS // self.script.chunk_ms
            self.queue.insert(len(self.queue) - late, ("event", events.Marker(segment)))
        self._start()

    def _words(self, segment: int, reading: Reading) -> VendorEvent:
        base = self.spoken_ms
        self.spoken_ms += len(reading.text) * CHAR_MS
        return events.Words(
            tuple(
                events.WordTime(segment, w.start, w.end, base + w.start * CHAR_MS, base + w.end * CHAR_MS)
                for w in reading.words
            )
        )

    def end_input(self) -> None:
        assert not self.over
        self.queue.append(("event", events.Finished()))
        self._start()

    def _start(self) -> None:
        if not self.busy:
            self.busy = True
            delay = self.script.first_s if self.ms_out == 0 else 0.0
            self.world.clock.at(self.world.clock.now + delay, self._step)

    def _step(self) -> None:
        if self.over or self.paused:
            self.busy = False
            return
        if not self.queue:
            self.busy = False
            return
        kind, what = self.queue.pop(0)
        wait = 0.0
        if kind == "audio":
            data = what
            assert isinstance(data, bytes)
            self.ms_out += len(data) * 500 / RATE
            limit = self.script.die_after_chars
            if limit is not None and self.ms_out > limit * CHAR_MS and self.world.deaths < self.script.deaths:
                self.world.deaths += 1
                self.over = True
                self.listener.heard(self, events.Lost("the line died on cue"))
                return
            self.listener.heard(self, events.Audio(data))
            wait = len(data) / (RATE * 2) / self.script.speed if self.script.speed else 0.0
        else:
            if isinstance(what, events.Finished):
                self.over = True
            self.listener.heard(self, what)  # type: ignore[arg-type]
        self.world.clock.at(self.world.clock.now + wait, self._step)

    def cancel(self) -> None:
        self.over = True

    def pause(self) -> None:
        self.paused = True
        self.world.line_pauses += 1

    def resume(self) -> None:
        self.paused = False
        self._start()

    def release(self, *, clean: bool) -> None:
        self.over = True
        self.world.released.append(clean)
        self.world.leased -= 1


class FakeTicket:
    def __init__(self) -> None:
        self.withdrawn = False

    def withdraw(self) -> None:
        self.withdrawn = True


class PlainFront:
    """Cuts at a full stop followed by a space, at the end, on a flush, and when idle after a letter."""

    def __init__(self) -> None:
        self.buffer = ""
        self.at = 0
        self.index = 0

    def feed(self, text: str) -> list[Segment]:
        self.buffer += text
        out = []
        while (i := self.buffer.find(". ")) >= 0:
            out.append(self._cut(i + 2))
        return out

    def _cut(self, n: int) -> Segment:
        raw, self.buffer = self.buffer[:n], self.buffer[n:]
        spoken = raw.strip()
        words, start = [], 0
        base = self.at + raw.find(spoken)
        for part in spoken.split():
            start = spoken.index(part, start)
            words.append(WordSpan(start, start + len(part), base + start, base + start + len(part)))
            start += len(part)
        reading = Reading(spoken, tuple(words))
        segment = Segment(self.index, self.at, self.at + n, raw, reading, reading, Break.SENTENCE)
        self.index += 1
        self.at += n
        return segment

    def flush(self) -> list[Segment]:
        return [self._cut(len(self.buffer))] if self.buffer else []

    def idle(self, gap_ms: int) -> list[Segment]:
        return self.flush() if gap_ms >= 120 else []

    def end(self) -> list[Segment]:
        return self.flush()

    def set_lead(self, lead_ms: float) -> None:
        del lead_ms

    @property
    def pronunciations(self) -> tuple[tuple[str, str], ...]:
        return (("abcdef", "a"),)

    @property
    def idle_wait_ms(self) -> int | None:
        return 120 if self.buffer.strip() and self.buffer.strip()[-1].isalpha() else None

    @property
    def pending_chars(self) -> int:
        return len(self.buffer)


class World:
    """A session, its client and its voices. `said()` is what the client heard, character by character."""

    def __init__(
        self,
        *,
        scripts: dict[str, Script] | None = None,
        voices: dict[str, Voice] | None = None,
        limits: StreamLimits | None = None,
        core: CoreSettings | None = None,
        front: Callable[[], PlainFront] = PlainFront,
        shared: Shared | None = None,
        clock: VirtualClock | None = None,
        breaks: bool = False,
    ) -> None:
        self.breaks = breaks
        """Whether a bug is part of the play. In any other it fails the play: by itself it only ends the stream, which may look like what was meant."""
        self.clock = clock or VirtualClock()
        self.scripts = scripts or {"one": Script()}
        routes = tuple(Route(name, "v") for name in self.scripts)
        self.voices = voices or {"joe": Voice("joe", ("en",), routes)}
        self.sent: list[str] = []
        self.chars: list[str] = []
        self.spoken_chars = 0
        self.deaths = 0
        self.line_pauses = 0
        self.leased = 0
        self.released: list[bool] = []
        self.lines: list[FakeLine] = []
        self.warmed: list[str] = []
        self.facts: list[Fact] = []
        self.log: list[tuple[float, replies.Reply]] = []
        self.paused = False
        self.room_ms = math.inf
        self.closed_with: SpeechError | None = None
        self.closed = False
        self.alarm = VirtualAlarm(self.clock)
        services = SessionServices(
            lines=self,
            observer=self,
            clock=self.clock,
            catalogue=Catalogue(self.voices, next(iter(self.voices))),
            limits=limits or StreamLimits(),
            front_ends=lambda *_: front(),
            stream_ids=lambda: "s1",
            core=core or CoreSettings(),
            shared=shared or Shared(),
        )
        self.session = Session(services, Principal(), "native", self, self.alarm)
        self.alarm.session = self.session

    # the client

    def open(self, audio_format: AudioFormat = FORMAT, **more: object) -> "World":
        self.session.feed(events.Open("", audio_format, **more))  # type: ignore[arg-type]
        return self

    def tell(self, *told: events.ClientEvent) -> "World":
        for event in told:
            self.session.feed(event)
        return self

    def text(self, utterance_id: str, text: str) -> "World":
        return self.tell(events.Text(utterance_id, text))

    def speak(self, utterance_id: str, text: str) -> "World":
        return self.tell(events.Text(utterance_id, text), events.End(utterance_id))

    def run(self, seconds: float) -> "World":
        self.clock.run(seconds)
        return self

    # ports.Outlet

    def write(self, reply: replies.Reply) -> None:
        assert not self.closed, "written after close"
        self.log.append((self.clock.now, reply))

    def close(self, error: SpeechError | None) -> None:
        assert not self.closed
        self.closed = True
        self.closed_with = error

    # ports.Observer

    def note(self, fact: Fact) -> None:
        assert self.breaks or not isinstance(fact, BugFound), fact
        self.facts.append(fact)

    # ports.Lines

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> FakeTicket:
        script = self.scripts[request.route.provider]
        ticket = FakeTicket()

        def answer() -> None:
            if ticket.withdrawn:
                return
            if script.refuse is not None:
                on_ready(Failed(script.refuse, "refused on cue", script.retry_after_s))
                return
            if script.shut and not request.last_resort:
                on_ready(Failed(Reason.VENDOR_UNREACHABLE, "shut", 30.0))
                return
            if request.returning and self.clock.now - script.well_since < 30:
                on_ready(Failed(Reason.VENDOR_UNREACHABLE, "not healthy for long enough"))
                return
            self.leased += 1
            line = FakeLine(self, script, request, listener, len(self.lines) + 1)
            self.lines.append(line)
            on_ready(line)

        if script.acquire_s:
            self.clock.at(self.clock.now + script.acquire_s, answer)
        else:
            answer()
        return ticket

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        self.warmed.append(route.provider)

    # what to look at

    def of(self, kind: type) -> list:
        return [reply for _, reply in self.log if isinstance(reply, kind)]

    def names(self, *, audio: bool = False) -> list[str]:
        return [type(r).__name__ for _, r in self.log if audio or not isinstance(r, replies.AudioChunk)]

    def audio(self, utterance_id: str | None = None) -> np.ndarray:
        chunks = [c.data for c in self.of(replies.AudioChunk) if utterance_id in (None, c.utterance_id)]
        return np.frombuffer(b"".join(chunks), dtype="<i2")

    def said(self, utterance_id: str | None = None) -> str:
        """Return the characters heard, each once for every CHAR_MS of it."""
        values = self.audio(utterance_id)
        per_char = RATE * CHAR_MS // 1000
        out = []
        i = 0
        while i < len(values):
            j = i
            while j < len(values) and values[j] == values[i]:
                j += 1
            if j - i >= per_char // 4:  # seams are smoothed: shorter ones are a ramp between two characters
                out.append(self.chars[values[i] - 1] * max(round((j - i) / per_char), 1))
            i = j
        return "".join(out)

    def terminals(self) -> dict[str, list[str]]:
        kinds = (replies.UtteranceFinished, replies.UtteranceCancelled, replies.UtteranceFailed)
        ends: dict[str, list[str]] = {}
        for _, reply in self.log:
            if isinstance(reply, kinds):
                ends.setdefault(reply.utterance_id, []).append(type(reply).__name__)
        return ends
