"""A session's leases: lines asked for, held and given back, as the core decides."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeGuard, runtime_checkable

from gateway.session.word_shifts import WordShifts
from legato.domain import effects, events
from legato.domain.events import Event, Failed
from legato.domain.text import Wording
from legato.ports import Line, LineListener, Lines, Ticket


@runtime_checkable
class Gatherer(Protocol):
    """A line that can itself gather audio that would only wait, so that no work is done for each piece of it."""

    def gather(self, size: int) -> None:
        """Allow this many bytes of audio to be reported in one event, but before anything else the line reports.

        With 0, what was gathered is reported before this call returns, and what follows as it comes.
        """


@runtime_checkable
class Scripted(Protocol):
    """A line that repeats a recording."""

    @property
    def repeats(self) -> tuple[Wording, ...]:
        """What it can say, request by request in this order."""


@dataclass(slots=True)
class Leased:
    """One lease: asked for (`ticket`) or granted (`line`)."""

    lease: int
    utterance_id: str
    ticket: Ticket | None = None
    line: Line | None = None
    gatherer: Gatherer | None = None
    """The line, if it can gather audio itself."""
    answered: bool = False
    gone: bool = False
    audio_seen: bool = False
    at_segment_start: bool = True
    room: int = 0
    """Bytes that may still be gathered before they must be reported to the core."""
    gathered: list[bytes] = field(default_factory=list)
    pauses_ms: deque[tuple[int, int]] = field(default_factory=deque)
    """Each segment whose audio has not begun, and the pause before it."""
    word_shifts: WordShifts = field(default_factory=WordShifts)
    """By how much the line's words sound later than it says, if the pauses between its segments are made here."""

    def begin_segment(self) -> int:
        """The next segment's audio begins. Returns the pause before it, milliseconds."""
        if not self.pauses_ms:
            return 0
        segment, pause_ms = self.pauses_ms.popleft()
        self.word_shifts.begin(segment)
        return pause_ms

    def end_segment(self, segment: int) -> None:
        """This segment's audio has ended. If it had none, what comes next is another segment's."""
        while self.pauses_ms and self.pauses_ms[0][0] <= segment:
            self.pauses_ms.popleft()

    def join(self, segment: int) -> None:
        """This segment's audio continues the previous segment's: it has no beginning of its own."""
        self.pauses_ms = deque(pair for pair in self.pauses_ms if pair[0] != segment)
        self.word_shifts.join(segment)


