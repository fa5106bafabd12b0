"""Opus in Ogg, in packets of 20 ms; needs the extra `codecs`.

The encoder looks ahead by 6.5 ms, and holds back what does not fill a packet. When that is wanted, silence fills it: the stream goes on,
since players may not be able to follow a new one. The last page says where the sound ends, so nothing is added there.
"""

from itertools import count

from legato.audio.libav import LibavEncoder
from legato.audio.ogg import OggWriter, Place, last_position
from legato.audio.samples import Samples
from legato.domain.audio import AudioFormat

_OPTIONS = {"application": "voip", "compression_level": "5"}
"""20 ms of a voice take 90 to 220 us, depending on the bit rate."""
_CLOCK_HZ = 48_000
"""Positions count as if this were the sample rate, whatever it is."""
_VENDOR = b"Legato"
_TAGS = b"OpusTags" + len(_VENDOR).to_bytes(4, "little") + _VENDOR + bytes(4)
_LOOK_AHEAD = 312
"""Samples of `_CLOCK_HZ` by which the sound lags behind the packets, unless the encoder says otherwise."""
_serials = count(1)


class OpusEncoder:
    """Encodes one stream of samples, where Opus can be made."""

    __slots__ = ("_ahead", "_codec", "_end", "_format", "_ogg", "_packets", "_scale", "_since")

    def __init__(self, audio_format: AudioFormat) -> None:
        self._format = audio_format
        self._scale = _CLOCK_HZ // audio_format.sample_rate_hz
        self._ahead = 0
        self._codec: LibavEncoder | None = None
        self._ogg = OggWriter(next(_serials))
        self._packets = 0
        self._end = 0
        """Where what was given to be encoded ends, on the encoder's clock."""
        self._since = 0
        """Samples given since the encoder was last emptied."""

    def header(self) -> bytes:
        """Return nothing: what a decoder has to know goes with the first packet."""
        return b""

    def encode(self, samples: Samples) -> bytes:
        """Return pages with the packets that are complete now; there may be none."""
        if not len(samples):
            return b""
        if self._codec is None:
            rate, kbps = self._format.sample_rate_hz, self._format.bit_rate_kbps
            self._codec = LibavEncoder("libopus", rate, kbps, _OPTIONS)
            self._ahead = int.from_bytes(self._codec.config[10:12], "little") // self._scale
        packets = self._codec.encode(samples)
        self._end = self._codec.fed
        self._since += len(samples)
        return self._paged(self._codec, packets) if packets else b""

    def empty(self) -> bytes:
        """Return what is held back, followed by at most 26 ms of silence; nothing if there is none. More may be encoded."""
        packets = self._rest()
        self._since = 0
        return self._paged(self._codec, packets) if packets and self._codec is not None else b""

    def finish(self) -> bytes:
        """Return the last page, which says where the sound ends. Nothing may be encoded afterwards."""
        if self._codec is None:
            return b""
        return self._paged(self._codec, self._rest(), Place.LAST)

    def sent(self, given: int) -> int:
        """Return how many of the `given` samples a decoder gets from the packets so far, which lag behind by the look-ahead."""
        if self._codec is None:
            return given
        held = self._end + self._ahead - self._packets * self._codec.frame_samples
        return given - min(max(held, 0), self._since)

    def _rest(self) -> list[bytes]:
        codec = self._codec
        if codec is None or self._packets * codec.frame_samples >= self._end + self._ahead:
            return []
        return codec.fill(self._end + self._ahead - codec.fed)

    def _paged(self, codec: LibavEncoder, packets: list[bytes], place: Place = Place.WITHIN) -> bytes:
        head = b"" if self._packets else self._head(codec)
        step = codec.frame_samples * self._scale
        first = self._packets + 1
        self._packets += len(packets)
        positions = [step * number for number in range(first, self._packets + 1)]
        if place is Place.LAST and packets:
            positions[-1] = (self._end + self._ahead) * self._scale
        return head + self._ogg.pages(packets, positions, place)

    def _head(self, codec: LibavEncoder) -> bytes:
        return self._ogg.page([codec.config], 0, Place.FIRST) + self._ogg.page([_TAGS], 0)


def samples_until(data: bytes, rate_hz: int) -> int | None:
    """Return how many samples of the stream sound up to the end of these pages; `None` if they say nothing of it."""
    position = last_position(data)
    return (
        None
        if position is None or position < _LOOK_AHEAD
        else (position - _LOOK_AHEAD) * rate_hz // _CLOCK_HZ
    )
