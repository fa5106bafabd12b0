"""What stands between the generator and the fake vendor: nothing, nginx, Envoy or Legato. Each on one core, over cleartext.

nginx and Envoy pass bytes on with one worker each and no log. Legato is the whole gateway as `legato serve` starts it, with text,
receipts, metrics and logs on.
"""

import contextlib
import json
import resource
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loadtest.children import Child, Order, free_ports

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench"
NATIVE = ROOT / "var" / "native"
BIN = Path(sys.executable).parent
MOST_LINES = 2_000
WARM_LINES = 1_050
"""A line for every stream, as with nginx and Envoy: this measures speech, not a cold start."""
ENVOY_ROUTER = {
    "name": "envoy.filters.http.router",
    "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
}
_MANAGER = (
    "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
)
_PROTOCOLS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


class MissingError(Exception):
    """A tool is missing; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One row of the table.

    Args:
        name: its name in the table.
        mode: how the generator speaks to it.
        port: where it listens.
        child: the process that is measured; `None` if there is none.
    """

    name: str
    mode: str
    port: int
    child: Child | None


@dataclass(frozen=True, slots=True)
class Field:
    """All contenders that are running, and where the ends run.

    Args:
        contenders: all of them, in the order of the table.
        vendor: the fake vendor.
        ends_core: core of the vendor and the generator.
        legato: the gateway's process.
    """

    contenders: tuple[Contender, ...]
    vendor: Child
    ends_core: str
    legato: Child

    def of(self, name: str) -> Contender:
        """Return the contender with this name."""
        return next(one for one in self.contenders if one.name == name)


def missing_tools() -> list[str]:
    """Return what the benchmark needs and this machine lacks, with how to get it."""
    wanted = {
        "nginx": "nginx (apt-get install -y --no-install-recommends nginx-light)",
        "taskset": "taskset (apt-get install -y util-linux)",
    }
    found = [what for tool, what in wanted.items() if _tool(tool) is None]
    built = all((NATIVE / name).is_file() for name in ("vendor", "generator"))
    return found if built else [*found, "the fake vendor and the generator (make -C loadtest/native)"]


