"""Sample rates. One that is not offered is refused in the client's terms: its own names for the encoding and the field."""

from legato.domain.audio import OFFERED, AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError

_SHOWN = 12


def format_at(encoding: Encoding, rate_hz: int, *, named: str, field: str = "sample_rate") -> AudioFormat:
    """Return the format with this encoding and rate.

    Args:
        encoding: the gateway's encoding.
        rate_hz: as the client gave it.
        named: what the client calls the encoding.
        field: what the client calls the rate.

    Raises:
        SpeechError: `unknown_format`; the message says what was given, and which rates are offered.
    """
    rates = [one.sample_rate_hz for one in OFFERED if one.encoding is encoding]
    if rate_hz not in rates:
        offered = ", ".join(map(str, rates))
        told = f"{field} {str(rate_hz)[:_SHOWN]} is not supported with {named}; supported: {offered}"
        raise SpeechError(Reason.UNKNOWN_FORMAT, told)
    return AudioFormat(encoding, rate_hz)
