"""A voice's line of which a recording is made, which others may repeat meanwhile.

    session  <->  RecordedLine  <->  the voice's line
                    | recording
                    v
    other sessions' Repeaters

Rules:
- Its own listener hears what the line tells, when it tells it, as if there were no recording.
- While others wait for what was said on it, the line is not paused, its audio is not gathered, and a cancel by its own listener does not
  stop it: what was said is spoken to its end, and then the line is given back.
"""

from collections.abc import Callable

from gateway.upstream.repeating import Repeater
from legato.core.recordings import Recording
from legato.domain.events import Failed, Lost, VendorEvent
from legato.domain.text import Reading
from legato.ports import Line, LineListener, LineRequest, Lines, OnReady, Ticket


class RecordedLine:
    """Implements `ports.Line` over another, and is the other's listener.

    Args:
        line_id: unique in the process.
        listener: takes the line's events.
        began: called with the first reading that is said; returns the recording to be made, `None` for none.
        grew: called when the recording has so many more bytes, or fewer, or is over.
    """

    def __init__(
        self,
        line_id: int,
        listener: LineListener,
        began: Callable[["RecordedLine", Reading], Recording | None],
        grew: Callable[["RecordedLine", int], None],
    ) -> None:
        self.line_id = line_id
        self.recording: Recording | None = None
        self._listener: LineListener | None = listener
        self._began = began
        self._grew = grew
        self._line: Line | None = None
        self._gather: Callable[[int], None] | None = None
        self._repeaters: list[Repeater] = []
        self._has_begun = self._wants_pause = self._has_failed = False

    def ask(self, lines: Lines, request: LineRequest, on_ready: OnReady) -> Ticket:
        """Lease the voice's line."""

        def came(found: Line | Failed) -> None:
            if isinstance(found, Failed):
                on_ready(found)
                return
            self._line = found
            self._gather = getattr(found, "gather", None)
            on_ready(self)

        return lines.acquire(request, self, came)

    # --- ports.Line

    @property
    def _voice(self) -> Line:
        assert self._line is not None, "the lease was answered and is held"
        return self._line

    @property
    def sample_rate_hz(self) -> int:
        """Sample rate of the audio."""
        return self._voice.sample_rate_hz

    @property
    def reused(self) -> bool:
        """Whether the connection existed before this lease."""
        return self._voice.reused

    @property
    def keeps_context(self) -> bool:
        """Whether segments flow into each other at the vendor."""
        return self._voice.keeps_context

    @property
    def word_times(self) -> bool:
        """Whether true word times will come."""
        return self._voice.word_times

    @property
    def can_pause(self) -> bool:
        """Whether `pause` stops the audio."""
        return self._voice.can_pause

    def say(self, segment: int, reading: Reading) -> None:
        """Speak one more segment of the run."""
        if not self._has_begun:
            self._has_begun = True
            self.recording = self._began(self, reading)
        if self.recording is not None:
            self.recording.say(segment, reading.wording)
        self._voice.say(segment, reading)

    def end_input(self) -> None:
        """No more segments."""
        if self.recording is not None:
            self.recording.input_ended = True
        self._voice.end_input()

    def cancel(self) -> None:
        """Stop the run, unless others wait for what was said."""
        self._listener = None
        recording = self.recording
        if recording is None or not self._is_awaited:
            self._close()
            self._voice.cancel()
        elif not recording.input_ended:
            self.end_input()  # what was said may be spoken to its end only then

    def pause(self) -> None:
        """Stop giving audio, unless others wait for it."""
        self._wants_pause = True
        if not self._is_awaited:
            self._voice.pause()

    def resume(self) -> None:
        """Give audio again."""
        self._wants_pause = False
        self._voice.resume()

    def gather(self, size: int) -> None:
        """Allow this many bytes of audio to be gathered, unless others wait for it; with 0, what was gathered is reported now."""
        if self._gather is not None:
            self._gather(0 if self._is_awaited else size)

    def release(self, *, clean: bool) -> None:
        """Give the lease back, as soon as nobody waits for what was said."""
        self._listener = None
        if not (clean and self._is_awaited):
            self._close()
            self._give_back(clean=clean)

    # --- the recording

    def repeated_by(self, repeater: Repeater) -> None:
        """Another session repeats the recording from now on."""
        self._repeaters.append(repeater)
        if self._is_awaited:
            self.gather(0)
            if self._wants_pause:
                self._voice.resume()

    def left_by(self, repeater: Repeater) -> None:
        """That session needs it no longer."""
        self._repeaters.remove(repeater)
        self._look_after()

    def heard(self, line: Line, event: VendorEvent) -> None:
        """Take what the voice's line tells, as a `ports.LineListener`."""
        del line
        self._has_failed = self._has_failed or isinstance(event, Failed | Lost)
        recording = self.recording
        if recording is not None and recording.is_open:
            self._record(recording, event)
        if self._listener is not None:
            self._listener.heard(self, event)

    def _record(self, recording: Recording, event: VendorEvent) -> None:
        before = recording.size
        recording.hear(event)
        self._changed(recording, before)
        for repeater in self._repeaters:
            repeater.wake()
        if self._repeaters or recording.is_spoilt or not recording.is_open:
            self._look_after()

    @property
    def _is_awaited(self) -> bool:
        recording = self.recording
        return recording is not None and any(
            recording.awaits(len(repeater.repeats)) for repeater in self._repeaters
        )

    def _look_after(self) -> None:
        """See to it that nothing goes on that nobody waits for any more."""
        recording = self.recording
        if recording is not None and not self._repeaters and (recording.is_spoilt or not recording.is_open):
            self._close()
        if self._line is None or self._is_awaited:
            return
        if self._listener is None:
            self._close()
            self._voice.cancel()
            self._give_back(clean=not self._has_failed)
        elif self._wants_pause:
            self._voice.pause()

    def _close(self) -> None:
        recording = self.recording
        if recording is None:
            return
        before, was_open = recording.size, recording.is_open
        recording.close()
        if not self._repeaters:
            recording.trim()
        if was_open or recording.size != before:
            self._changed(recording, before)
        for repeater in self._repeaters:
            repeater.wake()

    def _changed(self, recording: Recording, before: int) -> None:
        if recording.size != before or not recording.is_open:
            self._grew(self, recording.size - before)

    def _give_back(self, *, clean: bool) -> None:
        line, self._line = self._line, None
        self._gather = None  # it is the line's, which refers to this: both are freed at once
        if line is not None:
            line.release(clean=clean)
