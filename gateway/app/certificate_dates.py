"""From when until when a certificate is valid, read from its file.

Python's `ssl` gives these dates only for the certificate of a peer.
"""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

_BLOCK = re.compile(rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----(.*?)-----END ", re.DOTALL)
_VERSION, _SHORT_YEAR = 0xA0, 0x17
"""Tags of DER: the version, which the oldest certificates lack, and a time whose year has two digits."""
_LONG_FORM = 0x80


class Dates(NamedTuple):
    """From when until when a certificate is valid, in seconds since 1970."""

    not_before_s: float
    not_after_s: float


def dates(pem: bytes) -> Dates | None:
    """Return when the first certificate of a file is valid: the server's own, which the others vouch for.

    Args:
        pem: what the file holds.

    Returns:
        The dates; `None` if there is no certificate, or it cannot be read.
    """
    found = _BLOCK.search(pem)
    if found is None:
        return None
    try:
        ((_, certificate),) = _elements(base64.b64decode(found[1]), 1)
        ((_, signed),) = _elements(certificate, 1)
        fields = list(_elements(signed, 5))
        # Before it are the version, the serial number, the algorithm of the signature, and the issuer.
        _, validity = fields[4 if fields[0][0] == _VERSION else 3]
        return Dates(*(_seconds(tag, text) for tag, text in _elements(validity, 2)))
    except (ValueError, IndexError, TypeError):
        return None


def _elements(der: bytes, most: int) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of the first elements in a piece of DER."""
    at = 0
    for _ in range(most):
        tag, size, at = der[at], der[at + 1], at + 2
        if size & _LONG_FORM:
            digits = size & ~_LONG_FORM
            size, at = int.from_bytes(der[at : at + digits]), at + digits
        yield tag, der[at : at + size]
        at += size


def _seconds(tag: int, text: bytes) -> float:
    told = text.decode("ascii")
    if tag == _SHORT_YEAR:  # of 1950 to 2049, says RFC 5280
        told = ("19" if told >= "50" else "20") + told
    return datetime.strptime(told, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
