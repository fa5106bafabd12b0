"""`legato serve`, the command: one process, or a parent and its workers."""

import asyncio
import dataclasses
import os
import resource
from collections.abc import Mapping
from pathlib import Path

import click
import uvloop

from gateway.app.config.errors import ConfigError
from gateway.app.config.sections import split_address
from gateway.app.config.settings import NONE, load
from gateway.app.process import (
    TooFewFilesError,
    TooFewThreadsError,
    check_file_limit,
    check_threads,
    raise_file_limit,
    take_turns,
)
from gateway.app.safety import check, shut_out, unbuilt
from gateway.app.serve import CannotServeError, serve
from gateway.app.workers.parent import serve_with_workers
from gateway.telemetry.logs import Logs, logger


def run(config: Path | None, env: Mapping[str, str], *, insecure: bool = False) -> None:
    """Run the process from start to end, on uvloop.

    Args:
        config: the configuration file, if any.
        env: environment variables, which override it.
        insecure: whether a paid route may be open to strangers.

    Raises:
        ConfigError: the configuration cannot be used, or must not be.
        CannotServeError: an address, a certificate or a voice is not available.
        TooFewFilesError: the system lets this process open too few files.
        TooFewThreadsError: it lets it start too few threads.
    """
    settings = load(config, env)
    check(settings, env, insecure=insecure)
    check_threads(settings.server.workers)
    with Logs(settings.logging.level, settings.logging.format) as logs:
        take_turns()
        log = logger("legato.serve")
        before, after = raise_file_limit()
        log.info("file limit", before=before, now=after)
        check_file_limit(after, settings.server.workers)
        if resource.RLIM_INFINITY != after < settings.limits.max_streams:
            log.warning(
                "the limit of open files is below limits.max_streams: raise ulimit -n, or clients are refused when it is reached",
                now=after,
                max_streams=settings.limits.max_streams,
            )
        for provider in unbuilt(settings):
            log.warning("this provider's dialect is not built in; its routes are skipped", provider=provider)
        if said := shut_out(settings, env):
            log.warning(said)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            many = settings.server.workers > 1
            runner.run(serve_with_workers(settings, env, logs) if many else serve(settings, env, logs))


_MAY_BE_NONE = ("admin", "wyoming")
"""Listeners that a gateway can be without."""


def _address(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    is_none = value == NONE and parameter.name in _MAY_BE_NONE
    if value is not None and not is_none:
        try:
            split_address(value)
        except ValueError as error:
            raise click.BadParameter(str(error), param=parameter) from None
    return value


@click.command("serve")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="LEGATO_CONFIG",
    metavar="FILE",
    help="Configuration file (YAML), described in docs/configuration.md [env: LEGATO_CONFIG].",
)
@click.option(
    "--http",
    callback=_address,
    metavar="HOST:PORT",
    help="Address for HTTP, WebSocket and the playground [default: 127.0.0.1:8080].",
)
@click.option(
    "--grpc", callback=_address, metavar="HOST:PORT", help="Address for gRPC [default: 127.0.0.1:50051]."
)
@click.option(
    "--admin",
    callback=_address,
    metavar="HOST:PORT",
    help="Address for metrics and health, or null for none [default: 127.0.0.1:9464].",
)
@click.option(
    "--wyoming",
    callback=_address,
    metavar="HOST:PORT",
    help="Address for Wyoming over TCP, or null for none [default: null].",
)
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N", help="Number of worker processes [default: 1]."
)
@click.option(
    "--envoy",
    "envoy_endpoints",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write the workers' own ports to this folder, as Envoy endpoints (EDS).",
)
@click.option(
    "--insecure", is_flag=True, help="Accept remote clients without API keys, even with paid routes."
)
def serve_command(config: Path | None, insecure: bool, **options: object) -> None:  # noqa: FBT001 - click calls it
    """Start the gateway.

    Without a configuration file it speaks with the local voices. SIGTERM lets it finish what it is saying; a second one ends it
    at once.
    """
    given = {_variable(name): str(value) for name, value in options.items() if value is not None}
    try:
        run(config, {**os.environ, **given}, insecure=insecure)
    except ConfigError as error:
        raise click.ClickException(str(_with_flags(error, given))) from None
    except (CannotServeError, TooFewFilesError, TooFewThreadsError) as error:
        raise click.ClickException(str(error)) from None


def _variable(name: object) -> str:
    return f"LEGATO_SERVER__{name}".upper()


def _with_flags(error: ConfigError, given: Mapping[str, str]) -> ConfigError:
    """Return the error with the flags that were given, as places: they were handed on as variables, which the user never set."""
    parameters = click.get_current_context().command.params
    flags = {name: each.opts[0] for each in parameters if (name := _variable(each.name)) in given}
    return ConfigError(
        [dataclasses.replace(one, place=flags.get(one.place, one.place)) for one in error.problems]
    )