class Leases:
    """Every lease of one stream.

    Args:
        lines: where lines come from.
        tell: takes events for the core.
        said: called after a segment was handed to a line.
    """

    __slots__ = ("_leases", "_lines", "_said", "_tell", "by_line", "listener")

    def __init__(
        self,
        lines: Lines,
        tell: Callable[[Event], None],
        said: Callable[[Leased], None],
    ) -> None:
        self._lines = lines
        self._tell = tell
        self._said = said
        self._leases: dict[int, Leased] = {}
        self.by_line: dict[int, Leased] = {}
        """The lease that each line was granted for, by the line's id; none that was given back."""
        self.listener: LineListener | None = None

    def of(self, lease: int) -> Leased | None:
        """The lease with this number; `None` if it was given back."""
        return self._leases.get(lease)

    def utterance_of(self, lease: int) -> str:
        """The id of a lease's utterance; empty if the lease was given back."""
        leased = self._leases.get(lease)
        return "" if leased is None else leased.utterance_id

    def acquire(self, effect: effects.Acquire, pronunciations: tuple[tuple[str, str], ...] = ()) -> None:
        """Ask for a line; the answer may come at once.

        Args:
            effect: what it is for.
            pronunciations: words that the text may contain, with their IPA.
        """
        assert self.listener is not None, "the session listens"
        request = effect.request
        if pronunciations:
            request = replace(request, pronunciations=pronunciations)
        leased = Leased(effect.lease, request.utterance_id)
        self._leases[effect.lease] = leased
        ticket = self._lines.acquire(request, self.listener, lambda answer: self._answered(leased, answer))
        leased.ticket = None if leased.answered else ticket

    def say(self, effect: effects.Say) -> None:
        """Hand a segment to a line."""
        leased = self._leases.get(effect.lease)
        if leased is not None and leased.line is not None:
            leased.pauses_ms.append((effect.segment, effect.pause_ms))
            leased.line.say(effect.segment, effect.reading)
            self._said(leased)

    def end_input(self, effect: effects.EndInput) -> None:
        """No more segments follow on a line."""
        line = self._line(effect.lease)
        if line is not None:
            line.end_input()

    def cancel(self, effect: effects.CancelLine) -> None:
        """Stop a run."""
        line = self._line(effect.lease)
        if line is not None:
            line.cancel()

    def pause(self, effect: effects.PauseLine) -> None:
        """Stop a line's audio for now."""
        line = self._line(effect.lease)
        if line is not None:
            line.pause()

    def resume(self, effect: effects.ResumeLine) -> None:
        """Let a line's audio continue."""
        line = self._line(effect.lease)
        if line is not None:
            line.resume()

    def release(self, effect: effects.Release) -> None:
        """Give a lease back, granted or not."""
        leased = self._leases.pop(effect.lease, None)
        if leased is not None:
            self._let_go(leased, clean=effect.clean)

    def warm(self, effect: effects.Warm) -> None:
        """Have a line ready."""
        self._lines.warm(effect.route, effect.language, effect.principal)

    def let_all_go(self) -> None:
        """Stop every line and give back every lease, after a bug."""
        while self._leases:
            _, leased = self._leases.popitem()
            if leased.line is not None:
                leased.line.cancel()
            self._let_go(leased, clean=False)

    def close(self) -> None:
        """The stream is over: nothing is reported any more."""
        self._tell = self._said = _nobody
        self.listener = None

    def _line(self, lease: int) -> Line | None:
        leased = self._leases.get(lease)
        return None if leased is None else leased.line

    def _answered(self, leased: Leased, answer: Line | Failed) -> None:
        leased.answered = True
        leased.ticket = None
        if leased.gone:
            if not isinstance(answer, Failed):
                answer.release(clean=True)
            return
        if isinstance(answer, Failed):
            self._tell(events.LineRefused(leased.lease, answer.reason, answer.message, answer.retry_after_s))
            return
        leased.line = answer
        leased.gatherer = answer if _can_gather(answer) else None
        self.by_line[answer.line_id] = leased
        self._tell(
            events.LineReady(
                leased.lease,
                answer.reused,
                answer.keeps_context,
                answer.word_times,
                answer.can_pause,
                answer.repeats if _is_scripted(answer) else None,
            )
        )

    def _let_go(self, leased: Leased, *, clean: bool) -> None:
        leased.gone = True
        if leased.ticket is not None:
            leased.ticket.withdraw()
            leased.ticket = None
        if leased.line is not None:
            self.by_line.pop(leased.line.line_id, None)
            leased.line.release(clean=clean)
            leased.line = leased.gatherer = None


def _nobody(_: object) -> None:
    """Take what is reported once the stream is over."""


_gathers: dict[type, bool] = {}
_scripted: dict[type, bool] = {}
"""By type of line: checking whether an object follows a protocol costs 10 µs."""


def _can_gather(line: Line) -> TypeGuard[Gatherer]:
    kind = type(line)
    if kind not in _gathers:
        _gathers[kind] = isinstance(line, Gatherer)
    return _gathers[kind]


def _is_scripted(line: Line) -> TypeGuard[Scripted]:
    kind = type(line)
    if kind not in _scripted:
        _scripted[kind] = isinstance(line, Scripted)
    return _scripted[kind]


ON_LEASES: Mapping[type, Callable[[Leases, Any], None]] = {
    effects.Say: Leases.say,
    effects.EndInput: Leases.end_input,
    effects.CancelLine: Leases.cancel,
    effects.PauseLine: Leases.pause,
    effects.ResumeLine: Leases.resume,
    effects.Warm: Leases.warm,
}
"""What performs the effects that are about lines."""
