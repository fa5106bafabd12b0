"""`legato serve`: the gateway on its listeners, from start-up to the last word.

Start-up: listen, warm the voices, then ready. SIGTERM: not ready at once, what is being said is finished within the grace, the rest
hears `GoAway`, exit 0. A second signal exits at once.
"""

import asyncio
import contextlib
import os
import ssl
from collections.abc import Mapping
from pathlib import Path

import click
import uvloop

from gateway.app.config import Settings, load
from gateway.app.config_errors import ConfigError
from gateway.app.config_sections import split_address
from gateway.app.dialects import configured, tcp_face
from gateway.app.house import CLOCK, House
from gateway.app.listeners import server_settings
from gateway.app.process import Departure, raise_file_limit, take_turns, tune_collector
from gateway.app.safety import check, unbuilt
from gateway.engines.supervisor import EngineFailedError, VoicesMissingError
from gateway.servers.servers import Backstage, Servers
from gateway.telemetry.error_reports import CannotReportError
from gateway.telemetry.logs import Logs, logger

_LAST_FRAMES_S = 0.5
"""Beyond the grace, for what was written last to leave."""


class CannotServeError(Exception):
    """The gateway did not start; the message says why and what to do."""


async def serve(settings: Settings, env: Mapping[str, str], logs: Logs | None = None) -> None:
    """Runs the gateway until it is told to go.

    Args:
        settings: the configuration.
        env: for secrets and the standard `OTEL_*` variables.
        logs: whose level may be changed on the admin port.

    Raises:
        CannotServeError: an address, a certificate or a voice cannot be had, or bugs cannot be told.
    """
    log = logger("legato.serve")
    try:
        made = House(settings, env)
    except CannotReportError as error:
        raise CannotServeError(f"telemetry.sentry_dsn: {error}") from None
    if logs is not None:
        made.metrics.own.show_dropped_lines(lambda: logs.dropped)
    async with made as house:
        try:
            await _run(settings, env, house, logs)
        except* (VoicesMissingError, EngineFailedError) as group:
            raise CannotServeError(str(_first(group))) from None
    log.info("stopped")


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


async def _run(settings: Settings, env: Mapping[str, str], house: House, logs: Logs | None) -> None:
    log = logger("legato.serve")
    async with contextlib.AsyncExitStack() as stack:
        servers = await _listen(stack, settings, env, house, logs)
        departure = Departure(house.room.discard)
        departure.listen()
        stack.callback(departure.close)

        def warm() -> None:
            tune_collector()
            log.info("ready")

        async with asyncio.TaskGroup() as group:
            life = group.create_task(house.run(warm), name="house")
            await departure.asked.wait()
            await _depart(settings, house, servers)
            life.cancel()


async def _listen(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    env: Mapping[str, str],
    house: House,
    logs: Logs | None,
) -> Servers:
    try:
        over_tcp = tcp_face(settings.server, env, house.directory)
    except ValueError as error:
        raise CannotServeError(f"server.wyoming_key: {error}") from error
    backstage = Backstage(
        reception=house.reception,
        health=house.health,
        directory=house.directory,
        observer=house.observer,
        metrics=house.metrics.expose,
        clock=CLOCK,
        dialects=configured(settings.dialects),
        tcp_face=over_tcp,
        preview=house.preview,
        operations=house.vendors,
        verbosity=logs,
    )
    try:
        servers = await stack.enter_async_context(Servers(server_settings(settings.server), backstage))
    except ssl.SSLError as error:
        raise CannotServeError(f"server.tls: {error.reason or error}") from error
    except OSError as error:
        raise CannotServeError(f"cannot listen: {error.strerror or error}") from error
    section = settings.server
    logger("legato.serve").info(
        "listening",
        http=_at(section.http, servers.http_port),
        grpc=_at(section.grpc, servers.grpc_port),
        admin=_at(section.admin, servers.admin_port) if section.admin else "",
        wyoming=_at(section.wyoming, servers.tcp_port) if section.wyoming else "",
        playground=server_settings(section).web_root is not None,
    )
    return servers


async def _depart(settings: Settings, house: House, servers: Servers) -> None:
    grace_s = settings.server.shutdown_grace_s
    logger("legato.serve").info("leaving", streams=house.reception.open_streams, grace_s=grace_s)
    house.leave()
    deadline = CLOCK() + grace_s
    servers.drain(deadline)
    if not await servers.finished(deadline + _LAST_FRAMES_S):
        logger("legato.serve").warning("streams cut off", streams=house.reception.open_streams)


def _at(address: str, port: int) -> str:
    host, _ = split_address(address)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def run(config: Path | None, env: Mapping[str, str], *, insecure: bool = False) -> None:
    """The whole life of the process, on uvloop.

    Args:
        config: the configuration file, if any.
        env: variables over it.
        insecure: a paid route may be open to strangers.

    Raises:
        ConfigError: the configuration cannot be used, or must not be.
        CannotServeError: an address, a certificate or a voice cannot be had.
    """
    settings = load(config, env)
    check(settings, env, insecure=insecure)
    with Logs(settings.logging.level, settings.logging.format) as logs:
        take_turns()
        log = logger("legato.serve")
        before, after = raise_file_limit()
        log.info("file limit", before=before, now=after)
        for provider in unbuilt(settings):
            log.warning(
                "this provider's dialect is not built in; its routes are passed over", provider=provider
            )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings, env, logs))


def _address(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
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
    help="YAML; see docs/configuration.md.",
)
@click.option(
    "--http", callback=_address, metavar="HOST:PORT", help="HTTP, WebSocket and playground (127.0.0.1:8080)."
)
@click.option("--grpc", callback=_address, metavar="HOST:PORT", help="gRPC (127.0.0.1:50051).")
@click.option("--admin", callback=_address, metavar="HOST:PORT", help="Metrics and health (127.0.0.1:9464).")
@click.option("--wyoming", callback=_address, metavar="HOST:PORT", help="Wyoming, over plain TCP (off).")
@click.option(
    "--insecure", is_flag=True, help="Let strangers use paid routes: listen to others without keys."
)
def serve_command(config: Path | None, insecure: bool, **addresses: str | None) -> None:  # noqa: FBT001 - click calls it
    """Start the gateway.

    Without a configuration it speaks with the voices of this machine. SIGTERM lets it finish what it is saying; a second one ends
    it at once.
    """
    given = {
        f"LEGATO_SERVER__{name.upper()}": value for name, value in addresses.items() if value is not None
    }
    try:
        run(config, {**os.environ, **given}, insecure=insecure)
    except (ConfigError, CannotServeError) as error:
        raise click.ClickException(str(error)) from None
