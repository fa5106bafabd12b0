"""Turns the configuration's addresses and certificates into settings of the servers."""

import errno
import os
import re
from importlib import resources
from pathlib import Path

from gateway.app.certificates import tls_context
from gateway.app.config.sections import ServerSection, split_address
from gateway.servers.settings import Address, ServerSettings

_ADDRESS = re.compile(r"\('([^']*)', (\d+)|: (\S+):(\d+)$")
"""An address in the error messages of asyncio, or in ours."""


def cannot_listen(error: OSError) -> str:
    """Return why there is no listener and, if known, at which address: every library says this in its own way."""
    said = error.strerror or str(error)
    found = _ADDRESS.search(said)
    if found is None or not error.errno:
        return f"cannot listen: {said}"
    host, port = found[1] or found[3], found[2] or found[4]
    at = f"[{host}]" if ":" in host and not host.startswith("[") else host
    # Below 0 are the errors of looking up a name, whose words the system tells only with the error.
    words = os.strerror(error.errno) if error.errno > 0 else _words_before(said, found)
    return f"cannot listen on {at}:{port}: {words.lower()}"


def _words_before(said: str, address: re.Match[str]) -> str:
    return said[: address.start()].rpartition(": ")[2]


def cannot_serve(error: OSError) -> str:
    """Return the same for the gateway's own listeners, with what to do about an address that is taken."""
    taken = error.errno == errno.EADDRINUSE
    return cannot_listen(error) + (
        "; stop what listens there, or choose others with --http, --grpc and --admin" if taken else ""
    )


def server_settings(section: ServerSection) -> ServerSettings:
    """Make the settings of the servers.

    Raises:
        OSError: the certificate or its key cannot be read.
        ssl.SSLError: they do not belong together, or are not PEM.
    """
    return ServerSettings(
        http=Address(*split_address(section.http)),
        grpc=Address(*split_address(section.grpc)),
        admin=Address(*split_address(section.admin)) if section.admin else None,
        tcp=Address(*split_address(section.wyoming)) if section.wyoming else None,
        web_root=web_root(),
        tls=tls_context(section.tls, "http/1.1"),
        grpc_tls=tls_context(section.tls, "h2"),
        cors_origins=section.origins,
        max_message_bytes=section.max_message_bytes,
    )


def web_root() -> Path | None:
    """Return the folder of the playground; `None` in an installation without it."""
    root = Path(str(resources.files("gateway") / "web"))
    return root if (root / "index.html").is_file() else None
