"""What a program brings to be let in, and whom it trusts: looked at before anything is dialled."""


def check_access(key: str, ca_pem: bytes | None) -> None:
    """Refuses what no header and no handshake could carry.

    Args:
        key: API key; empty for none.
        ca_pem: certificates to trust, PEM; `None` for the system's.

    Raises:
        ValueError: it is not what was expected; the key is not repeated.
    """
    if not (key.isascii() and key.isprintable()):
        ends = ", without the line's end that a file has" if key.strip().isprintable() else ""
        raise ValueError(f"the key holds what no key can: expected printable ASCII{ends}")
    if ca_pem is not None and not ca_pem.isascii():
        raise ValueError(
            "what is to be trusted is no PEM, which is text: DER is converted by openssl x509 -inform der"
        )
