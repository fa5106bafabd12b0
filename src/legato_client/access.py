"""The API key and the certificates to trust: checked before anything is dialled, and the header that carries the key."""

import ssl


def check_access(key: str, ca_pem: bytes | None) -> None:
    """Refuse a key that no header, or certificates that no handshake, could use.

    Args:
        key: API key; empty for none.
        ca_pem: certificates to trust, PEM; `None` for the system's.

    Raises:
        TypeError, ValueError: one of them is not as expected; the message does not repeat the key.
    """
    if not isinstance(key, str):
        raise TypeError(f"the API key must be a str, empty for none; got {type(key).__name__}")
    if not (key.isascii() and key.isprintable()):
        ends = ", without the newline at its end" if key.strip().isprintable() else ""
        raise ValueError(f"the API key must be printable ASCII{ends}")
    if ca_pem is not None:
        _check_trust(ca_pem)


def authorization(key: str) -> dict[str, str]:
    """The header, or the metadata of a call, that carries the key; none without a key."""
    return {"authorization": f"Bearer {key}"} if key else {}


def _check_trust(ca_pem: bytes) -> None:
    if not isinstance(ca_pem, bytes):
        raise TypeError(f"the CA certificates must be the bytes of a PEM file; got {type(ca_pem).__name__}")
    if not ca_pem.isascii():
        raise ValueError(
            "the CA certificates are not PEM, which is text: convert DER with openssl x509 -inform der"
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=ca_pem.decode())
    except (ssl.SSLError, ValueError):
        raise ValueError("the CA certificates cannot be read as PEM") from None
