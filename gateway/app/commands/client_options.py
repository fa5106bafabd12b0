"""What the commands that talk to a gateway share: its address, the key, and how errors are reported."""

import asyncio
import math
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from gateway.app.commands.own_gateway import OwnGatewayError
from gateway.app.commands.players import PlayerError
from gateway.app.config.errors import ConfigError
from legato.domain.errors import SpeechError
from legato_client.errors import ConnectionLostError, Trouble

LOCAL = "ws://127.0.0.1:8080"
_SERVED_UNASKED = tuple(f" {host}:{port}: " for host in ("127.0.0.1", "localhost") for port in (8080, 50051))
"""Where `legato serve` listens without any option, as an error has it."""
INTERRUPTED = 130
"""Exit status of a program that Ctrl-C ended: 128 + SIGINT."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a gateway.

    Args:
        server: its URL; empty for the one on this machine.
        key: API key; empty for none.
        ca_pem: certificates to trust, PEM; `None` for the system's.
    """

    server: str
    key: str
    ca_pem: bytes | None

    @property
    def url(self) -> str:
        """The URL to use."""
        return self.server or LOCAL


def access_options(command: F) -> F:
    """Add `--server`, `--key` and `--ca` to a command."""
    for option in (
        click.option(
            "--ca",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="PEM file with the certificates to trust, instead of the system's.",
        ),
        click.option(
            "--key", default="", envvar="LEGATO_KEY", metavar="KEY", help="API key [env: LEGATO_KEY]."
        ),
        click.option(
            "--server",
            "--url",
            "server",
            default="",
            envvar="LEGATO_SERVER_URL",
            metavar="URL",
            help="Address of the gateway: grpc://, ws:// or http://; grpcs://, wss:// or https:// for TLS "
            f"[env: LEGATO_SERVER_URL; default: {LOCAL}].",
        ),
    ):
        command = option(command)
    return command


def access(server: str, key: str, ca: Path | None) -> Access:
    """Make an `Access` from the values of the options."""
    return Access(server, key, ca.read_bytes() if ca else None)


T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run work to its end. An error that the user can fix becomes a message on stderr and exit status 1, Ctrl-C becomes 130."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        raise click.exceptions.Exit(INTERRUPTED) from None
    except BrokenPipeError:  # the reader of standard output has had enough, like `head`
        raise click.exceptions.Exit(1) from None
    except SpeechError as error:
        raise click.ClickException(_explained(error)) from None
    except ConnectionLostError as error:
        raise click.ClickException(f"{error}{_where_from(str(error))}") from None
    except (
        PlayerError,
        OwnGatewayError,
        ConfigError,
        ssl.SSLError,
        ValueError,
        OSError,
    ) as error:
        raise click.ClickException(in_words(error)) from None


def in_words(error: Exception, file: str = "") -> str:
    """Return what an error says, one of the system's without its number.

    Args:
        error: what went wrong.
        file: what could not be read or written, where the error does not name it.
    """
    if isinstance(error, OSError) and error.strerror and (place := error.filename or file):
        return f"{place}: {error.strerror.lower()}"
    return str(error)


def _where_from(said: str) -> str:
    """Return advice if the certificate is not trusted, or no gateway runs at a usual address; empty otherwise."""
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return "; name the certificate to trust with --ca FILE"
    absent = said.endswith("connection refused") and any(place in said for place in _SERVED_UNASKED)
    return "; `legato serve` starts a gateway there" if absent else ""


def said(error: Trouble) -> str:
    """Return what went wrong, with its reason if the gateway said so."""
    return f"{error.reason.value}: {error.message}" if isinstance(error, SpeechError) else str(error)


def _explained(error: SpeechError) -> str:
    if not error.retry_after_s:
        return said(error)
    wait_s = math.ceil(error.retry_after_s * 10) / 10  # not earlier than asked for
    return f"{said(error)} (try again in {wait_s:.15g} s)"
