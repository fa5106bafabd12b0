"""Runs that a vendor speaks as named contexts, several at once on one connection.

Rules:
- A run has one context at a time. Where the vendor ends it early (it was idle), the next text opens another for the same run.
- A context that ends gives the markers that are still owed; when the run's text had ended, `Finished` follows. Text that nothing was
  heard of has met a context that was just ending: the run has failed, so that it is said again. Nothing was heard of it where no audio
  came since it was sent, or where the words' times end with a segment before it, and so does the audio.
- A run that was cancelled or has failed is silent; it counts until the vendor ends its context.
- A run's clock is the bytes of audio that were given: no sum of floats, no drift (R11).
- Samples leave whole, a run's half sample waits for its other half.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Joined, Marker, VendorEvent, Words
from legato.domain.text import Reading
from legato.ports import LineRequest
from legato.providers.alignment import Alignment, Timed

Told = Sequence[tuple[int, VendorEvent]]
_LEAST_MS_PER_LETTER = 25.0
"""Nobody speaks faster: half of the time of hasty speech."""


@dataclass(slots=True)
class Speaking:
    """One run.

    Args:
        run: its number.
        request: what its line was leased for.
        context: name of its open context; empty for none.
        serial: contexts that it has had.
        ended: its text is complete, and the vendor was told.
        silent: cancelled or failed.
        given_bytes: of audio.
        opened_bytes: of audio that had been given when the context was opened.
        silent_since_bytes: of audio that had been given when text with a sound was last sent; -1 where there was none.
        quiet_since: when its context was last heard.
        owed: segments said and not marked.
        joined: the last segment that was told to follow the one before it with no marker between.
        flushes: the segments behind which the open context was flushed, while that is not answered.
        alignment: of its words.
    """

    run: int
    request: LineRequest
    context: str = ""
    serial: int = 0
    ended: bool = False
    silent: bool = False
    given_bytes: int = 0
    opened_bytes: int = 0
    silent_since_bytes: int = -1
    quiet_since: float = 0.0
    half: bytes = b""
    joined: int = -1
    owed: deque[int] = field(default_factory=deque)
    flushes: deque[int] = field(default_factory=deque)
    alignment: Alignment = field(default_factory=Alignment)


class Contexts:
    """The contexts of one connection.

    Args:
        sample_rate_hz: of the audio.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        self._bytes_per_ms = sample_rate_hz * 2 / 1000
        self._runs: dict[int, Speaking] = {}
        self._names: dict[str, Speaking] = {}

    @property
    def open_runs(self) -> int:
        """Runs that count at the vendor."""
        return len(self._runs)

    def begin(self, run: int, request: LineRequest) -> Speaking:
        """A run begins, without a context yet."""
        self._runs[run] = Speaking(run, request)
        return self._runs[run]

    def of_run(self, run: int) -> Speaking | None:
        """The run, while it is heard and its text has not ended."""
        speaking = self._runs.get(run)
        return None if speaking is None or speaking.silent or speaking.ended else speaking

    def named(self, context: object) -> Speaking | None:
        """Whose context this is; also of one that was left behind, until its run is over."""
        return self._names.get(context) if isinstance(context, str) else None

    def heard_runs(self) -> Sequence[Speaking]:
        """Runs that are heard."""
        return [speaking for speaking in self._runs.values() if not speaking.silent]

    def open(self, speaking: Speaking) -> str:
        """A new context for the run."""
        speaking.serial += 1
        speaking.flushes.clear()
        self.restart(speaking)
        speaking.context = f"run-{speaking.run}-{speaking.serial}"
        self._names[speaking.context] = speaking
        return speaking.context

    def restart(self, speaking: Speaking) -> None:
        """The context's clock begins again with what comes next."""
        speaking.opened_bytes = speaking.given_bytes

    def said(self, speaking: Speaking, segment: int, reading: Reading) -> None:
        """A segment of the run was sent."""
        speaking.owed.append(segment)
        speaking.alignment.said(segment, reading)
        if any(map(str.isalnum, reading.text)):
            speaking.silent_since_bytes = speaking.given_bytes

    def cancel(self, run: int) -> Speaking | None:
        """The run is heard no more; `None` where it is not heard anyway, or the vendor has no context of it."""
        speaking = self._runs.get(run)
        if speaking is None or speaking.silent:
            return None
        speaking.silent = True
        if speaking.context:
            return speaking
        self.forget(speaking)
        return None

    def forget(self, speaking: Speaking) -> None:
        """The run counts no longer. What its contexts still say is no one's."""
        self._runs.pop(speaking.run, None)
        for serial in range(1, speaking.serial + 1):
            self._names.pop(f"run-{speaking.run}-{serial}", None)

    # --- what the vendor says

    def audio(self, speaking: Speaking, data: bytes) -> Told:
        """Sound of the run."""
        if speaking.silent:
            return ()
        if speaking.half or len(data) & 1:
            data = speaking.half + data
            cut = len(data) & ~1
            speaking.half, data = data[cut:], data[:cut]
        if not data:
            return ()
        speaking.given_bytes += len(data)
        return ((speaking.run, Audio(data)),)

    def untimed(self, speaking: Speaking) -> Told:
        """Sound comes that nothing tells the times of: nobody can say where one segment ends in it and the next begins."""
        if speaking.silent or not speaking.owed or speaking.owed[-1] <= speaking.joined:
            return ()
        new = [segment for segment in list(speaking.owed)[1:] if segment > speaking.joined]
        speaking.joined = speaking.owed[-1]
        return [(speaking.run, Joined(segment)) for segment in new]

    def given_ms(self, speaking: Speaking) -> float:
        """How much sound the run has given."""
        return speaking.given_bytes / self._bytes_per_ms

    def context_ms(self, speaking: Speaking) -> float:
        """Where in the run its context's first sample lies."""
        return speaking.opened_bytes / self._bytes_per_ms

    def words(self, speaking: Speaking, timed: Timed, offset_ms: float) -> Told:
        """Words that these times complete."""
        words = () if speaking.silent else speaking.alignment.heard(timed, offset_ms)
        return ((speaking.run, Words(words)),) if words else ()

    def marked(self, speaking: Speaking, segments: Iterable[int]) -> Told:
        """All audio of these segments has been given; what was marked already is not marked again."""
        told: list[tuple[int, VendorEvent]] = []
        for segment in segments:
            while not speaking.silent and speaking.owed and speaking.owed[0] <= segment:
                told.append((speaking.run, Marker(speaking.owed.popleft())))
        return told

    def ended(self, speaking: Speaking, context: str) -> Told:
        """The vendor has ended a context."""
        if speaking.silent:
            self.forget(speaking)
            return ()
        if context != speaking.context:
            return ()
        speaking.context = ""
        speaking.half = b""
        if speaking.owed and self._is_unheard(speaking):
            self.forget(speaking)
            failed = Failed(Reason.VENDOR_EMPTY, "the vendor ended a context whose last text had not sounded")
            return ((speaking.run, failed),)
        told = [*self.marked(speaking, list(speaking.owed))]
        if speaking.ended:
            self.forget(speaking)
            told.append((speaking.run, Finished()))
        return told

    def _is_unheard(self, speaking: Speaking) -> bool:
        if speaking.given_bytes == speaking.silent_since_bytes:
            return True
        letters, ended_ms = speaking.alignment.unheard()
        return self.given_ms(speaking) - ended_ms < letters * _LEAST_MS_PER_LETTER

    def fail(self, speaking: Speaking | None, failed: Failed, *, is_over: bool) -> Told:
        """The run has failed, or the connection itself where no run is known.

        Args:
            speaking: whose failure it is; of a silent run it is no news.
            failed: why.
            is_over: the vendor has ended the context with it.
        """
        if speaking is None:
            return ((0, failed),)
        was_silent = speaking.silent
        speaking.silent = True
        if is_over:
            self.forget(speaking)
        return () if was_silent else ((speaking.run, failed),)
