"""Runs that a vendor speaks as named contexts, several at once on one connection.

Rules:
- A run has one context at a time. If the vendor ends it early (it was idle), the next text opens another for the same run.
- A context that ends gives the markers that are still owed; if the run's text has ended, `Finished` follows. If nothing was heard of
  some text, it has met a context that was just ending: the run has failed, so that the text is said again. Nothing was heard of it if
  no audio came since it was sent, or if the word times end with a segment before it and so does the audio.
- The answer to a flush comes after the audio of what was flushed. With less than that text can possibly take, the run has failed.
- A run that was cancelled or has failed is silent; it counts until the vendor ends its context.
- A run's clock counts the bytes of audio given: no sum of floats, no drift (R11).
- Only whole samples leave: half a sample waits for its other half.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from legato.core.least_audio import shortfall, sure_chars
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Joined, Marker, VendorEvent, Words
from legato.domain.text import Reading
from legato.domain.values import value
from legato.ports import LineRequest
from legato.providers.alignment import Alignment, Timed
from legato.providers.whole_samples import WholeSamples

Told = Sequence[tuple[int, VendorEvent]]
_LEAST_MS_PER_LETTER = 25.0
"""Nobody speaks faster: hasty speech takes twice as long."""


@value
class Flush:
    """A segment that was flushed, and how many of its characters are sure to take their time."""

    segment: int
    sure_chars: int


@dataclass(slots=True)
class Speaking:
    """One run.

    Args:
        run: its number.
        request: what its line was leased for.
        context: name of its open context; empty for none.
        serial: how many contexts it has had.
        ended: whether its text is complete and the vendor was told.
        silent: whether it was cancelled or has failed.
        given_bytes: bytes of audio given so far.
        opened_bytes: bytes that had been given when the context was opened.
        said_at_bytes: bytes that had been given when text with a sound was last sent; -1 if there was none.
        quiet_since: when its context was last heard.
        samples: joins the bytes of its audio.
        joined: the last segment reported as joined to the one before it, with no marker between.
        owed: segments said and not marked.
        flushes: what was flushed in the open context, until that flush is answered.
        flushed_bytes: bytes that had been given when a flush was last answered.
        alignment: when its words sound.
    """

    run: int
    request: LineRequest
    context: str = ""
    serial: int = 0
    ended: bool = False
    silent: bool = False
    given_bytes: int = 0
    opened_bytes: int = 0
    said_at_bytes: int = -1
    quiet_since: float = 0.0
    samples: WholeSamples = field(default_factory=WholeSamples)
    joined: int = -1
    owed: deque[int] = field(default_factory=deque)
    flushes: deque[Flush] = field(default_factory=deque)
    flushed_bytes: int = 0
    alignment: Alignment = field(default_factory=Alignment)


class Contexts:
    """The contexts of one connection.

    Args:
        sample_rate_hz: rate of the audio.
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
        """Begin a run, without a context yet."""
        self._runs[run] = Speaking(run, request)
        return self._runs[run]

    def of_run(self, run: int) -> Speaking | None:
        """The run, while it is heard and its text has not ended."""
        speaking = self._runs.get(run)
        return None if speaking is None or speaking.silent or speaking.ended else speaking

    def named(self, context: object) -> Speaking | None:
        """The run that this context belongs to, even if it was left behind, until the run is over."""
        return self._names.get(context) if isinstance(context, str) else None

    def heard_runs(self) -> Sequence[Speaking]:
        """Runs that are still heard."""
        return [speaking for speaking in self._runs.values() if not speaking.silent]

    def open(self, speaking: Speaking) -> str:
        """Open a new context for the run; return its name."""
        speaking.serial += 1
        speaking.flushes.clear()
        self.restart(speaking)
        speaking.context = f"run-{speaking.run}-{speaking.serial}"
        self._names[speaking.context] = speaking
        return speaking.context

    def restart(self, speaking: Speaking) -> None:
        """Restart the context's clock with what comes next."""
        speaking.opened_bytes = speaking.given_bytes

    def said(self, speaking: Speaking, segment: int, reading: Reading) -> None:
        """Note that a segment of the run was sent."""
        speaking.owed.append(segment)
        speaking.alignment.said(segment, reading)
        if any(map(str.isalnum, reading.text)):
            speaking.said_at_bytes = speaking.given_bytes

    def flushed(self, speaking: Speaking, segment: int, reading: Reading) -> None:
        """Note that the context was flushed after this segment."""
        speaking.flushes.append(Flush(segment, sure_chars(reading.text)))

    def cancel(self, run: int) -> Speaking | None:
        """Stop hearing the run, and return it; `None` if it is not heard anyway, or the vendor has no context of it."""
        speaking = self._runs.get(run)
        if speaking is None or speaking.silent:
            return None
        speaking.silent = True
        if speaking.context:
            return speaking
        self.forget(speaking)
        return None

    def forget(self, speaking: Speaking) -> None:
        """Stop counting the run. What its contexts still say is ignored."""
        self._runs.pop(speaking.run, None)
        for serial in range(1, speaking.serial + 1):
            self._names.pop(f"run-{speaking.run}-{serial}", None)

    # --- what the vendor says

    def audio(self, speaking: Speaking, data: bytes) -> Told:
        """Audio of the run."""
        if speaking.silent:
            return ()
        data = speaking.samples.take(data)
        if not data:
            return ()
        speaking.given_bytes += len(data)
        return ((speaking.run, Audio(data)),)

    def untimed(self, speaking: Speaking) -> Told:
        """Join segments because audio comes without times: where one ends in it and the next begins is unknown."""
        if speaking.silent or not speaking.owed or speaking.owed[-1] <= speaking.joined:
            return ()
        new = [segment for segment in list(speaking.owed)[1:] if segment > speaking.joined]
        speaking.joined = speaking.owed[-1]
        return [(speaking.run, Joined(segment)) for segment in new]

    def given_ms(self, speaking: Speaking) -> float:
        """How much audio the run has given."""
        return speaking.given_bytes / self._bytes_per_ms

    def context_ms(self, speaking: Speaking) -> float:
        """Where in the run its context's first sample lies."""
        return speaking.opened_bytes / self._bytes_per_ms

    def words(self, speaking: Speaking, timed: Timed, offset_ms: float) -> Told:
        """Words that these times complete."""
        words = () if speaking.silent else speaking.alignment.heard(timed, offset_ms)
        return ((speaking.run, Words(words)),) if words else ()

    def marked(self, speaking: Speaking, segments: Iterable[int]) -> Told:
        """Mark segments whose audio has all been given; none is marked twice."""
        told: list[tuple[int, VendorEvent]] = []
        for segment in segments:
            while not speaking.silent and speaking.owed and speaking.owed[0] <= segment:
                told.append((speaking.run, Marker(speaking.owed.popleft())))
        return told

    def flush_answered(self, speaking: Speaking) -> Told:
        """What it means that the vendor has answered the oldest flush."""
        if not speaking.flushes:
            return ()
        flush = speaking.flushes.popleft()
        given_bytes = speaking.given_bytes - speaking.flushed_bytes
        speaking.flushed_bytes = speaking.given_bytes
        failed = shortfall(flush.sure_chars, given_bytes / self._bytes_per_ms / 1000)
        if failed is None:
            return self.marked(speaking, (flush.segment,))
        return self.fail(speaking, failed, is_over=False)

    def ended(self, speaking: Speaking, context: str) -> Told:
        """What it means that the vendor has ended a context."""
        if speaking.silent:
            self.forget(speaking)
            return ()
        if context != speaking.context:
            return ()
        speaking.context = ""
        speaking.samples.drop()
        if speaking.owed and self._is_unheard(speaking):
            self.forget(speaking)
            failed = Failed(Reason.VENDOR_EMPTY, "the vendor ended a context before it spoke the last text")
            return ((speaking.run, failed),)
        told = [*self.marked(speaking, list(speaking.owed))]
        if speaking.ended:
            self.forget(speaking)
            told.append((speaking.run, Finished()))
        return told

    def _is_unheard(self, speaking: Speaking) -> bool:
        if speaking.given_bytes == speaking.said_at_bytes:
            return True
        letters, ended_ms = speaking.alignment.unheard()
        return self.given_ms(speaking) - ended_ms < letters * _LEAST_MS_PER_LETTER

    def fail(self, speaking: Speaking | None, failed: Failed, *, is_over: bool) -> Told:
        """Fail the run, or the connection itself if no run is known.

        Args:
            speaking: the run; the failure of a silent one is not news.
            failed: why.
            is_over: whether the vendor has thereby ended the context.
        """
        if speaking is None:
            return ((0, failed),)
        was_silent = speaking.silent
        speaking.silent = True
        if is_over:
            self.forget(speaking)
        return () if was_silent else ((speaking.run, failed),)
