"""Writes the workers' own ports as the endpoint files that Envoy reads (EDS): it balances streams over them, which the kernel cannot.

There is one file per cluster, as Envoy wants it, replaced as a whole. A worker that dies comes back on its port, so they stay true.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from gateway.app.config.sections import EVERY_IPV4_ADDRESS
from gateway.rpc.listening import EVERY_ADDRESS

CLUSTERS = {"legato_http": "http", "legato_grpc": "grpc"}
"""Clusters of `envoy.yaml`, and which of a worker's ports each one uses."""
_TYPE = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"


def endpoints(
    hosts: Mapping[str, str], ports: Mapping[str, Sequence[int]]
) -> dict[str, Mapping[str, object]]:
    """Return the discovery response of each cluster.

    Args:
        hosts: where "http" and "grpc" listen; for all interfaces the response names loopback.
        ports: ports of all workers, for "http" and "grpc".
    """
    return {cluster: _response(cluster, hosts[wire], ports[wire]) for cluster, wire in CLUSTERS.items()}


def write(folder: Path, responses: Mapping[str, Mapping[str, object]]) -> None:
    """Put a complete file for each cluster in place; make the folder if there is none.

    Every user can read what is made here: Envoy runs as another user than the gateway, whose umask may let nobody in.

    Raises:
        OSError: the files cannot be written.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        each.chmod(0o755)
    for cluster, response in responses.items():
        path = folder / f"{cluster}.json"
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=folder)
        unnamed = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(response, file, indent=2)
                file.write("\n")
            unnamed.chmod(0o644)
            unnamed.replace(path)
        except OSError:  # as on a full disk, where each restart would leave another one
            unnamed.unlink(missing_ok=True)
            raise


def _response(cluster: str, host: str, ports: Sequence[int]) -> Mapping[str, object]:
    every = [_endpoint(_reachable(host), port) for port in ports]
    return {"resources": [{"@type": _TYPE, "cluster_name": cluster, "endpoints": [{"lb_endpoints": every}]}]}


def _endpoint(host: str, port: int) -> dict[str, object]:
    return {"endpoint": {"address": {"socket_address": {"address": host, "port_value": port}}}}


def _reachable(host: str) -> str:
    return {EVERY_IPV4_ADDRESS: "127.0.0.1", EVERY_ADDRESS: "::1", "localhost": "127.0.0.1"}.get(host, host)
