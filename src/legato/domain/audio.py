"""What audio may look like when it leaves, and the ledger that accounts for each of its samples.

Inside the house audio is s16le mono PCM. A sample here is an *output* sample: at the stream's rate, before the codec.
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
    """`PCM_S16LE` behind a header of unknown length."""


_PCM_RATES = (8_000, 16_000, 22_050, 24_000, 44_100, 48_000)
_RATES: dict[Encoding, tuple[int, ...]] = {
    Encoding.PCM_S16LE: _PCM_RATES,
    Encoding.MULAW: (8_000,),
    Encoding.ALAW: (8_000,),
    Encoding.WAV: _PCM_RATES,
}


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """One of the formats in `OFFERED`: mono, with a sample rate in Hz.

    Raises:
        ValueError: the pair is not offered; the message lists what is.
    """

    encoding: Encoding
    sample_rate_hz: int

    def __post_init__(self) -> None:
        if self.sample_rate_hz not in _RATES.get(self.encoding, ()):
            raise ValueError(
                f"{self.encoding} at {self.sample_rate_hz} Hz is not offered; offered: {_offer()}"
            )

    @classmethod
    def named(cls, encoding: str, sample_rate_hz: int) -> "AudioFormat":
        """The format a client asked for by name.

        Raises:
            ValueError: name or rate is not offered; the message lists what is.
        """
        try:
            known = Encoding(encoding)
        except ValueError:
            raise ValueError(f"the encoding {encoding!r} is not offered; offered: {_offer()}") from None
        return cls(known, sample_rate_hz)

    @property
    def bytes_per_sample(self) -> int:
        """Bytes that one sample takes after the codec."""
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
    """Why samples came to be, or ceased to be, in what the client is sent."""

    RUN = "run"
    """From a line, after resampling: adds."""
    PAUSE = "pause"
    """Silence put in for the mark between two segments: adds."""
    PADDING = "padding"
    """Silence that fills the last codec frame: adds."""
    LEAD_TRIM = "lead_trim"
    """Silence before a segment's first sound that was cut: takes away."""
    TAIL_TRIM = "tail_trim"
    """Silence after a segment's last sound that was cut: takes away."""
    CROSSFADE = "crossfade"
    """Samples that two runs or segments share: takes away."""
    FADE = "fade"
    """Held samples cut off behind a fade to silence: takes away."""
    DROPPED = "dropped"
    """Held samples thrown away: takes away."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A signed count of output samples. The entries of an utterance add up to the samples written, plus those still held."""

    kind: LedgerKind
    samples: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """What some audio looks like from afar, frame by frame.

    Args:
        start_sample: of the utterance, where the first frame begins.
        frame_samples: samples to a frame, 20 ms of them.
        levels_db: how loud each frame is; only differences mean something.
        pitches: natural logarithms of each frame's middle frequency in hertz.
    """

    start_sample: int
    frame_samples: int
    levels_db: tuple[float, ...]
    pitches: tuple[float, ...]

    def since(self, sample: int) -> "Sketch":
        """What lies behind this sample, but for a part of a frame."""
        skipped = max(round((sample - self.start_sample) / self.frame_samples), 0)
        start = self.start_sample + skipped * self.frame_samples
        return Sketch(start, self.frame_samples, self.levels_db[skipped:], self.pitches[skipped:])