def make_ready() -> None:
    """Prepare for the children that are started next: make their folder, and allow as many open files as this machine does.

    Raises:
        MissingError: a tool is missing.
    """
    missing = missing_tools()
    if missing:
        raise MissingError(f"this benchmark needs {', '.join(missing)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # all of them inherit it


@contextlib.contextmanager
def everybody(ends_core: str, core: str, warm_lines: int = WARM_LINES) -> Iterator[Field]:
    """Start all contenders; end them on leaving.

    Args:
        ends_core: core for the vendor and the generator.
        core: core for whatever is measured.
        warm_lines: warm lines that Legato keeps to the vendor.

    Raises:
        MissingError: a tool is missing.
        ChildError: a child did not start.
    """
    make_ready()
    ws, grpc, nginx_port, envoy_ws, envoy_grpc, http, rpc, admin = free_ports(8)
    with contextlib.ExitStack() as stack:

        def start(name: str, order: Order) -> Child:
            return stack.enter_context(Child(order, FOLDER / f"{name}.log"))

        vendor = start("vendor", Order((str(NATIVE / "vendor"), str(ws), str(grpc)), ends_core, (ws, grpc)))
        nginx = start("nginx", nginx_order(core, nginx_port, ws))
        envoy = start("envoy", envoy_order(core, {envoy_ws: ws}, {envoy_grpc: grpc}))
        legato = start("legato", legato_order(core, ws, (http, rpc, admin), warm_lines))
        yield Field(
            (
                Contender("direct", "deepgram", ws, None),
                Contender("nginx", "deepgram", nginx_port, nginx),
                Contender("Envoy", "deepgram", envoy_ws, envoy),
                Contender("Legato", "native", http, legato),
                Contender("direct gRPC", "grpc", grpc, None),
                Contender("Envoy gRPC", "grpc", envoy_grpc, envoy),
                Contender("Legato gRPC", "grpc", rpc, legato),
            ),
            vendor,
            ends_core,
            legato,
        )


def nginx_order(core: str, port: int, vendor_port: int) -> Order:
    """Return how to start nginx with one worker that passes WebSockets on."""
    text = f"""
daemon off; worker_processes 1; pid {FOLDER}/nginx.pid; error_log stderr error;
events {{ worker_connections 16384; }}
http {{
  access_log off; client_body_temp_path {FOLDER}/nginx-body; proxy_temp_path {FOLDER}/nginx-proxy;
  fastcgi_temp_path {FOLDER}/nginx-fastcgi; uwsgi_temp_path {FOLDER}/nginx-uwsgi; scgi_temp_path {FOLDER}/nginx-scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://127.0.0.1:{vendor_port}; proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";
      proxy_buffering off; proxy_read_timeout 600s; proxy_send_timeout 600s;
    }}
  }}
}}
"""
    config = FOLDER / "nginx.conf"
    config.write_text(text, encoding="utf-8")
    program = _tool("nginx") or "nginx"
    return Order((program, "-c", str(config), "-e", "stderr"), core, (port,))


def envoy_order(core: str, websocket: dict[int, int], grpc: dict[int, int]) -> Order:
    """Return how to start Envoy with one worker; for each wire, its ports and the vendor's ports behind them."""
    pairs = [(port, to, False) for port, to in websocket.items()] + [
        (port, to, True) for port, to in grpc.items()
    ]
    config = FOLDER / "envoy.json"
    config.write_text(
        json.dumps(
            {
                "static_resources": {
                    "listeners": [_listener(port) for port, _, _ in pairs],
                    "clusters": [_cluster(port, to, http2=http2) for port, to, http2 in pairs],
                }
            },
            indent=1,
        ),
        encoding="utf-8",
    )
    command = (
        str(BIN / "envoy"), "--config-path", str(config), "--concurrency", "1", "--disable-hot-restart", "--log-level", "error"
    )  # fmt: skip
    return Order(command, core, tuple(port for port, _, _ in pairs))


def _listener(port: int) -> dict[str, object]:
    manager = {
        "@type": _MANAGER,
        "stat_prefix": f"at_{port}",
        "codec_type": "AUTO",
        "stream_idle_timeout": "0s",
        "request_timeout": "0s",
        "http2_protocol_options": {"max_concurrent_streams": 4096},
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "http_filters": [ENVOY_ROUTER],
        "route_config": {
            "virtual_hosts": [
                {
                    "name": "vendor",
                    "domains": ["*"],
                    "routes": [
                        {"match": {"prefix": "/"}, "route": {"cluster": f"for_{port}", "timeout": "0s"}}
                    ],
                }
            ]
        },
    }
    return {
        "address": _address(port),
        "filter_chains": [
            {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
        ],
    }


def _cluster(port: int, to: int, *, http2: bool) -> dict[str, object]:
    most = {"max_connections": 16384, "max_pending_requests": 16384, "max_requests": 16384}
    protocol = "http2_protocol_options" if http2 else "http_protocol_options"
    return {
        "name": f"for_{port}",
        "type": "STATIC",
        "connect_timeout": "5s",
        "circuit_breakers": {"thresholds": [most]},
        "typed_extension_protocol_options": {
            _PROTOCOLS: {
                "@type": f"type.googleapis.com/{_PROTOCOLS}",
                "explicit_http_config": {protocol: {}},
            }
        },
        "load_assignment": {
            "cluster_name": f"for_{port}",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(to)}}]}],
        },
    }


def _address(port: int) -> dict[str, object]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def legato_order(
    core: str, vendor_port: int, ports: tuple[int, int, int], warm_lines: int, workers: int = 1
) -> Order:
    """Return how to start the gateway with one voice, the fake vendor's.

    Args:
        core: core that it runs on.
        vendor_port: port of the fake vendor's WebSocket.
        ports: its ports for HTTP, gRPC and operators.
        warm_lines: warm lines that it keeps to the vendor.
        workers: number of its processes.
    """
    http, grpc, admin = ports
    provider = {
        "dialect": "deepgram",
        "url": f"ws://127.0.0.1:{vendor_port}/v1/speak",
        "credential": "env:LEGATO_BENCH_KEY",
        "limits": {"flushes": 1_000_000, "window_chars": 1_000_000_000},
        "pool": {"floor": warm_lines, "ceiling": MOST_LINES},
    }
    settings = {
        "server": {"http": f"127.0.0.1:{http}", "grpc": f"127.0.0.1:{grpc}", "admin": f"127.0.0.1:{admin}"},
        "providers": {"bench": provider},
        "voices": {"bench": {"routes": [{"provider": "bench", "voice": "aura-2-thalia-en"}]}},
    }
    config = FOLDER / f"legato-{workers}.json"
    config.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    command = (str(BIN / "legato"), "serve", "--config", str(config), "--workers", str(workers))
    return Order(command, core, ports, {"LEGATO_BENCH_KEY": "none"}, ready_s=1.0 + warm_lines / 200)


def _tool(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
