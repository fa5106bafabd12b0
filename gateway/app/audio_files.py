"""Headers of WAV files."""

import struct

from legato.domain.audio import AudioFormat, Encoding

_TAGS = {Encoding.PCM_S16LE: 1, Encoding.ALAW: 6, Encoding.MULAW: 7}
_UNKNOWN = 0xFFFF_FFFF


def wav_header(audio_format: AudioFormat, data_bytes: int | None = None) -> bytes:
    """Return the 44 bytes before the samples.

    Args:
        audio_format: format of the samples; one of the raw encodings.
        data_bytes: how many bytes follow; `None` while that is not known.
    """
    width = audio_format.bytes_per_sample
    rate = audio_format.sample_rate_hz
    data = _UNKNOWN if data_bytes is None else data_bytes
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        min(data + 36, _UNKNOWN),
        b"WAVE",
        b"fmt ",
        16,
        _TAGS[audio_format.encoding],
        1,
        rate,
        rate * width,
        width,
        8 * width,
        b"data",
        data,
    )
