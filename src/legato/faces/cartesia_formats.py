"""Cartesia's output formats, and how the gateway's audio becomes one of them.

Rules:
- `pcm_f32le` is made here from s16le samples: the gateway has no such encoding. 32768 is 1.0, so every sample keeps its value.
- A `wav` container takes every encoding; the length in its header is not known when it is sent.
- `mp3` is a container of its own, with a bit rate; it is offered where it can be made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from legato.audio.samples import FULL_SCALE
from legato.audio.wav import wav_header
from legato.domain.audio import MP3_BIT_RATES, AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.faces.errors import bad_frame
from legato.faces.extras import Installed, lacking
from legato.faces.numbers import number
from legato.faces.rates import format_at
from legato.faces.shown import shown

_FLOATS = "pcm_f32le"
_ENCODINGS = {
    "raw": {
        "pcm_s16le": Encoding.PCM_S16LE,
        "pcm_f32le": Encoding.PCM_S16LE,
        "pcm_mulaw": Encoding.MULAW,
        "pcm_alaw": Encoding.ALAW,
    },
    "wav": {
        "pcm_s16le": Encoding.WAV,
        "pcm_f32le": Encoding.PCM_S16LE,
        "pcm_mulaw": Encoding.MULAW,
        "pcm_alaw": Encoding.ALAW,
    },
}


_CONTENT_TYPES = {"raw": "application/octet-stream", "wav": "audio/wav", "mp3": "audio/mpeg"}
_USUAL_MP3_HZ, _USUAL_MP3_BIT_RATE = 44_100, 128_000
_USUAL_MP3 = AudioFormat(Encoding.MP3, _USUAL_MP3_HZ, _USUAL_MP3_BIT_RATE // 1000)
_MP3_BIT_RATES = (32_000, 192_000)


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """One `output_format` of a client.

    Args:
        container: "raw", "wav" or "mp3".
        encoding: as the client names it; empty for mp3.
        audio_format: what the gateway makes for it.
    """

    container: str
    encoding: str
    audio_format: AudioFormat

    @property
    def content_type(self) -> str:
        """The content type of an HTTP response that is nothing but this audio."""
        return _CONTENT_TYPES[self.container]

    @property
    def head(self) -> bytes:
        """The bytes before the first audio, if the gateway's encoder does not write them itself."""
        made = self.audio_format
        if self.container != "wav" or made.encoding is Encoding.WAV:
            return b""
        return wav_header(made.sample_rate_hz, made.encoding, floats=self.encoding == _FLOATS)

    def sound(self, data: bytes) -> bytes:
        """Convert the gateway's audio, in whole samples, to what the client wants."""
        if self.encoding != _FLOATS:
            return data
        return (np.frombuffer(data, "<i2").astype("<f4") / np.float32(FULL_SCALE)).tobytes()

    def __str__(self) -> str:
        return f"{self.container} {self.encoding} at {self.audio_format.sample_rate_hz} Hz"


def read_format(asked: object, containers: tuple[str, ...], installed: Installed = None) -> OutputFormat:
    """Parse an `output_format`.

    Args:
        asked: the value as it came.
        containers: those that this endpoint offers.
        installed: the encodings of the installed extras, if the endpoint takes any.

    Raises:
        SpeechError: `unknown_format`, or `bad_frame` if it is not such an object at all.
    """
    if not isinstance(asked, Mapping):
        raise bad_frame("output_format must be an object with container, encoding and sample_rate")
    container, encoding = asked.get("container") or "raw", asked.get("encoding")
    if container not in containers:
        unmade = _USUAL_MP3 if container == "mp3" else None
        raise _unknown(f"container {shown(container)}", containers, lacking(unmade, installed))
    if container == "mp3":
        return OutputFormat(container, "", _mp3_format(asked))
    encodings = _ENCODINGS[container]
    if encoding not in tuple(encodings):
        raise _unknown(f"encoding {shown(encoding)} with container {container}", tuple(encodings))
    found = format_at(
        encodings[encoding],
        _whole(asked, "sample_rate", "Hz"),
        named=f"encoding {encoding}",
        field="output_format.sample_rate",
    )
    return OutputFormat(container, encoding, found)


def _mp3_format(asked: Mapping[str, Any]) -> AudioFormat:
    rate = _whole(asked, "sample_rate", "Hz", _USUAL_MP3_HZ)
    bit_rate = _whole(asked, "bit_rate", "bit/s", _USUAL_MP3_BIT_RATE)
    least, most = _MP3_BIT_RATES
    kbps, rest = divmod(bit_rate, 1000)
    if rest or not least <= bit_rate <= most or kbps not in MP3_BIT_RATES.get(rate, ()):
        told = (
            f"output_format.sample_rate {rate} with bit_rate {bit_rate} is not supported with container mp3"
        )
        rates = ", ".join(
            str(one * 1000) for one in MP3_BIT_RATES[_USUAL_MP3_HZ] if least <= one * 1000 <= most
        )
        usual = f"sample_rate {_USUAL_MP3_HZ} with bit_rate {rates}"
        raise SpeechError(Reason.UNKNOWN_FORMAT, f"{told}; supported, for example: {usual}")
    return AudioFormat(Encoding.MP3, rate, kbps)


def _whole(asked: Mapping[str, Any], field: str, unit: str, usual: int | None = None) -> int:
    value = asked.get(field)
    value = usual if value is None else value
    exact = number(value)
    if not exact.is_integer():
        raise bad_frame(f"output_format.{field} must be a whole number of {unit}; got {shown(value)}")
    return int(exact)


def _unknown(what: str, offered: tuple[str, ...], lacks: str = "") -> SpeechError:
    told = f"output_format.{what} is not supported{lacks}; supported: {', '.join(offered)}"
    return SpeechError(Reason.UNKNOWN_FORMAT, told)
