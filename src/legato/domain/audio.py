"""The audio formats a client may ask for, and the ledger that accounts for every sample sent.

Inside the gateway audio is s16le mono PCM. A sample here is an *output* sample: at the stream's rate, before the codec.
"""

import enum
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field


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
    MP3 = "mp3"
    """MPEG-1, 2 or 2.5 audio layer III, at a constant bit rate; needs an extra, like those below."""
    OPUS = "opus"
    """Opus in Ogg."""
    FLAC = "flac"
    """FLAC as a stream."""
    AAC = "aac"
    """AAC-LC in ADTS."""


EXTRAS: Mapping[Encoding, str] = {
    Encoding.MP3: "mp3",
    Encoding.OPUS: "codecs",
    Encoding.FLAC: "codecs",
    Encoding.AAC: "codecs",
}
"""The encodings whose encoders are not the gateway's own, with the extra that installs them."""


@dataclass(frozen=True, slots=True)
class Encoders(Collection[Encoding]):
    """The encodings of `EXTRAS` that can be made.

    Args:
        made: these.
        broken: those whose extra is installed and does not work, with the cause.
    """

    made: Collection[Encoding] = ()
    broken: Mapping[Encoding, str] = field(default_factory=dict)

    def __contains__(self, encoding: object) -> bool:
        """Whether this encoding can be made."""
        return encoding in self.made

    def __iter__(self) -> Iterator[Encoding]:
        """The encodings that can be made."""
        return iter(self.made)

    def __len__(self) -> int:
        """How many can be made."""
        return len(self.made)


