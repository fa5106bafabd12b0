"""From one line's bytes to output samples of the stream's format, before the codec: the audio of one utterance.

Bytes go through an `Intake` (headers, odd bytes), a `Resampler` (rate) and, if segments are joined, a `Joiner` (silence), and wait on a
`Reel` (order, seams, ledger) until they are taken. Nothing here waits, and nothing depends on how the bytes were cut.
"""

from collections.abc import Callable

from legato.audio.intake import Intake
from legato.audio.joiner import Joiner, Joining
from legato.audio.leveller import Leveller
from legato.audio.reel import Reel
from legato.audio.resampler import Resampler
from legato.audio.samples import Samples
from legato.audio.sketcher import Sketcher
from legato.domain.audio import LedgerEntry, LedgerKind, Sketch


class Pipe:
    """The audio of one utterance, whichever lines it comes from. All counts are output samples.

    Args:
        out_rate_hz: the stream's rate.
        joining: how segments are joined; `None` if the vendor does that itself, and audio passes as it comes.
        levelled: whether every run is brought to the loudness of the first one.
    """

    __slots__ = (
        "_in_rate_hz",
        "_intake",
        "_joiner",
        "_leveller",
        "_onward",
        "_out_rate_hz",
        "_reel",
        "_resampler",
    )

    def __init__(self, out_rate_hz: int, joining: Joining | None = None, *, levelled: bool = False) -> None:
        self._out_rate_hz = out_rate_hz
        self._reel = Reel(out_rate_hz)
        self._joiner = Joiner(self._reel, out_rate_hz, joining) if joining is not None else None
        self._leveller = Leveller(out_rate_hz) if levelled else None
        self._onward: Callable[[Samples], None] = (
            self._reel.run if self._joiner is None else self._joiner.feed
        )
        """Where samples of the stream's rate and loudness go; looked up once, not for every chunk."""
        self._intake: Intake | None = None
        self._in_rate_hz = -1  # none: a header may well say 0
        self._resampler: Resampler | None = None
        """`None` if the line's rate is the stream's."""

    @property
    def available(self) -> int:
        """Samples that can be taken now."""
        return self._reel.available

    @property
    def taken(self) -> int:
        """Samples taken so far."""
        return self._reel.taken

    @property
    def withheld(self) -> int:
        """Silent samples not available yet, because they may be the end of a segment; `release` makes them available."""
        return 0 if self._joiner is None else self._joiner.held

    @property
    def shift_ms(self) -> float | None:
        """By how much this segment sounds later in its run than its line has counted: silence added, less what was cut.

        `None` while that is unknown, because the segment has not sounded yet.
        """
        shift = self._joiner.shift if self._joiner is not None else 0
        return None if shift is None else shift * 1000 / self._out_rate_hz

    @property
    def audible_at(self) -> int:
        """Index of the utterance's first audible sample; -1 while there is none."""
        return self._reel.audible_at

    def begin_run(self, in_rate_hz: int, *, sketched: bool = False) -> int:
        """Begin a run: audio of another line follows; the run before ends here, if it has not.

        Args:
            in_rate_hz: rate that the line says; a WAV header overrides it.
            sketched: whether `sketch` is to know what the run looks like.

        Returns:
            Samples available.
        """
        self.end_run()
        self._intake = Intake(in_rate_hz)
        self._reel.sketcher = Sketcher(self._out_rate_hz, self.available + self.taken) if sketched else None
        if self._leveller is not None:
            self._leveller.begin_run()
        if self._joiner is not None:
            self._joiner.begin_run()
        self._reel.smooth()
        return self.available

    def push(self, data: bytes | memoryview) -> int:
        """Take bytes of the run: s16le mono, cut anywhere; a WAV header at its start is removed.

        Returns:
            Samples available.

        Raises:
            ValueError: no run was begun, or its WAV header announces a format that is not read here; the run is then of no use.
        """
        if self._intake is None:
            raise ValueError("audio before its run was begun")
        self._convert(self._intake, self._intake.push(data))
        return self._reel.available

    def end_run(self) -> int:
        """End the run: what is left in the filter comes out, and a segment still open ends.

        Returns:
            Samples available. `ceil(in * L / M)` samples of the run were made in all (with joining, of each of its segments).
        """
        intake, self._intake = self._intake, None
        if intake is not None:
            self._convert(intake, intake.finish())
            self._flush()
            if self._joiner is not None:
                self._joiner.end()
            self._reel.seal()
        return self.available

    def begin_segment(self, pause_ms: int) -> int:
        """Begin a segment, to be heard `pause_ms` after the one before; 0 after a cut without a mark.

        Returns:
            Samples available.
        """
        if self._joiner is not None:
            self._flush()
            self._joiner.begin(pause_ms)
        return self.available

    def rest(self, pause_ms: int) -> int:
        """Let what comes next be heard `pause_ms` after the sound before it, with no other joining: a context ended in between.

        Returns:
            Samples available.
        """
        if self.available + self.taken:
            missing = self._out_rate_hz * pause_ms // 1000 - self._reel.ends_silent()
            if missing > 0:
                self._reel.smooth()
                self._reel.silence(missing)
                self._reel.smooth()
        return self.available

    def end_segment(self) -> int:
        """End the segment: all its bytes were given.

        Returns:
            Samples available: with joining, all that the segment will ever have.
        """
        if self._joiner is not None:
            self._flush()
            self._joiner.end()
        return self.available

    def sketch(self) -> Sketch | None:
        """Return what the run looks like since it began or since `sketch_anew`; `None` if that was not asked for."""
        return None if self._reel.sketcher is None else self._reel.sketcher.sketch()

    def sketch_anew(self) -> None:
        """Begin a new sketch: what has come so far is known well enough."""
        if self._reel.sketcher is not None:
            self._reel.sketcher.begin_anew()

    def end_sketch(self) -> None:
        """Stop sketching: what the run looks like is no longer of interest."""
        self._reel.sketcher = None

    def release(self) -> int:
        """Give out the silence that is withheld, when the listener would otherwise run dry; return samples available."""
        if self._joiner is not None:
            self._joiner.release()
        return self.available

    def take(self, samples: int) -> Samples:
        """Remove exactly this many samples from the front; the array may be a view and must not be written to.

        Raises:
            ValueError: fewer are held.
        """
        return self._reel.take(samples)

    def drop(self, *, keep: int = 0) -> int:
        """Throw away what is held after the first `keep` samples; return how many samples went.

        To go on from a known point on another line: `end_run`, `drop(keep=…)`, `begin_run`.
        """
        return self._reel.drop(keep=keep) if self._joiner is None else self._joiner.drop(keep=keep)

    def fade_tail(self, samples: int) -> Samples:
        """Take up to `samples` samples, falling to silence over their length, and throw away all the rest."""
        if self._joiner is not None:
            self._joiner.release()
        return self._reel.fade_tail(samples)

    def pad(self, samples: int) -> int:
        """Add this many samples of silence, to fill the last codec frame; return samples available."""
        self._reel.settle()
        self._reel.smooth()
        self._reel.silence(samples, LedgerKind.PADDING)
        return self.available

    def entries(self) -> list[LedgerEntry]:
        """Return the ledger since the last call. All entries of an utterance add up to `available + taken`, at any time."""
        return self._reel.entries()

    def _convert(self, intake: Intake, samples: Samples) -> None:
        if not len(samples):
            return
        if intake.rate_hz != self._in_rate_hz:
            self._tune(intake.rate_hz)
        if self._resampler is not None:
            samples = self._resampler.push(samples)
        if self._leveller is None and len(samples):
            self._onward(samples)
        else:
            self._deliver(samples)

    def _tune(self, in_rate_hz: int) -> None:
        resampler = Resampler(in_rate_hz, self._out_rate_hz)  # it refuses what is not a rate of audio
        self._resampler = None if in_rate_hz == self._out_rate_hz else resampler
        self._in_rate_hz = in_rate_hz

    def _flush(self) -> None:
        if self._resampler is not None:
            self._deliver(self._resampler.flush())
            self._resampler.reset()

    def _deliver(self, samples: Samples) -> None:
        if not len(samples):
            return
        if self._leveller is not None:
            samples = self._leveller.apply(samples)
        self._onward(samples)
