"""`legato serve`: the gateway on its listeners, from start-up to the last word.

Start-up: listen, warm the voices, then ready. SIGTERM: not ready at once, what is being said is finished within the grace, the rest
hears `GoAway`, exit 0. A second signal exits at once.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from gateway.app.config import Settings
from gateway.app.config_sections import split_address
from gateway.app.dialects import configured, tcp_face
from gateway.app.groups import told_as
from gateway.app.house import CLOCK, House
from gateway.app.listeners import cannot_listen, server_settings
from gateway.app.process import Departure, tune_collector
from gateway.app.switchboard import Switchboard
from gateway.app.systemd import Systemd
from gateway.app.workers_link import Link
from gateway.app.workers_post import Post
from gateway.app.workers_wire import Message
from gateway.engines.supervisor import EngineFailedError, VoicesMissingError
from gateway.servers.servers import Backstage, Servers
from gateway.telemetry.error_reports import CannotReportError
from gateway.telemetry.logs import Logs, logger

LAST_FRAMES_S = 0.5
"""Beyond the grace, for what was written last to leave."""


class CannotServeError(Exception):
    """The gateway did not start; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Start:
    """What a start needs to know.

    Args:
        settings: the configuration.
        env: for secrets and the standard `OTEL_*` variables.
        logs: whose level may be changed on the admin port.
        systemd: told of this process, where it asks.
        link: to the parent, where this process is a worker.
        post: where it stands then.
    """

    settings: Settings
    env: Mapping[str, str]
    logs: Logs | None
    systemd: Systemd
    link: Link | None = None
    post: Post | None = None

    def say(self, event: str, **values: object) -> None:
        """A line of the log; the gateway's own words are its parent's, where it has one."""
        logger("legato.serve").info(event if self.post is None else f"worker {event}", **values)


async def serve(
    settings: Settings, env: Mapping[str, str], logs: Logs | None = None, post: Post | None = None
) -> None:
    """Runs the gateway, or one worker of it, until it is told to go.

    Args:
        settings: the configuration.
        env: for secrets and the standard `OTEL_*` variables.
        logs: whose level may be changed on the admin port.
        post: where this worker stands; `None` for a gateway that is one process.

    Raises:
        CannotServeError: an address, a certificate or a voice cannot be had, or bugs cannot be told.
    """
    async with contextlib.AsyncExitStack() as stack:
        departure = Departure()
        departure.listen()
        stack.callback(departure.close)
        systemd = stack.enter_context(Systemd(env if post is None else {}))
        link = await stack.enter_async_context(Link(post)) if post is not None else None
        start = _Start(settings, env, logs, systemd, link, post)
        try:
            made = House(settings, env, link, post.gateway if post is not None else "")
        except CannotReportError as error:
            raise CannotServeError(f"telemetry.sentry_dsn: {error}") from None
        except OSError as error:
            raise no_directory(error) from None
        if link is not None:
            made.room.when_it_hangs(link.engine_hangs)
            link.when_ordered(partial(_obey, made.operations, logs))
        if logs is not None:
            made.metrics.own.show_dropped_lines(lambda: logs.dropped)
        departure.last_words = made.room.discard
        house = await stack.enter_async_context(made)
        with told_as(_cannot_serve, VoicesMissingError, EngineFailedError):
            await _run(start, house, departure)
    start.say("stopped")


def _obey(operations: Switchboard, logs: Logs | None, order: Message) -> None:
    if order["is"] == "route":
        operations.hold(order["route"], order["action"])
    elif logs is not None:
        logs.set_level(order["level"])


def no_directory(error: OSError) -> CannotServeError:
    """The socket of the local voices has no place."""
    return CannotServeError(
        f"a temporary directory is needed, and none can be made (TMPDIR): {error.strerror or error}"
    )


def _cannot_serve(error: Exception) -> CannotServeError:
    return CannotServeError(str(error))


async def _run(start: _Start, house: House, departure: Departure) -> None:
    async with contextlib.AsyncExitStack() as stack:
        servers = await _listen(stack, start, house)
        if start.link is not None:
            start.link.listening()
            start.link.when_to_leave(departure.asked.set)

        def warm() -> None:
            tune_collector()
            start.say("ready")
            start.systemd.ready()
            if start.link is not None:
                start.link.ready()

        async with asyncio.TaskGroup() as group:
            life = group.create_task(house.run(warm), name="house")
            await departure.asked.wait()
            await _depart(start, house, servers)
            life.cancel()


async def _listen(stack: contextlib.AsyncExitStack, start: _Start, house: House) -> Servers:
    settings, section = start.settings, start.settings.server
    try:
        over_tcp = tcp_face(section, start.env, house.directory)
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
        operations=house.operations,
        verbosity=start.logs,
        name=house.name,
    )
    try:
        asked = server_settings(section)
        if start.post is not None:
            asked = start.post.settings(asked)
        servers = await stack.enter_async_context(Servers(asked, backstage))
    except ssl.SSLError as error:
        raise CannotServeError(f"server.tls: {error.reason or error}") from error
    except OSError as error:
        raise CannotServeError(cannot_listen(error)) from error
    start.say(
        "listening",
        http=at(section.http, servers.http_port),
        grpc=at(section.grpc, servers.grpc_port),
        admin=at(section.admin, servers.admin_port) if section.admin else "",
        wyoming=at(section.wyoming, servers.tcp_port) if section.wyoming else "",
        playground=asked.web_root is not None,
    )
    return servers


async def _depart(start: _Start, house: House, servers: Servers) -> None:
    grace_s = start.settings.server.shutdown_grace_s
    if start.link is not None and not start.link.all_leave:
        servers.shut()  # the kernel would go on giving it a share of those whom others serve
    start.say("leaving", streams=house.reception.open_streams, grace_s=grace_s)
    start.systemd.leaving()
    house.leave()
    deadline = CLOCK() + grace_s
    servers.drain(deadline)
    if not await servers.finished(deadline + LAST_FRAMES_S):
        logger("legato.serve").warning("streams cut off", streams=house.reception.open_streams)


def at(address: str, port: int) -> str:
    """The address with the port that was found for it."""
    host, _ = split_address(address)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
