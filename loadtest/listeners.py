"""One run of the generator against one contender, with the CPU time used between the edges of its window."""

import json
import math
import subprocess
import time
from dataclasses import dataclass
from typing import Any, cast

from loadtest.children import machine_busy_s
from loadtest.contenders import NATIVE, Contender, Field

_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What the listeners ask for.

    Args:
        name: name of the workload.
        streams: number of streams at once.
        chunk_ms: length of the vendor's chunks.
        pace: speed at which the vendor sends, in times real time.
        audio_ms: length of an utterance.
        period_ms: time from one utterance of a stream to its next; a multiple of it is measured.
        periods: how many periods are measured.
        first_ms: time until the vendor's first byte.
        cancel_ms: time from its first byte after which an utterance is cancelled; 0 for never.
        warm_ms: time before the window; 0 for one period, since only after that do all streams speak.
        measure_ms: length of the window; 0 for `periods` periods.
    """

    name: str
    streams: int
    chunk_ms: int
    pace: int
    audio_ms: int = 3_000
    period_ms: int = 3_000
    periods: int = 1
    first_ms: int = 0
    cancel_ms: int = 0
    warm_ms: int = 0
    measure_ms: int = 0

    @property
    def utterances(self) -> int:
        """Number of utterances that come due in the window."""
        return self.streams * self.periods

    @property
    def lasts_s(self) -> float:
        """How long a run takes: streams are opened, warmed up, measured, and heard to their end."""
        warm_ms, measure_ms = self._window_ms
        heard_out_ms = self.first_ms + self.audio_ms / self.pace
        return 0.3 + 0.002 * self.streams + (warm_ms + measure_ms + heard_out_ms) / 1000

    @property
    def _window_ms(self) -> tuple[int, int]:
        return self.warm_ms or max(self.period_ms, 1_000), self.measure_ms or self.period_ms * self.periods

    def arguments(self) -> list[str]:
        """Return the arguments for the generator."""
        warm_ms, measure_ms = self._window_ms
        settings = {
            "streams": self.streams,
            "warm_ms": warm_ms,
            "measure_ms": measure_ms,
            "period_ms": self.period_ms,
            "first_ms": self.first_ms,
            "chunk_ms": self.chunk_ms,
            "pace": self.pace,
            "audio_ms": self.audio_ms,
            "cancel_ms": self.cancel_ms,
        }
        return [f"{name}={value}" for name, value in settings.items()]


@dataclass(frozen=True, slots=True)
class Heard:
    """What one run measured; processor seconds are those in the window.

    Args:
        told: the generator's own account.
        window_s: how long the window was.
        cpu_s: processor seconds of the one under test.
        ends_s: processor seconds of vendor and generator.
        busy_s: processor seconds of the whole machine.
        rss_mb: memory of the one under test at the window's end.
    """

    told: dict[str, Any]
    window_s: float
    cpu_s: float
    ends_s: float
    busy_s: float
    rss_mb: float

    def ms(self, what: str, share: str) -> float:
        """Return a percentile, as `ms("ttfb_ms", "p50")`; not a number where nothing was measured."""
        found = float(self.told[what][share])
        return found if self.told[what]["n"] else math.nan

    @property
    def errors(self) -> int:
        """Utterances that failed, and streams that were lost."""
        return int(self.told["failed"] + self.told["lost_streams"])

    @property
    def audio_s(self) -> float:
        """Seconds of audio heard by all listeners."""
        return float(self.told["audio_s"])

    @property
    def cores(self) -> float:
        """Cores that the one under test used."""
        return self.cpu_s / self.window_s

    @property
    def foreign(self) -> float:
        """Cores used by anything outside this benchmark."""
        return max(self.busy_s - self.cpu_s - self.ends_s, 0.0) / self.window_s


def listen(field: Field, contender: Contender, load: Load) -> Heard:
    """Run the load and measure between the window's edges.

    Raises:
        RuntimeError: the generator failed.
    """
    child = contender.child

    def used() -> tuple[float, float, float, float]:
        return (
            time.monotonic(),
            child.cpu_s() if child else 0.0,
            field.vendor.cpu_s(),
            machine_busy_s(),
        )

    command = [
        "taskset", "--cpu-list", field.ends_core,
        str(NATIVE / "generator"), contender.mode, str(contender.port), *load.arguments(),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as generator:
        assert generator.stdout is not None, "it was asked for"
        try:
            _expect(generator.stdout.readline(), "begin")
            before = used()
            _expect(generator.stdout.readline(), "end")
            after = used()
            rss_mb = child.rss_mb() if child else 0.0
            told = _account(generator.stdout.readline())
            generator.wait(_PATIENCE_S)
        finally:
            generator.kill()
    window_s, cpu_s, vendor_s, busy_s = (b - a for a, b in zip(before, after, strict=True))
    return Heard(told, window_s, cpu_s, vendor_s + told["cpu_s"], busy_s, rss_mb)


def _account(line: str) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", json.loads(line))
    except ValueError:
        raise RuntimeError(f"expected an account from the generator, got {line.strip()!r}") from None


def _expect(line: str, word: str) -> None:
    if line.strip() != word:
        raise RuntimeError(f"expected {word!r} from the generator, got {line.strip()!r}")
