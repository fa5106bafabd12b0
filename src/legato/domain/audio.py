"""The audio formats a client may ask for, and the ledger that accounts for every sample sent.

Inside the gateway audio is s16le mono PCM. A sample here is an *output* sample: at the stream's rate, before the codec.
"""

import enum
from dataclasses import dataclass


class Encoding(enum.StrEnum):
    """How samples become bytes for the client."""

    PCM_S16LE = "pcm_s16le"
    """Raw signed 16-bit little-endian samples."""
    MULAW = "mulaw"
    """G.711 mu-law, one byte a sample."""
    ALAW = "alaw"
    """G.711 A-law, one byte a sample."""
    WAV = "wav"
    """`PCM_S16LE` after a WAV header that leaves the length open."""


_PCM_RATES = (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_G711_RATES = (8_000, 16_000)
_RATES: dict[Encoding, tuple[int, ...]] = {
    Encoding.PCM_S16LE: _PCM_RATES,
    Encoding.MULAW: _G711_RATES,
    Encoding.ALAW: _G711_RATES,
    Encoding.WAV: _PCM_RATES,
}


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """One of the formats in `OFFERED`: mono, with a sample rate in Hz.

    Raises:
        ValueError: this encoding is not offered at this rate; the message lists what is.
    """

    encoding: Encoding
    sample_rate_hz: int

    def __post_init__(self) -> None:
        if self.sample_rate_hz not in _RATES.get(self.encoding, ()):
            raise ValueError(
                f"{self.encoding} at {self.sample_rate_hz} Hz is not supported; supported: {_offer()}"
            )

    @classmethod
    def named(cls, encoding: str, sample_rate_hz: int) -> "AudioFormat":
        """The format a client asked for by name.

        Raises:
            ValueError: the name or the rate is not offered; the message lists what is.
        """
        try:
            known = Encoding(encoding)
        except ValueError:
            raise ValueError(f"the encoding {encoding!r} is not supported; supported: {_offer()}") from None
        return cls(known, sample_rate_hz)

    @property
    def bytes_per_sample(self) -> int:
        """Bytes per sample after the codec."""
        return 1 if self.encoding in {Encoding.MULAW, Encoding.ALAW} else 2

    def samples(self, ms: float) -> int:
        """Whole samples in `ms` milliseconds, rounded down."""
        return int(self.sample_rate_hz * ms // 1000)

    def ms(self, samples: int) -> float:
        """How many milliseconds `samples` samples last."""
        return samples * 1000 / self.sample_rate_hz


def _offer() -> str:
    return "; ".join(f"{encoding} at {_listed(rates)} Hz" for encoding, rates in _RATES.items())


def _listed(rates: tuple[int, ...]) -> str:
    return ", ".join(str(rate) for rate in rates)


OFFERED: tuple[AudioFormat, ...] = tuple(
    AudioFormat(encoding, rate) for encoding, rates in _RATES.items() for rate in rates
)
"""Every format a client may ask for."""


class LedgerKind(enum.StrEnum):
    """Why samples were added to, or removed from, what the client is sent."""

    RUN = "run"
    """From a line, after resampling: adds."""
    PAUSE = "pause"
    """Silence inserted for the mark between two segments: adds."""
    PADDING = "padding"
    """Silence that fills the last codec frame: adds."""
    LEAD_TRIM = "lead_trim"
    """Silence cut before a segment's first sound: removes."""
    TAIL_TRIM = "tail_trim"
    """Silence cut after a segment's last sound: removes."""
    CROSSFADE = "crossfade"
    """Samples in which two runs or segments overlap: removes."""
    FADE = "fade"
    """Held samples cut off after a fade to silence: removes."""
    DROPPED = "dropped"
    """Held samples thrown away: removes."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A signed count of output samples. The entries of an utterance add up to the samples written, plus those still held."""

    kind: LedgerKind
    samples: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """A coarse outline of some audio: the level and pitch of each frame.

    Args:
        start_sample: sample of the utterance at which the first frame begins.
        frame_samples: samples per frame; a frame is 20 ms.
        levels_db: loudness of each frame; only differences between frames mean anything.
        pitches: natural logarithm of each frame's middle frequency in hertz.
    """

    start_sample: int
    frame_samples: int
    levels_db: tuple[float, ...]
    pitches: tuple[float, ...]

    def since(self, sample: int) -> "Sketch":
        """The part from this sample on, to the nearest whole frame."""
        skipped = max(round((sample - self.start_sample) / self.frame_samples), 0)
        start = self.start_sample + skipped * self.frame_samples
        return Sketch(start, self.frame_samples, self.levels_db[skipped:], self.pitches[skipped:])
