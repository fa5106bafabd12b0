"""A certificate for this machine alone, made when it is needed, by the openssl program."""

import asyncio
import ssl
from pathlib import Path

_DAYS = 30
_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"


class CertificateError(Exception):
    """No certificate could be made; the message says why."""


async def certificate(folder: Path) -> Path:
    """Make a key and a self-signed certificate, for loopback.

    Args:
        folder: where they go.

    Returns:
        The certificate, in PEM, to be trusted by clients; the key is beside it.

    Raises:
        CertificateError: openssl is not there, or refuses.
    """
    path = folder / "certificate.pem"
    command = (
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-days", str(_DAYS), "-subj", "/CN=localhost", "-addext", _NAMES),
        *("-keyout", str(folder / "key.pem"), "-out", str(path)),
    )
    try:
        made = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
    except FileNotFoundError:
        raise CertificateError("--tls needs openssl, which is not installed") from None
    except OSError as error:
        raise CertificateError(f"--tls needs openssl, which cannot be run: {error.strerror}") from None
    _, said = await made.communicate()
    if made.returncode:
        raise CertificateError(f"openssl: {said.decode(errors='replace').strip()}")
    return path


def server_context(path: Path) -> ssl.SSLContext:
    """Make the TLS context of a server with that certificate and the key beside it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path, path.with_name("key.pem"))
    return context
