"""From when until when a certificate is valid, read from its file.

Python's `ssl` gives these dates only for the certificate of a peer.
"""

from importlib import import_module
from typing import NamedTuple


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
    x509 = import_module("cryptography.x509")  # takes 13 MB, which only a gateway with TLS needs
    try:
        found = x509.load_pem_x509_certificate(pem)
    except (ValueError, x509.InvalidVersion):
        return None
    return Dates(found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp())
