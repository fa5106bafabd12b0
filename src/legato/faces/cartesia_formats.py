"""Cartesia's output formats, and how the gateway's audio becomes one of them.

Rules:
- `pcm_f32le` is made here from s16le samples: the gateway has no such encoding. 32768 is 1.0, so every sample keeps its value.
- A `wav` container takes every encoding; the length in its header is not known when it is sent.
- mp3 is not offered: it is refused by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from legato.audio.samples import FULL_SCALE
from legato.audio.wav import wav_header
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
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


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """One `output_format` of a client.

    Args:
        container: "raw" or "wav".
        encoding: as the client names it.
        audio_format: what the gateway makes for it.
    """

    container: str
    encoding: str
    audio_format: AudioFormat

    @property
    def content_type(self) -> str:
        """The content type of an HTTP response that is nothing but this audio."""
        return "audio/wav" if self.container == "wav" else "application/octet-stream"

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


def read_format(asked: object, containers: tuple[str, ...]) -> OutputFormat:
    """Parse an `output_format`.

    Args:
        asked: the value as it came.
        containers: those that this endpoint offers.

    Raises:
        SpeechError: `unknown_format`, or `bad_frame` if it is not such an object at all.
    """
    if not isinstance(asked, Mapping):
        raise SpeechError(
            Reason.BAD_FRAME, "output_format must be an object with container, encoding and sample_rate"
        )
    container, encoding = asked.get("container") or "raw", asked.get("encoding")
    if container not in containers:
        raise _unknown(f"container {shown(container)}", containers)
    encodings = _ENCODINGS[container]
    if encoding not in tuple(encodings):
        raise _unknown(f"encoding {shown(encoding)} with container {container}", tuple(encodings))
    rate = number(asked.get("sample_rate"))
    if not rate.is_integer():
        got = shown(asked.get("sample_rate"))
        raise SpeechError(
            Reason.BAD_FRAME, f"output_format.sample_rate must be a whole number of Hz; got {got}"
        )
    found = format_at(
        encodings[encoding], int(rate), named=f"encoding {encoding}", field="output_format.sample_rate"
    )
    return OutputFormat(container, encoding, found)


def _unknown(what: str, offered: tuple[str, ...]) -> SpeechError:
    return SpeechError(
        Reason.UNKNOWN_FORMAT, f"output_format.{what} is not supported; supported: {', '.join(offered)}"
    )
