"""A certificate for this machine alone, made when it is needed."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gateway.app.certificates import server_context

_VALID = timedelta(days=30)
_NAMES = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")),
    x509.IPAddress(ipaddress.IPv6Address("::1")),
)


def certificate(folder: Path) -> Path:
    """Make a key and a self-signed certificate, for loopback.

    Args:
        folder: where they go.

    Returns:
        The certificate, in PEM, to be trusted by clients; the key is beside it.

    Raises:
        OSError: they cannot be written.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    key_path, path = folder / "key.pem", folder / "certificate.pem"
    key_path.touch(0o600)
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.write_bytes(_signed(key).public_bytes(Encoding.PEM))
    return path


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # Clients that check strictly want an authority to name its key; this one is its own authority.
    return (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName(_NAMES), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .sign(key, hashes.SHA256())
    )


def context_with(path: Path) -> ssl.SSLContext:
    """Make the TLS context of a server with that certificate and the key beside it."""
    context = server_context()
    context.load_cert_chain(path, path.with_name("key.pem"))
    return context
