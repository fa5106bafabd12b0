"""A line that repeats a recording, perhaps one that is still being made.

Rules:
- It gives the audio of the requests that were said on it, and no more, whenever its listener wants it: it can be paused.
- What is still being recorded is passed on as it comes. If it comes to nothing, the line is lost: the utterance deals with that as usual.
- At most a few pieces are given in a turn of the loop, so that a long recording holds nobody up.
"""

from collections.abc import Callable
from dataclasses import replace

from gateway.upstream.race import Schedule
from legato.core.recordings import Recording
from legato.domain.events import Audio, Finished, Lost, Marker, VendorEvent, Words
from legato.domain.text import Reading, Wording
from legato.ports import LineListener

_PIECE_S = 0.2
_PIECES_IN_A_TURN = 2


class Repeater:
    """Implements `ports.Line`.

    Args:
        line_id: unique in the process.
        recording: what to repeat.
        listener: takes its events.
        schedule: schedules a call for later.
        left: called once, when it needs the recording no longer.
    """

    reused = True
    can_pause = True

    def __init__(
        self,
        line_id: int,
        recording: Recording,
        listener: LineListener,
        schedule: Schedule,
        left: Callable[["Repeater"], None],
    ) -> None:
        self.line_id = line_id
        self.sample_rate_hz = recording.sample_rate_hz
        self.keeps_context = recording.keeps_context
        self.word_times = recording.word_times
        self.repeats: tuple[Wording, ...] = recording.script
        self._recording = recording
        self._listener = listener
        self._schedule = schedule
        self._left = left
        self._piece_bytes = int(_PIECE_S * recording.sample_rate_hz) * 2
        self._segments: list[int] = []
        self._repeated = self._at = 0
        self._ended = self._paused = self._over = self._woken = False

    def say(self, segment: int, reading: Reading) -> None:
        """Repeat the next request of the script."""
        del reading  # it is the next of the script: the core sees to that
        self._segments.append(segment)
        self.wake()

    def end_input(self) -> None:
        """No more segments."""
        self._ended = True
        self.wake()

    def cancel(self) -> None:
        """Stop the run."""
        self._leave()

    def pause(self) -> None:
        """Stop giving audio."""
        self._paused = True

    def resume(self) -> None:
        """Give audio again."""
        self._paused = False
        self.wake()

    def release(self, *, clean: bool) -> None:
        """Give the lease back."""
        del clean
        self._leave()

    def wake(self) -> None:
        """Give what there is to give, in a turn of its own."""
        if not (self._woken or self._paused or self._over):
            self._woken = True
            self._schedule(0.0, self._give)

    def _leave(self) -> None:
        if not self._over:
            self._over = True
            self._left(self)

    def _give(self) -> None:
        self._woken = False
        for _ in range(_PIECES_IN_A_TURN):
            if self._paused or self._over:
                return
            event = self._next()
            if event is None:
                return
            if isinstance(event, Finished | Lost):
                self._leave()
            self._listener.heard(self, event)
        self.wake()

    def _next(self) -> VendorEvent | None:
        """What comes next; `None` for nothing yet."""
        recording = self._recording
        if self._repeated == len(self._segments):
            return Finished() if self._ended else None
        request = recording.requests[self._repeated]
        is_whole = request.ends_at >= 0
        until = request.ends_at if is_whole else len(recording.events)
        if self._at < until:
            return self._piece(until)
        if not is_whole:
            return None if recording.is_open else Lost("the recording that was repeated broke off")
        self._repeated += 1
        return Marker(self._segments[self._repeated - 1])

    def _piece(self, until: int) -> VendorEvent:
        events = self._recording.events
        first = events[self._at]
        self._at += 1
        if isinstance(first, Words):
            known = [word for word in first.words if word.segment < len(self._segments)]
            return Words(tuple([replace(word, segment=self._segments[word.segment]) for word in known]))
        pieces, size = [first], len(first)
        while self._at < until and size < self._piece_bytes:
            piece = events[self._at]
            if isinstance(piece, Words):
                break
            pieces.append(piece)
            size += len(piece)
            self._at += 1
        return Audio(b"".join(pieces))
