"""The API key and the certificates to trust, checked before anything is dialled."""

import ssl


def check_access(key: str, ca_pem: bytes | None) -> None:
    """Refuses a key that no header, or certificates that no handshake, could use.

    Args:
        key: API key; empty for none.
        ca_pem: certificates to trust, PEM; `None` for the system's.

    Raises:
        TypeError, ValueError: one of them is not as expected; the message does not repeat the key.
    """
    if not isinstance(key, str):
        raise TypeError(f"the key cannot be {type(key).__name__}: expected a str, empty for none")
    if not (key.isascii() and key.isprintable()):
        ends = ", without the line's end that a file has" if key.strip().isprintable() else ""
        raise ValueError(f"the key holds what no key can: expected printable ASCII{ends}")
    if ca_pem is not None:
        _check_trust(ca_pem)


def _check_trust(ca_pem: bytes) -> None:
    if not isinstance(ca_pem, bytes):
        raise TypeError(
            f"what is to be trusted cannot be {type(ca_pem).__name__}: expected the bytes of a PEM file"
        )
    if not ca_pem.isascii():
        raise ValueError(
            "what is to be trusted is no PEM, which is text: DER is converted by openssl x509 -inform der"
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=ca_pem.decode())
    except (ssl.SSLError, ValueError):
        raise ValueError("what is to be trusted holds no certificate that can be read as PEM") from None
