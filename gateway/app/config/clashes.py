"""Finds listeners that would take each other's address: to bind it would only say that it is in use, as if another program had it."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from gateway.app.config.errors import OptionPath
from gateway.app.config.sections import EVERY_IPV4_ADDRESS, ServerSection, split_address
from gateway.rpc.listening import EVERY_ADDRESS

_LISTENERS = ("http", "grpc", "admin", "wyoming")
_LOCAL = frozenset({"localhost", "127.0.0.1"})


def clashes(server: ServerSection) -> Iterator[tuple[OptionPath, str]]:
    """Yield the options that ask for an address which another one has, with what is wrong."""
    taken = {
        name: split_address(address) for name in _LISTENERS if (address := getattr(server, name)) is not None
    }
    for one, other in combinations(taken, 2):
        if _same(taken[one], taken[other]):
            yield ("server", other), f"{getattr(server, other)} is also the address of server.{one}"
    if server.workers > 1 and server.worker_ports:
        yield from _of_workers(server, taken)


def _of_workers(
    server: ServerSection, taken: Mapping[str, tuple[str, int]]
) -> Iterator[tuple[OptionPath, str]]:
    first, last = server.worker_ports, server.worker_ports + 2 * server.workers - 1
    for name, (_, port) in taken.items():
        own = taken["http" if (port - first) % 2 == 0 else "grpc"][0]
        if first <= port <= last and _same(taken[name], (own, port)):
            yield (
                ("server", "worker_ports"),
                f"the workers' own ports, {first} to {last}, include that of server.{name}",
            )


def _same(one: tuple[str, int], other: tuple[str, int]) -> bool:
    (host, port), (other_host, other_port) = one, other
    if port != other_port or not port:
        return False
    hosts = {host, other_host}
    if len(hosts) == 1 or EVERY_ADDRESS in hosts or hosts == _LOCAL:
        return True
    return EVERY_IPV4_ADDRESS in hosts and not any(":" in each for each in hosts)
