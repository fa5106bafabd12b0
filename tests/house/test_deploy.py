"""What stands in deploy/ agrees with the gateway: its options, its ports, its user, its time to go."""

import asyncio
import configparser
import json
import os
import re
import shlex
import sys
import tomllib

import pytest
import yaml

from gateway.app.cli import legato
from gateway.app.config.settings import Settings, load
from tests.house.sources import ROOT

CONFIG, DEPLOYMENT, SERVICE = yaml.safe_load_all(
    (ROOT / "deploy/kubernetes/legato.yaml").read_text(encoding="utf-8")
)
POD = DEPLOYMENT["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNIT = configparser.ConfigParser(strict=False, interpolation=None)
UNIT.optionxform = str
UNIT.read(ROOT / "deploy/systemd/legato.service", encoding="utf-8")


@pytest.fixture
def settings(tmp_path):
    """What a pod runs with: its file, and the variables of the image."""
    path = tmp_path / "legato.yaml"
    path.write_text(CONFIG["data"]["legato.yaml"], encoding="utf-8")
    return load(path, dict(re.findall(r"(LEGATO_\w+)=(\S+)", DOCKERFILE)))


def port_of(address):
    return int(address.rpartition(":")[2])


def test_a_pod_listens_where_its_ports_are(settings):
    ports = {port["name"]: port["containerPort"] for port in CONTAINER["ports"]}
    assert ports == {name: port_of(getattr(settings.server, name)) for name in ("http", "grpc", "admin")}
    assert {port["targetPort"] for port in SERVICE["spec"]["ports"]} == {"http", "grpc"}, (
        "the admin port stays inside"
    )


def test_a_pod_has_time_to_finish(settings):
    pause_s = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][-1])
    assert POD["terminationGracePeriodSeconds"] > pause_s + settings.server.shutdown_grace_s


def test_a_pod_is_waited_for_until_the_gateway_itself_gives_its_voices_up(settings):
    """Or it is killed before its log says why."""
    probe = CONTAINER["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] > settings.engines.start_timeout_s + 10


def test_a_pod_is_the_user_of_the_image():
    user = f"{POD['securityContext']['runAsUser']}:{POD['securityContext']['runAsGroup']}"
    assert f"\nUSER {user}\n" in DOCKERFILE


def test_the_notice_names_every_work_of_the_extras_under_other_licences():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*extras["voices"], *extras["mp3"], *extras["codecs"]]
    works = {re.match(r"[\w-]+", one)[0] for one in asked}
    named = re.findall(r"^  ([\w-]+) {2,}\S", (ROOT / "NOTICE").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) == works


def test_a_service_may_do_what_services_do_and_no_more():
    service = UNIT["Service"]
    assert (service["SystemCallFilter"], service["SystemCallErrorNumber"]) == ("@system-service", "EPERM")
    shut = {
        name
        for name, value in service.items()
        if name.startswith(("Protect", "Private", "Restrict")) and value == "yes"
    }
    assert {
        "ProtectClock",
        "ProtectHostname",
        "ProtectKernelLogs",
        "ProtectKernelModules",
        "RestrictNamespaces",
    } <= shut


def test_a_service_has_time_to_finish_and_keeps_its_voices():
    service = UNIT["Service"]
    assert float(service["TimeoutStopSec"]) > Settings().server.shutdown_grace_s
    assert service["KillMode"] == "mixed"


def test_a_service_goes_on_when_the_kernel_has_killed_one_of_its_processes_for_its_memory():
    """Unless told otherwise, systemd then stops all of it, though the gateway replaces its voices and its workers."""
    assert UNIT["Service"]["OOMPolicy"] == "continue"


def test_a_service_is_waited_for_until_its_voices_are_warm_and_is_watched():
    service = UNIT["Service"]
    assert service["Type"] == "notify"
    assert float(service["WatchdogSec"]) > 0
    usual_s = 90
    assert float(service.get("TimeoutStartSec", usual_s)) > Settings().engines.start_timeout_s


@pytest.mark.parametrize("words", [CONTAINER["args"], shlex.split(UNIT["Service"]["ExecStart"])[1:]])
def test_the_command_is_there(words):
    command, *options = words
    known = {option for parameter in legato.commands[command].params for option in parameter.opts}
    assert {word for word in options if word.startswith("--")} <= known


async def test_the_health_of_a_container_is_asked_of_the_gateway_whatever_proxy_is_named():
    """Docker puts the proxies of its own configuration into every container."""
    command = json.loads(re.search(r"HEALTHCHECK .*\n\s*CMD (\[.*\])", DOCKERFILE)[1])
    lines = []

    async def answer(reader, writer):
        lines.append(await reader.readline())
        writer.write(
            b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % (b"200 OK" if len(lines) < 2 else b"503 No")
        )
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        _, *options, program = command
        program = program.replace("9464", str(port))
        env = {**os.environ, "http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
        for status in (0, 1):
            process = await asyncio.create_subprocess_exec(sys.executable, *options, program, env=env)
            assert await process.wait() == status
    assert lines == [b"GET /readyz HTTP/1.1\r\n"] * 2
