"""The workers' own ports as Envoy reads endpoints from a file (EDS): it balances streams over them, which the kernel cannot.

The file is put in place whole, as Envoy expects; a worker that dies comes back on its port, so that it stays true.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from gateway.app.config_sections import EVERYWHERE

CLUSTERS = {"legato_http": "http", "legato_grpc": "grpc"}
"""Clusters of `envoy.yaml`, and which of a worker's ports is theirs."""
_TYPE = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"


def endpoints(hosts: Mapping[str, str], ports: Mapping[str, Sequence[int]]) -> dict[str, object]:
    """The discovery response.

    Args:
        hosts: where "http" and "grpc" listen; every interface is told as loopback.
        ports: of all workers, for "http" and "grpc".
    """
    return {
        "resources": [
            {
                "@type": _TYPE,
                "cluster_name": cluster,
                "endpoints": [
                    {"lb_endpoints": [_endpoint(_reachable(hosts[wire]), port) for port in ports[wire]]}
                ],
            }
            for cluster, wire in CLUSTERS.items()
        ]
    }


def write(path: Path, response: Mapping[str, object]) -> None:
    """Puts the file in place, whole.

    Raises:
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(response, file, indent=2)
        file.write("\n")
    unnamed = Path(name)
    unnamed.chmod(0o644)
    unnamed.replace(path)


def _endpoint(host: str, port: int) -> dict[str, object]:
    return {"endpoint": {"address": {"socket_address": {"address": host, "port_value": port}}}}


def _reachable(host: str) -> str:
    return {EVERYWHERE: "127.0.0.1", "::": "::1", "localhost": "127.0.0.1"}.get(host, host)
