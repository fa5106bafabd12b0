"""`legato health`."""

import json
from collections.abc import Mapping
from pathlib import Path

import click
import grpc
import grpc.aio
from grpc_health.v1 import health_pb2

from gateway.app.commands.client_options import Access, access, access_options, run
from gateway.app.commands.table import MOST, some
from legato_client.address import Transport, parse_address
from legato_client.catalogue import get
from legato_client.errors import refused_by_http
from legato_client.grpc_wire import open_channel, trouble_of

_CHECK = "/grpc.health.v1.Health/Check"
_TIMEOUT_S = 5.0
_OK = 200
_REPORTED = {_OK, 503}
"""A gateway that is no longer live reports, too."""


@click.command("health", short_help="Show the status of a gateway.")
@click.option("--json", "as_json", is_flag=True, help="Print the full report as JSON.")
@access_options
def health_command(as_json: bool, server: str, key: str, ca: Path | None) -> None:  # noqa: FBT001 - click calls it
    """Show the status of a gateway. Exits with 0 if it is ready for new streams, else with 1."""
    is_ready, report = run(_ask(access(server, key, ca)))
    click.echo(json.dumps(report, indent=2) if as_json else _lines(report))
    if not is_ready:
        raise click.exceptions.Exit(1)


async def _ask(where: Access) -> tuple[bool, dict[str, object]]:
    if parse_address(where.url).transport is Transport.GRPC:
        return await _ask_grpc(where)
    ready, _ = await get(where.url, "/readyz", key=where.key, ca_pem=where.ca_pem)
    status, body = await get(where.url, "/healthz", key=where.key, ca_pem=where.ca_pem)
    return ready == _OK, _report(where.url, status, body)


def _report(url: str, status: int, body: bytes) -> dict[str, object]:
    """Read the gateway's own report; a proxy in its place answers with a status and a page of its own."""
    try:
        report = json.loads(body)
    except ValueError:
        report = None
    if isinstance(report, dict) and status in _REPORTED:
        return report
    if status != _OK:
        raise refused_by_http(status, body)
    raise ValueError(f"{url} is not a Legato gateway")


async def _ask_grpc(where: Access) -> tuple[bool, dict[str, object]]:
    address = parse_address(where.url)
    async with open_channel(address, where.ca_pem) as channel:
        check = channel.unary_unary(
            _CHECK,
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            answer = await check(health_pb2.HealthCheckRequest(), timeout=_TIMEOUT_S)
        except grpc.aio.AioRpcError as error:
            raise trouble_of(error, address) from None
    status = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    return status == "SERVING", {"status": status.lower()}


def _lines(report: dict[str, object]) -> str:
    return "\n".join(
        f"{name:<14}{_voices(value) if name == 'voices' else _brief(value)}" for name, value in report.items()
    )


def _voices(value: object) -> str:
    """Show all of them, or of many those that are not ready."""
    if not isinstance(value, Mapping) or len(value) <= MOST:
        return _brief(value)
    down = [name for name, voice in value.items() if not voice["ready"]]
    told = f"{len(value) - len(down)} of {len(value)} ready"
    return f"{told}; not ready: {some(down)}" if down else told


def _named(part: tuple[str, object]) -> str:
    name, value = part
    if name.endswith("_bytes") and isinstance(value, int):
        return f"{name.removesuffix('_bytes')}: {_size(value)}"
    return f"{name}: {_brief(value)}"


def _size(value: int) -> str:
    gib = value / (1 << 30)
    return f"{gib:.1f} GiB" if gib >= 1 else f"{value / (1 << 20):.0f} MiB"


def _brief(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(map(_named, value.items())) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
