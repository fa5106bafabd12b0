"""`legato serve`: the gateway on its listeners, from start-up to the end.

Start-up: listen, warm the voices, then ready. SIGTERM: no longer ready, from that moment; what is being said is finished within the
grace period, the other streams are sent `GoAway`, exit 0. A second signal exits at once.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from gateway.app.certificates import Renewal
from gateway.app.config.sections import split_address
from gateway.app.config.settings import Settings
from gateway.app.dialects import tcp_face
from gateway.app.groups import told_as
from gateway.app.house import CLOCK, House
from gateway.app.link.link import Link
from gateway.app.link.messages import Order, SetRoute
from gateway.app.link.post import Post
from gateway.app.listeners import cannot_serve, server_settings
from gateway.app.process import Departure, tune_collector
from gateway.app.switchboard import Switchboard
from gateway.app.systemd import Systemd
from gateway.engines.supervisor import EngineFailedError, VoicesMissingError
from gateway.servers.servers import Servers
from gateway.telemetry.error_reports import CannotReportError
from gateway.telemetry.logs import Logs, logger
from legato.domain.audio import EXTRAS, Encoders

LAST_FRAMES_S = 0.5
"""Time beyond the grace period, for the last frames to leave."""


class CannotServeError(Exception):
    """The gateway did not start; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Start:
    """What starting needs.

    Args:
        settings: the configuration.
        env: for secrets and the standard `OTEL_*` variables.
        logs: the log, whose level may be changed on the admin port.
        systemd: told about this process, if it asks.
        link: the link to the parent, if this process is a worker.
        post: its post in that case.
    """

    settings: Settings
    env: Mapping[str, str]
    logs: Logs | None
    systemd: Systemd
    link: Link | None = None
    post: Post | None = None

    def say(self, event: str, **values: object) -> None:
        """Log an event. A worker says that it is one: its parent speaks for the whole gateway."""
        logger("legato.serve").info(event if self.post is None else f"worker {event}", **values)

    def warn(self, event: str, **values: object) -> None:
        """Log what is wrong with the installation, which is the same for all workers: the first tells it."""
        if self.post is None or self.post.number == 1:
            logger("legato.serve").warning(event, **values)


async def serve(
    settings: Settings, env: Mapping[str, str], logs: Logs | None = None, post: Post | None = None
) -> None:
    """Run the gateway, or one worker of it, until it is told to leave.

    Args:
        settings: the configuration.
        env: for secrets and the standard `OTEL_*` variables.
        logs: the log, whose level may be changed on the admin port.
        post: the post of this worker; `None` for a gateway that is one process.

    Raises:
        CannotServeError: an address, a certificate or a voice is not available, or bugs cannot be reported.
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


def _obey(operations: Switchboard, logs: Logs | None, order: Order) -> None:
    if isinstance(order, SetRoute):
        operations.hold(order.route, order.action)
    elif logs is not None:
        logs.set_level(order.level)


def no_directory(error: OSError) -> CannotServeError:
    """Return the error that there is no place for the socket of the local voices."""
    return CannotServeError(f"cannot create a temporary directory (TMPDIR): {error.strerror or error}")


def _cannot_serve(error: Exception) -> CannotServeError:
    return CannotServeError(str(error))


async def _run(start: _Start, house: House, departure: Departure) -> None:
    async with contextlib.AsyncExitStack() as stack:
        servers, renewal = await _listen(stack, start, house)
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
            renewing = group.create_task(renewal.watch(), name="certificate")
            await departure.asked.wait()
            await _depart(start, house, servers)
            life.cancel()
            renewing.cancel()


async def _listen(stack: contextlib.AsyncExitStack, start: _Start, house: House) -> tuple[Servers, Renewal]:
    section = start.settings.server
    try:
        over_tcp = tcp_face(section, start.env, house.directory)
    except ValueError as error:
        raise CannotServeError(f"server.wyoming_key: {error}") from error
    backstage = replace(
        house.backstage(),
        tcp_face=over_tcp,
        preview=house.preview,
        operations=house.operations,
        verbosity=start.logs,
    )
    try:
        asked = server_settings(section)
        renewal = Renewal(section.tls, {"http/1.1": asked.tls, "h2": asked.grpc_tls})
        house.metrics.own.show_certificate(lambda: renewal.dates)
        if start.post is not None:
            asked = start.post.settings(asked)
        servers = await stack.enter_async_context(Servers(asked, backstage))
    except ssl.SSLError as error:
        raise CannotServeError(f"server.tls: {error.reason or error}") from error
    except OSError as error:
        raise CannotServeError(cannot_serve(error)) from error
    start.say(
        "listening",
        http=at(section.http, servers.http_port),
        grpc=at(section.grpc, servers.grpc_port),
        admin=at(section.admin, servers.admin_port) if section.admin else "",
        wyoming=at(section.wyoming, servers.tcp_port) if section.wyoming else "",
        playground=asked.web_root is not None,
    )
    _warn_of_extras(start, house.encoders)
    return servers, renewal


def _warn_of_extras(start: _Start, encoders: Encoders) -> None:
    causes: dict[tuple[str, str], list[str]] = {}
    for encoding, cause in encoders.broken.items():
        causes.setdefault((EXTRAS[encoding], cause), []).append(encoding)
    for (extra, cause), without in causes.items():
        start.warn("an extra does not work", extra=extra, encodings=", ".join(without), why=cause)


async def _depart(start: _Start, house: House, servers: Servers) -> None:
    grace_s = start.settings.server.shutdown_grace_s
    if start.link is not None and not start.link.all_leave:
        servers.shut()  # or the kernel would go on giving it a share of the connections that others can serve
    start.say("leaving", streams=house.reception.open_streams, grace_s=grace_s)
    start.systemd.leaving()
    house.leave()
    deadline = CLOCK() + grace_s
    servers.drain(deadline)
    if not await servers.finished(deadline + LAST_FRAMES_S):
        logger("legato.serve").warning("streams cut off", streams=house.reception.open_streams)


def at(address: str, port: int) -> str:
    """Return the address with the port that was found for it."""
    host, _ = split_address(address)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
