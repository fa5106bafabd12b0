"""Runs that a vendor speaks as turns (a flush, a request, a response), answered in the order in which they were asked for.

Rules:
- Audio belongs to the oldest turn that has not ended; if there is none, to the run begun last. Nothing in it says whose it is, so a
  connection that gives audio while no run is open cannot be trusted with another: the rest of it would be heard as that run's.
- If a turn speaks several segments, the later ones are joined to the first, which is reported before its audio.
- A turn that ends gives the markers of its segments; the last turn of a run whose text has ended gives `Finished` as well.
- A turn that speaks letters or digits and ends without any audio has failed, and its run with it (R4), if the run had sounded: otherwise
  its text would be lost unnoticed. A run that has not sounded is judged by the caller.
- So has one that ends with less audio than its text can possibly take.
- A run that was cancelled or has failed is silent; it counts until all its turns have been answered, or a fence has.
- Only whole samples leave: half a sample waits for its other half, and is dropped when its turn ends.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from legato.core.least_audio import shortfall, sure_chars
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker, VendorEvent, Warned
from legato.domain.values import value
from legato.providers.whole_samples import WholeSamples

Told = Sequence[tuple[int, VendorEvent]]
_BYTES_PER_SAMPLE = 2


@dataclass(slots=True)
class _Run:
    waiting: list[int] = field(default_factory=list)
    """Segments that are in no turn yet."""
    owes_sound: bool = False
    """Whether these have letters or digits."""
    sure_chars: int = 0
    """How many of these every voice speaks, as in `least_audio`."""
    turns: int = 0
    """Turns that were asked for and have not ended."""
    given_bytes: int = 0
    asked: bool = False
    """Whether any turn was asked for."""
    ended: bool = False
    """Whether its text has ended."""
    silent: bool = False
    """It was cancelled or has failed: nothing of it is reported."""


@value
class _Turn:
    run: int
    segments: tuple[int, ...]
    owes_sound: bool = False
    sure_chars: int = 0
    is_fence: bool = False


class Turns:
    """The turns of one connection.

    Args:
        sample_rate_hz: rate of the audio.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        self._bytes_per_s = sample_rate_hz * _BYTES_PER_SAMPLE
        self._runs: dict[int, _Run] = {}
        self._turns: deque[_Turn] = deque()
        self._samples = WholeSamples()
        self._joins_told = False
        """Whether the joins of the oldest turn were reported."""
        self._given_bytes = 0
        """Audio that has come since the last turn ended."""

    @property
    def open_runs(self) -> int:
        """Runs that count at the vendor."""
        return len(self._runs)

    @property
    def in_turn(self) -> int:
        """The run whose turn it is, if it is heard; 0 for none."""
        if self._turns:
            run = self._turns[0].run
            return 0 if self._runs[run].silent else run
        return next((run for run in reversed(self._runs) if not self._runs[run].silent), 0)

    def given_bytes(self, run: int) -> int:
        """Bytes of audio that the run has given."""
        found = self._runs.get(run)
        return 0 if found is None else found.given_bytes

    @property
    def asked_for_nothing(self) -> bool:
        """Whether the oldest turn speaks no segment: it was asked for only to be answered."""
        return bool(self._turns) and not self._turns[0].segments and not self._turns[0].is_fence

    @property
    def is_owed(self) -> bool:
        """Whether a turn was asked for that has not ended."""
        return bool(self._turns)

    # --- what is asked of the vendor

    def begin(self, run: int) -> None:
        """Begin a run."""
        self._runs[run] = _Run()

    def lives(self, run: int) -> bool:
        """Whether the run is open and heard."""
        found = self._runs.get(run)
        return found is not None and not found.silent

    def said(self, run: int, segment: int, text: str = "", *, is_whole: bool = True) -> None:
        """Add a segment, which waits for its turn; unless that speaks the whole text, its audio is not measured."""
        state = self._runs[run]
        state.sure_chars += sure_chars(text) if is_whole else 0
        state.waiting.append(segment)
        state.owes_sound = state.owes_sound or any(map(str.isalnum, text))

    def waits(self, run: int) -> bool:
        """Whether text was said that is in no turn yet."""
        return bool(self._runs[run].waiting)

    def is_spoken(self, run: int) -> bool:
        """Whether a turn of the run was asked for that has not ended."""
        return bool(self._runs[run].turns)

    def has_asked(self, run: int) -> bool:
        """Whether any turn of the run was asked for."""
        return self._runs[run].asked

    def ask(self, run: int) -> None:
        """Make all waiting segments one turn."""
        state = self._runs[run]
        self._turns.append(_Turn(run, tuple(state.waiting), state.owes_sound, state.sure_chars))
        state.waiting.clear()
        state.owes_sound, state.sure_chars = False, 0
        state.turns += 1
        state.asked = True

    def ask_part(self, run: int) -> None:
        """Add a turn that ends no segment."""
        self._turns.append(_Turn(run, ()))
        self._runs[run].turns += 1

    def end(self, run: int) -> bool:
        """End the run's text. Returns whether one more turn must be asked for, so that there is an answer that finishes the run."""
        state = self._runs[run]
        state.ended = True
        return bool(state.waiting) or not state.turns

    def cancel(self, run: int) -> bool:
        """Stop hearing the run. Returns whether the vendor has anything of it."""
        state = self._runs[run]
        owes = bool(state.turns or state.waiting)
        state.silent = True
        state.waiting.clear()
        self._forget(run)
        return owes

    def fence(self, run: int) -> None:
        """Count the cancelled run until a message sent now has been answered."""
        state = self._runs.setdefault(run, _Run(silent=True))
        state.turns += 1
        self._turns.append(_Turn(run, (), is_fence=True))

    # --- what the vendor says

    def audio(self, data: bytes) -> Told:
        """Audio of the oldest turn."""
        run = self._turns[0].run if self._turns else self.in_turn
        state = self._runs.get(run)
        if state is None:
            return ((0, Lost("the vendor gave audio that nobody had asked for")),) if data else ()
        if state.silent:
            return ()
        whole = self._samples.take(data)
        if not whole:
            return ()
        state.given_bytes += len(whole)
        self._given_bytes += len(whole)
        if self._joins_told or not self._turns:
            return ((run, Audio(whole)),)
        self._joins_told = True
        return (*((run, Joined(segment)) for segment in self._turns[0].segments[1:]), (run, Audio(whole)))

    def tell(self, event: VendorEvent) -> Told:
        """Another event of the oldest turn."""
        run = self.in_turn
        return ((run, event),) if run else ()

    def turn_ended(self) -> Told:
        """End the oldest turn: it has been spoken. A fence ends otherwise, and an answer that was never asked for ends nothing."""
        if not self._turns or self._turns[0].is_fence:
            return ()
        self._samples.drop()
        self._joins_told = False
        given_bytes, self._given_bytes = self._given_bytes, 0
        turn = self._turns.popleft()
        state = self._runs[turn.run]
        state.turns -= 1
        told: list[tuple[int, VendorEvent]] = []
        failed = shortfall(turn.sure_chars, given_bytes / self._bytes_per_s)
        if state.given_bytes and turn.owes_sound and not given_bytes:
            failed = Failed(Reason.VENDOR_EMPTY, "the vendor ended a text without any audio")
        if not state.silent and failed is not None:
            state.silent = True
            told.append((turn.run, failed))
        elif not state.silent:
            told += [(turn.run, Marker(segment)) for segment in turn.segments]
            told += self.settled(turn.run)
        self._forget(turn.run)
        return told

    def fence_reached(self) -> None:
        """End everything up to the oldest fence."""
        if not any(turn.is_fence for turn in self._turns):
            return
        self._samples.drop()
        self._joins_told, self._given_bytes = False, 0
        while self._turns:
            turn = self._turns.popleft()
            self._runs[turn.run].turns -= 1
            self._forget(turn.run)
            if turn.is_fence:
                return

    def settled(self, run: int) -> Told:
        """`Finished`, if the run has ended and nothing of it is left to be answered."""
        state = self._runs.get(run)
        if state is None or state.silent or not state.ended or state.turns or state.waiting:
            return ()
        del self._runs[run]
        return ((run, Finished()),)

    def fail(self, failed: Failed) -> Told:
        """Fail the oldest turn's run, or the connection itself if there is none. A silent run's failure is not news."""
        run = self.in_turn
        if run:
            self._runs[run].silent = True
            self._forget(run)
            return ((run, failed),)
        return () if self._turns else ((0, failed),)

    def warn(self, message: str) -> Told:
        """Pass on the vendor's warning to the oldest turn's run."""
        return self.tell(Warned(message))

    def _forget(self, run: int) -> None:
        state = self._runs.get(run)
        if state is not None and state.silent and not state.turns:
            del self._runs[run]