USUAL_HZ: Mapping[Encoding, int] = {
    **dict.fromkeys(Encoding, 24_000),
    Encoding.MULAW: 8_000,
    Encoding.ALAW: 8_000,
    Encoding.OPUS: 48_000,  # what its decoders give, whatever it was made from
}
"""The sample rate of each encoding where none is asked for."""
_PCM_RATES = (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_G711_RATES = (8_000, 16_000)
_RATES: dict[Encoding, tuple[int, ...]] = {
    Encoding.PCM_S16LE: _PCM_RATES,
    Encoding.MULAW: _G711_RATES,
    Encoding.ALAW: _G711_RATES,
    Encoding.WAV: _PCM_RATES,
}
MP3_BIT_RATES: Mapping[int, tuple[int, ...]] = {
    **dict.fromkeys(
        (32_000, 44_100, 48_000), (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    ),
    **dict.fromkeys((16_000, 22_050, 24_000), (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)),
    8_000: (8, 16, 24, 32, 40, 48, 56, 64),
}
"""The bit rates of MP3 in kbit/s, by sample rate: those of MPEG-1, of MPEG-2, and what encoders offer of MPEG-2.5."""
OPUS_BIT_RATES = range(4, 257)
"""The bit rates of Opus in kbit/s, for one channel."""
AAC_BIT_RATES = range(4, 193)
"""The bit rates of AAC in kbit/s; at low sample rates the encoder goes no higher than the format allows."""
_BIT_RATES: Mapping[Encoding, Mapping[int, Sequence[int]]] = {
    Encoding.MP3: dict(sorted(MP3_BIT_RATES.items())),
    Encoding.OPUS: dict.fromkeys((8_000, 16_000, 24_000, 48_000), OPUS_BIT_RATES),
    Encoding.FLAC: dict.fromkeys(_PCM_RATES, (0,)),
    Encoding.AAC: dict.fromkeys(_PCM_RATES, AAC_BIT_RATES),
}
_USUAL_BIT_RATES: Mapping[Encoding, Sequence[tuple[int, int]]] = {
    Encoding.MP3: ((8_000, 32), (24_000, 64), (48_000, 128)),
    Encoding.OPUS: ((8_000, 16), (16_000, 24), (48_000, 32)),
    Encoding.AAC: ((8_000, 32), (16_000, 48), (32_000, 64), (48_000, 96)),
}
"""The bit rate in kbit/s for speech that nobody asked to be smaller, up to each sample rate."""
_CODEC_DELAYS: Mapping[Encoding, int] = {Encoding.MP3: 1_105, Encoding.AAC: 1_024}


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """A format: mono, with a sample rate in Hz, and a bit rate in kbit/s if it has one; 0 for the usual one.

    Raises:
        ValueError: this encoding is not made at these rates; the message lists what is.
    """

    encoding: Encoding
    sample_rate_hz: int
    bit_rate_kbps: int = 0

    def __post_init__(self) -> None:
        rate, kbps = self.sample_rate_hz, self.bit_rate_kbps
        if rate not in sample_rates(self.encoding):
            raise ValueError(f"{self.encoding} at {rate} Hz is not supported; supported: {_offer()}")
        known = bit_rates(self.encoding, rate)
        if not kbps and known:
            usual = next(usual for most, usual in _USUAL_BIT_RATES[self.encoding] if rate <= most)
            object.__setattr__(self, "bit_rate_kbps", usual)
        elif kbps and kbps not in known:
            expected = listed(known) if known else "none, since this encoding has no bit rate"
            raise ValueError(
                f"{self.encoding} at {rate} Hz and {kbps} kbit/s is not supported; supported bit rates: {expected}"
            )

    @classmethod
    def named(cls, encoding: str, sample_rate_hz: int = 0, bit_rate_kbps: int = 0) -> "AudioFormat":
        """The format a client asked for by name; a rate of 0 is the encoding's usual one.

        Raises:
            ValueError: the name or a rate is not known; the message lists what is.
        """
        known = next((one for one in Encoding if one == encoding), None)
        if known is None:
            raise ValueError(f"the encoding {encoding!r} is not supported; supported: {_offer()}")
        return cls(known, sample_rate_hz or USUAL_HZ[known], bit_rate_kbps)

    @property
    def bytes_per_sample(self) -> int:
        """Bytes per sample after the codec, if it has such a number."""
        return 1 if self.encoding in {Encoding.MULAW, Encoding.ALAW} else 2

    @property
    def lags(self) -> bool:
        """Whether an encoder of this format holds audio back until more comes or it is finished."""
        return self.encoding in EXTRAS

    @property
    def codec_delay(self) -> int:
        """Samples of silence that a decoder gives before the first sample, and does not drop by itself."""
        return _CODEC_DELAYS.get(self.encoding, 0)

    @property
    def bytes_per_s(self) -> int:
        """Bytes per second after the codec; on average if they vary, and of FLAC what it makes of speech."""
        raw = self.sample_rate_hz * self.bytes_per_sample
        return self.bit_rate_kbps * 125 or (raw // 2 if self.encoding is Encoding.FLAC else raw)

    def samples_in(self, size: int) -> int:
        """How many samples this many bytes hold, on average if that varies."""
        return size * self.sample_rate_hz // self.bytes_per_s

    def samples(self, ms: float) -> int:
        """Whole samples in `ms` milliseconds, rounded down."""
        return int(self.sample_rate_hz * ms // 1000)

    def ms(self, samples: int) -> float:
        """How many milliseconds `samples` samples last."""
        return samples * 1000 / self.sample_rate_hz


def sample_rates(encoding: Encoding) -> Sequence[int]:
    """The sample rates of an encoding, in Hz; none if it is not known."""
    return _RATES.get(encoding) or tuple(_BIT_RATES.get(encoding, ()))


def bit_rates(encoding: Encoding, sample_rate_hz: int) -> Sequence[int]:
    """The bit rates of an encoding at one of its sample rates, in kbit/s; none if it has no bit rate."""
    known = _BIT_RATES.get(encoding, {}).get(sample_rate_hz, ())
    return () if encoding is Encoding.FLAC else known


def listed(rates: Sequence[int]) -> str:
    """Rates for people to read, such as "8000, 16000" or "4 to 192"."""
    return f"{rates[0]} to {rates[-1]}" if isinstance(rates, range) else ", ".join(map(str, rates))


def _offer() -> str:
    return "; ".join(f"{encoding} at {listed(sample_rates(encoding))} Hz" for encoding in Encoding)


def offered(encoders: Collection[Encoding]) -> Sequence[AudioFormat]:
    """Every format on offer where these encodings can be made of those that need an extra: their usual bit rates, for others exist."""
    extra = [one for one in Encoding if one in EXTRAS and one in encoders]
    return (*OFFERED, *[AudioFormat(one, rate) for one in extra for rate in sample_rates(one)])


OFFERED: tuple[AudioFormat, ...] = tuple(
    AudioFormat(encoding, rate) for encoding, rates in _RATES.items() for rate in rates
)
"""Every format that a client may ask for everywhere. The others need an extra."""


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
