"""The audio formats of Deepgram's speak endpoint over plain HTTP.

Rules:
- Audio comes as WAV unless `container=none`, `mulaw` and `alaw` too.
- mp3, the vendor's default, opus, flac and aac are offered where their extra is installed, at the vendor's sample rates and bit rates.
- A bit rate is taken to the nearest kbit/s. Opus of one channel has no more than 256: a higher one that the vendor takes means that.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legato.domain.audio import OPUS_BIT_RATES, AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.faces.deepgram_requests import rate_of
from legato.faces.extras import Installed, lacking
from legato.faces.rates import format_at
from legato.faces.shown import shown

FILE = "audio/wav"
"""The content type of audio that needs a WAV header."""
_FORMATS = {
    ("linear16", "wav"): (Encoding.PCM_S16LE, 24_000, FILE),
    ("linear16", "none"): (Encoding.PCM_S16LE, 24_000, "audio/l16;rate={}"),
    ("mulaw", "wav"): (Encoding.MULAW, 8_000, FILE),
    ("mulaw", "none"): (Encoding.MULAW, 8_000, "audio/mulaw;rate={}"),
    ("alaw", "wav"): (Encoding.ALAW, 8_000, FILE),
    ("alaw", "none"): (Encoding.ALAW, 8_000, "audio/alaw;rate={}"),
}
_DEFAULT = "mp3"
_DIGITS = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class _Encoded:
    """One encoding that needs an extra.

    Args:
        encoding: the gateway's.
        content_type: that of the response.
        rates_hz: its sample rates.
        bit_rates: its bit rates in bit/s; none if it has no such thing.
        usual: the format of a client that names neither.
    """

    encoding: Encoding
    content_type: str
    rates_hz: Sequence[int]
    bit_rates: Sequence[int]
    usual: AudioFormat


_ENCODED = {
    ("mp3", "none"): _Encoded(
        Encoding.MP3, "audio/mpeg", (22_050,), (32_000, 48_000), AudioFormat(Encoding.MP3, 22_050, 48)
    ),
    ("opus", "ogg"): _Encoded(
        Encoding.OPUS,
        "audio/ogg;codecs=opus",
        (48_000,),
        range(4_000, 650_001),
        AudioFormat(Encoding.OPUS, 48_000, 12),
    ),
    ("flac", "none"): _Encoded(
        Encoding.FLAC,
        "audio/flac",
        (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
        (),
        AudioFormat(Encoding.FLAC, 48_000),
    ),
    ("aac", "none"): _Encoded(
        Encoding.AAC, "audio/aac", (22_050,), range(4_000, 192_001), AudioFormat(Encoding.AAC, 22_050, 48)
    ),
}
_USUAL_CONTAINER = dict.fromkeys((encoding for encoding, _ in _FORMATS), "wav") | dict(_ENCODED.keys())


def format_of(query: Mapping[str, str], installed: Installed) -> tuple[AudioFormat, str]:
    """The audio format of a request, and its content type.

    Args:
        query: the request's.
        installed: the encodings that can be made of those that need an extra.

    Raises:
        SpeechError: `unknown_format`, or `bad_frame` for a sample rate that is no number.
    """
    encoding = query.get("encoding") or _DEFAULT
    container = query.get("container") or _USUAL_CONTAINER.get(encoding, "none")
    plain = _FORMATS.get((encoding, container))
    if plain is not None:
        kind, usual_hz, content_type = plain
        audio_format = format_at(kind, rate_of(query, usual_hz), named=f"encoding {encoding}")
        return audio_format, content_type.format(audio_format.sample_rate_hz)
    encoded = _ENCODED.get((encoding, container))
    here = installed or ()
    if encoded is None or encoded.encoding not in here:
        names = [*_FORMATS, *(name for name, one in _ENCODED.items() if one.encoding in here)]
        offered = ", ".join(f"encoding={one}&container={other}" for one, other in names)
        lacks = lacking(encoded.usual if encoded else None, installed)
        raise _unknown(f"{_asked(query)} is not supported{lacks}", offered)
    return _encoded_format(query, encoding, encoded), encoded.content_type


def _encoded_format(query: Mapping[str, str], name: str, encoded: _Encoded) -> AudioFormat:
    usual, rate = encoded.usual, rate_of(query, encoded.usual.sample_rate_hz)
    if rate not in encoded.rates_hz:
        offered = ", ".join(map(str, encoded.rates_hz))
        raise _unknown(f"sample_rate {rate} is not supported with encoding {name}", offered)
    asked = query.get("bit_rate")
    if not asked or not encoded.bit_rates:
        return AudioFormat(encoded.encoding, rate, usual.bit_rate_kbps)
    if not _DIGITS.fullmatch(asked) or int(asked) not in encoded.bit_rates:
        raise _unknown(
            f"bit_rate {shown(asked)} is not supported with encoding {name}", _listed(encoded.bit_rates)
        )
    kbps = min(round(int(asked) / 1000), OPUS_BIT_RATES[-1])
    return AudioFormat(encoded.encoding, rate, kbps)


def _listed(numbers: Sequence[int]) -> str:
    if isinstance(numbers, range):
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))


def _asked(query: Mapping[str, str]) -> str:
    container = f"&container={query['container']}" if query.get("container") else ""
    return f"encoding={query.get('encoding') or _DEFAULT}{container}" + (
        "" if query.get("encoding") else " (the default)"
    )


def _unknown(told: str, offered: str) -> SpeechError:
    return SpeechError(Reason.UNKNOWN_FORMAT, f"{told}; supported: {offered}")
