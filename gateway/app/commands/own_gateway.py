"""A private gateway in this process, for as long as a piece of work takes: for `say` when none is running."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from gateway.app.config.sections import Tls
from gateway.app.config.settings import Settings, load
from gateway.app.groups import told_as
from gateway.app.house import House
from gateway.app.listeners import server_settings
from gateway.app.serve import no_directory
from gateway.engines.supervisor import EngineFailedError, VoicesMissingError
from gateway.servers.servers import Servers
from gateway.telemetry.error_reports import CannotReportError
from gateway.telemetry.logs import Logs
from legato_client.address import parse_address

T = TypeVar("T")
_ANY_PORT = "127.0.0.1:0"
_PROBE_S = 1.0


class OwnGatewayError(Exception):
    """The gateway did not start; the message says why and what to do."""


async def answers(url: str) -> bool:
    """Return whether anybody listens at that gateway address."""
    address = parse_address(url)
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(_PROBE_S):
            _, writer = await asyncio.open_connection(address.host, address.port)
        writer.close()
        return True
    return False


async def with_own_gateway(
    work: Callable[[str], Awaitable[T]], env: Mapping[str, str], *, encodes: bool = False
) -> T:
    """Do the work with the URL of a gateway that starts before it and ends after it.

    Args:
        work: is given the URL; its errors are raised as they are.
        env: variables that configure the gateway; the listeners are its own.
        encodes: whether the work may ask for a format that an extra makes.

    Raises:
        OwnGatewayError: its voices do not start, bugs cannot be reported, or there is no place for the voices' socket.
        ConfigError: the variables cannot be used.
    """
    listeners = {
        "LEGATO_SERVER__HTTP": _ANY_PORT,
        "LEGATO_SERVER__GRPC": _ANY_PORT,
        "LEGATO_SERVER__ADMIN": _ANY_PORT,
    }
    settings = _for_one(load(None, {**env, **listeners}))
    with Logs("error"):
        try:
            made = House(settings, env, encodes=encodes)
        except CannotReportError as error:
            raise OwnGatewayError(f"telemetry.sentry_dsn: {error}") from None
        except OSError as error:
            raise OwnGatewayError(str(no_directory(error))) from None
        async with made as house, Servers(server_settings(settings.server), house.backstage()) as servers:
            return await _beside(house, lambda: work(f"ws://127.0.0.1:{servers.http_port}"))


def _for_one(settings: Settings) -> Settings:
    """Remove what keeps strangers out of a public gateway: this one is on loopback, at a port that nobody is told."""
    server = settings.server.model_copy(update={"tls": Tls()})
    return settings.model_copy(update={"keys": {}, "server": server})


async def _beside(house: House, work: Callable[[], Awaitable[T]]) -> T:
    warm = asyncio.Event()
    done: list[T] = []
    failed: list[Exception] = []
    with told_as(_did_not_start, VoicesMissingError, EngineFailedError):
        async with asyncio.TaskGroup() as tasks:
            life = tasks.create_task(house.run(warm.set), name="own-gateway")
            await warm.wait()
            try:
                done.append(await work())
            except Exception as error:  # noqa: BLE001 - carried past the group, which would wrap it
                failed.append(error)
            life.cancel()
    for problem in failed:
        raise problem
    return done[0]


def _did_not_start(error: Exception) -> OwnGatewayError:
    return OwnGatewayError(str(error))
