"""Lines of which recordings are made, and which repeat what was recorded: the audio cache in front of all voices."""

from collections.abc import Callable, Mapping
from functools import partial

from gateway.upstream.race import Schedule
from gateway.upstream.recording import RecordedLine
from gateway.upstream.repeating import Repeater
from legato.core.recordings import Key, Recording, Recordings, key_of
from legato.core.scripts import requests
from legato.domain.speech import Principal, Route
from legato.domain.text import Reading, TextLevel
from legato.ports import ANSWERED, Clock, LineListener, LineRequest, Lines, OnReady, Ticket


class RecordedLines:
    """Implements `ports.Lines` over others.

    A request whose opening was recorded gets a line that repeats the recording: no line of the voice is leased for it.

    Args:
        lines: where lines come from.
        recordings: what is kept.
        line_ids: gives numbers that are unique in the process.
        clock: monotonic seconds.
        schedule: schedules a call for later.
    """

    def __init__(
        self,
        lines: Lines,
        recordings: Recordings,
        line_ids: Callable[[], int],
        clock: Clock,
        schedule: Schedule,
    ) -> None:
        self._lines = lines
        self._recordings = recordings
        self._line_ids = line_ids
        self._clock = clock
        self._schedule = schedule
        self._making: dict[Recording, RecordedLine] = {}
        self._hits = self._misses = 0

    @property
    def kept_bytes(self) -> int:
        """Audio that is kept, in bytes."""
        return self._recordings.size

    def lookups(self) -> Mapping[str, int]:
        """How often a line was asked for whose first request was recorded, and how often not: "hit" and "miss"."""
        return {"hit": self._hits, "miss": self._misses}

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> Ticket:
        """Lease a line for one run."""
        key = key_of(request)
        recording = None if request.returning else self._find(key, request)
        if recording is not None:
            self._hits += 1
            on_ready(self._repeater(recording, listener))
            return ANSWERED
        self._misses += 1
        began = partial(self._began, key, request)
        line = RecordedLine(self._line_ids(), listener, began, partial(self._grew, key))
        return line.ask(self._lines, request, on_ready)

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        """Have a line ready soon."""
        self._lines.warm(route, language, principal)

    def _find(self, key: Key, request: LineRequest) -> Recording | None:
        level = TextLevel.RAW if request.options.raw_text else request.route.text_level
        now = self._clock()
        for keeps_context in (True, False):
            for _, first in requests(request.opening, request.route, level, keeps_context=keeps_context):
                recording = self._recordings.find(key, first, now)
                if recording is not None and recording.keeps_context is keeps_context:
                    return recording
        return None

    def _repeater(self, recording: Recording, listener: LineListener) -> Repeater:
        line = self._making.get(recording)

        def left(repeater: Repeater) -> None:
            if line is not None:
                line.left_by(repeater)

        repeater = Repeater(self._line_ids(), recording, listener, self._schedule, left)
        if line is not None:
            line.repeated_by(repeater)
        return repeater

    def _began(
        self, key: Key, request: LineRequest, line: RecordedLine, reading: Reading
    ) -> Recording | None:
        recording = Recording(
            line.sample_rate_hz,
            line.keeps_context,
            line.word_times,
            self._clock(),
            reading.wording,
            request.options,
            request.route.takes.rate,
        )
        if not self._recordings.add(key, recording):
            return None
        self._making[recording] = line
        return recording

    def _grew(self, key: Key, line: RecordedLine, by: int) -> None:
        recording = line.recording
        assert recording is not None, "it has grown"
        self._recordings.grown(key, recording, by)
        if not recording.is_open:
            self._making.pop(recording, None)
