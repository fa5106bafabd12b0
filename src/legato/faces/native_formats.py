"""The native contract's audio formats: what a client may ask for, and how it is told what it may not."""

from collections.abc import Collection

from legato.domain.audio import (
    EXTRAS,
    USUAL_HZ,
    AudioFormat,
    Encoding,
    bit_rates,
    listed,
    sample_rates,
)
from legato.domain.errors import Reason, SpeechError
from legato.faces.extras import Installed, lacking
from legato.v1 import audio_pb2

NUMBERS: dict[Encoding, audio_pb2.Encoding] = {
    Encoding.PCM_S16LE: audio_pb2.ENCODING_PCM_S16LE,
    Encoding.MULAW: audio_pb2.ENCODING_MULAW,
    Encoding.ALAW: audio_pb2.ENCODING_ALAW,
    Encoding.WAV: audio_pb2.ENCODING_WAV,
    Encoding.MP3: audio_pb2.ENCODING_MP3,
    Encoding.OPUS: audio_pb2.ENCODING_OPUS,
    Encoding.FLAC: audio_pb2.ENCODING_FLAC,
    Encoding.AAC: audio_pb2.ENCODING_AAC,
}
"""The contract's number of every encoding."""
_ENCODINGS = {number: encoding for encoding, number in NUMBERS.items()}
_ENCODINGS[audio_pb2.ENCODING_UNSPECIFIED] = Encoding.PCM_S16LE
_NAMES = {encoding: audio_pb2.Encoding.Name(number) for encoding, number in NUMBERS.items()}


def read_format(message: audio_pb2.AudioFormat, installed: Installed) -> AudioFormat:
    """Return the format that a client asks for. If left unset, the encoding is pcm_s16le, the rates the encoding's usual ones.

    Args:
        message: what it asks for.
        installed: the encodings that can be made of those that need an extra.

    Raises:
        SpeechError: `unknown_format`, listing what is offered.
    """
    encoding = _ENCODINGS.get(message.encoding)
    if encoding is None:
        raise unknown_format(f"the encoding number {message.encoding} is not supported", installed)
    name, rate_hz = _NAMES[encoding], message.sample_rate_hz or USUAL_HZ[encoding]
    if rate_hz not in sample_rates(encoding):
        raise unknown_format(f"{name} at {rate_hz} Hz is not supported", installed, encoding)
    try:
        asked = AudioFormat(encoding, rate_hz, message.bit_rate_kbps)
    except ValueError:
        raise _bit_rate_refused(message.bit_rate_kbps, encoding, rate_hz) from None
    if encoding in EXTRAS and encoding not in (installed or ()):
        raise unknown_format(f"{name} is not supported{lacking(asked, installed)}", installed)
    return asked


def write_format(value: AudioFormat) -> audio_pb2.AudioFormat:
    """Return a format as the contract's message."""
    return audio_pb2.AudioFormat(
        encoding=NUMBERS[value.encoding],
        sample_rate_hz=value.sample_rate_hz,
        bit_rate_kbps=value.bit_rate_kbps,
    )


def unknown_format(message: str, installed: Installed, asked: Encoding | None = None) -> SpeechError:
    """Return the error for a format that is not offered; it lists those that are, and those of the encoding `asked` for."""
    made: Collection[Encoding] = installed or ()
    offer = [one for one in NUMBERS if one not in EXTRAS or one in made or one is asked]
    told = "; ".join(f"{_NAMES[one]} at {listed(sample_rates(one))} Hz" for one in offer)
    return SpeechError(Reason.UNKNOWN_FORMAT, f"{message}; supported: {told}")


def _bit_rate_refused(kbps: int, encoding: Encoding, rate_hz: int) -> SpeechError:
    known = bit_rates(encoding, rate_hz)
    expected = f"0 (the usual) or {listed(known)}" if known else "0, since it has no bit rate"
    return SpeechError(
        Reason.UNKNOWN_FORMAT,
        f"bit_rate_kbps {kbps} is not supported; with {_NAMES[encoding]} at {rate_hz} Hz it must be {expected}",
    )
