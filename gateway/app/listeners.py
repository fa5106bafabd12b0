"""What the configuration's addresses and certificates are to the servers."""

import ssl
from importlib import resources
from pathlib import Path

import grpc

from gateway.app.config_sections import ServerSection, Tls, split_address
from gateway.servers.settings import Address, ServerSettings


def server_settings(section: ServerSection) -> ServerSettings:
    """The servers' own settings.

    Raises:
        OSError: the certificate or its key cannot be read.
        ssl.SSLError: they do not belong together, or are no PEM.
    """
    grpc_host, grpc_port = split_address(section.grpc)
    return ServerSettings(
        http=Address(*split_address(section.http)),
        # The C core takes one string, in which an IPv6 host needs its brackets.
        grpc=Address(f"[{grpc_host}]" if ":" in grpc_host else grpc_host, grpc_port),
        admin=Address(*split_address(section.admin)) if section.admin else None,
        tcp=Address(*split_address(section.wyoming)) if section.wyoming else None,
        web_root=web_root(),
        tls=_http_tls(section.tls),
        grpc_tls=_grpc_tls(section.tls),
        cors_origins=section.origins,
        max_message_bytes=section.max_message_bytes,
    )


def web_root() -> Path | None:
    """The folder of the playground, or `None` in an installation without it."""
    root = Path(str(resources.files("gateway") / "web"))
    return root if (root / "index.html").is_file() else None


def _http_tls(tls: Tls) -> ssl.SSLContext | None:
    if tls.certificate is None or tls.key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls.certificate, tls.key)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _grpc_tls(tls: Tls) -> grpc.ServerCredentials | None:
    if tls.certificate is None or tls.key is None:
        return None
    return grpc.ssl_server_credentials([(tls.key.read_bytes(), tls.certificate.read_bytes())])
