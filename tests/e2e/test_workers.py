"""Several workers as one gateway: what clients, vendors, operators and Envoy see of them."""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import struct
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import grpc.aio
import psutil
import pytest

from gateway.app.simulation import simulator
from gateway.simulator.log import Saw
from gateway.simulator.script import Script
from legato.domain.events import Begin
from legato.v1 import speech_pb2
from legato_client import Tuning
from legato_client.connect import connect
from loadtest.children import processor_s
from tests.e2e.processes import ESPEAK_ALONE, Envoy, Gateway, fetch, until
from tests.e2e.raw import STREAM, RawWebSocket, raw_client, read_until

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

STREAMS = 40
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class Workers(Gateway):
    """Two workers, and where Envoy reads their ports."""

    def __init__(self, folder, **environment):
        self.endpoints = folder / "envoy"
        super().__init__(
            LEGATO_SERVER__WORKERS="2",
            LEGATO_SERVER__ENVOY_ENDPOINTS=str(self.endpoints),
            **{**ESPEAK_ALONE, **environment},
        )

    def health(self):
        return json.loads(fetch(f"http://{self.admin}/healthz")[1])

    def streams(self):
        return [worker["streams"] for worker in self.health()["workers"]]


class Balancer(Envoy):
    """The proxy as `docs/scaling.md` has it: both clusters read their endpoints from the file."""

    def __init__(self, gateway, folder):
        http, port = (address.rpartition(":")[2] for address in (gateway.http, gateway.grpc))
        super().__init__(
            gateway,
            folder,
            (
                ("admin:\n", "node: { id: edge, cluster: legato }\nadmin:\n"),
                *(_from_file(gateway, cluster) for cluster in ("legato_grpc", "legato_http")),
                (_assignment("legato_grpc", port), ""),
                (_assignment("legato_http", http), ""),
            ),
        )

    def _grpc_healthy(self):
        stats = self.stats()
        return all(stats.get(f"cluster.legato_{wire}.membership_healthy") == "2" for wire in ("grpc", "http"))


def _from_file(gateway, cluster):
    source = f"{{ path_config_source: {{ path: {gateway.endpoints / cluster}.json }} }}"
    name = f"    - name: {cluster}\n"
    return (
        f"{name}      type: STATIC\n",
        f"{name}      type: EDS\n      eds_cluster_config: {{ eds_config: {source} }}\n",
    )


def _assignment(cluster, port):
    return (
        f"      load_assignment:\n        cluster_name: {cluster}\n        endpoints:\n          - lb_endpoints:\n"
        f"              - endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }} }}\n"
    )


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    with Workers(tmp_path_factory.mktemp("workers")) as running:
        yield running.ready()


@contextlib.asynccontextmanager
async def open_calls(address, channels):
    """Streams that are open, few connections for many."""
    async with contextlib.AsyncExitStack() as stack:
        options = [("grpc.use_local_subchannel_pool", 1)]
        ways = [
            await stack.enter_async_context(grpc.aio.insecure_channel(address, options=options))
            for _ in range(channels)
        ]
        for number in range(STREAMS):
            call = ways[number % channels].stream_stream(STREAM)()
            stack.callback(call.cancel)
            await call.write(speech_pb2.StreamRequest(open={}).SerializeToString())
            assert await call.read()
        yield


def is_even(counts):
    return sum(counts) == STREAMS and max(abs(count - STREAMS / 2) for count in counts) <= 0.2 * STREAMS / 2


async def test_through_envoy_streams_are_shared_evenly_though_connections_are_few(workers, tmp_path):
    with Balancer(workers, tmp_path) as envoy:
        async with open_calls(envoy.address, 2):
            assert is_even(workers.streams()), workers.streams()
        until(lambda: sum(workers.streams()) == 0, workers)
        with contextlib.ExitStack() as stack:
            for _ in range(STREAMS):
                client = stack.enter_context(RawWebSocket(envoy.address))
                client.send(open={})
                assert client.read().WhichOneof("response") == "opened"
            assert is_even(workers.streams()), workers.streams()
    until(lambda: sum(workers.streams()) == 0, workers)


async def test_every_worker_takes_connections_at_the_shared_ports_of_both_wires(workers):
    """The kernel deals them out: that all forty come to one worker is once in 2 ** 39."""
    async with open_calls(workers.grpc, STREAMS):
        assert sum(workers.streams()) == STREAMS
        assert all(workers.streams())
    until(lambda: sum(workers.streams()) == 0, workers)
    with contextlib.ExitStack() as stack:
        for _ in range(STREAMS):
            client = stack.enter_context(RawWebSocket(workers.http))
            client.send(open={})
            assert client.read().WhichOneof("response") == "opened"
        assert sum(workers.streams()) == STREAMS
        assert all(workers.streams())
    until(lambda: sum(workers.streams()) == 0, workers)


async def test_one_scrape_is_the_whole(workers):
    before = workers.metrics()
    traces = [secrets.token_hex(16) for _ in range(2)]
    for worker, trace in zip(workers.health()["workers"], traces, strict=True):
        async with connect(f"ws://127.0.0.1:{worker['http']}") as speech:
            utterance = speech.begin_as(Begin("u", traceparent=f"00-{trace}-{trace[:16]}-01"))
            await utterance.send("Hello.")
            await utterance.end()
            assert [chunk async for chunk in utterance]
    until(lambda: total(workers.metrics()) - total(before) == 2, workers)
    told = workers.metrics()
    assert told["legato_workers"] == 2
    assert {f'process_resident_memory_bytes{{worker="{name}"}}' for name in ("1", "2", "parent")} <= set(told)
    _, body = fetch(f"http://{workers.admin}/metrics", Accept=OPENMETRICS)
    assert "# EOF" in body
    assert f'# {{trace_id="{traces[1]}"}}' in body, (
        "of a bucket that both have told of, the younger exemplar is kept"
    )
    for number in (1, 2):
        workers.log.find(
            lambda line, own=number: (line["event"], line.get("worker")) == ("utterance ended", own)
        )


def total(metrics):
    return sum(value for name, value in metrics.items() if name.startswith("legato_utterances_total"))


def test_a_worker_that_is_killed_accepts_again_within_two_seconds_and_what_it_had_counted_stays(workers):
    """Of those seconds the wait and what the new one has to do are counted, not the time for which others had the processor."""
    before = total(workers.metrics())
    victim = workers.health()["workers"][0]
    address = ("127.0.0.1", victim["http"])
    os.kill(victim["pid"], signal.SIGKILL)
    until(lambda: workers.health()["workers"][0]["pid"] not in {0, victim["pid"]}, workers)
    until(lambda: socket.create_connection(address, timeout=1).close() or True, workers)
    work_s = processor_s(workers.health()["workers"][0]["pid"])
    until(lambda: workers.health()["status"] == "ready", workers)
    assert workers.health()["workers"][0]["restarts"] == 1
    assert total(workers.metrics()) == before
    ended = workers.log.find(lambda line: line["event"].startswith("a worker has ended"))
    assert ended["status"] == -9
    assert ended["wait_s"] <= 0.2, "it was the first to die"
    assert 0 < ended["wait_s"] + work_s < 2


def test_what_an_operator_has_set_holds_in_a_worker_that_is_begun_again(workers):
    drained = {"route": "espeak/*", "action": "drain"}
    assert order(workers, "PUT", "/log-level", {"level": "debug"}) == 200
    assert order(workers, "POST", "/v1/routes", drained) == 204
    victim = workers.health()["workers"][1]
    os.kill(victim["pid"], signal.SIGKILL)
    until(lambda: workers.health()["workers"][1]["pid"] not in {0, victim["pid"]}, workers)
    until(lambda: workers.health()["status"] == "ready", workers)
    said = len(workers.log.lines)
    page = "/v1/text-to-speech/espeak?output_format=pcm_24000"
    status = order(workers, "POST", page, {"text": "Hello."}, f"127.0.0.1:{victim['http']}")
    assert status == 503
    workers.log.find(lambda line: (line["level"], line.get("worker")) == ("debug", 2), after=said, within=5)
    assert order(workers, "PUT", "/log-level", {"level": "info"}) == 200
    assert order(workers, "POST", "/v1/routes", {**drained, "action": "reset"}) == 204


def order(workers, method, page, body, address=""):
    request = urllib.request.Request(
        f"http://{address or workers.admin}{page}",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


async def test_a_second_sigterm_ends_everything_at_once(workers):
    pids = [worker["pid"] for worker in workers.health()["workers"]]
    async with raw_client("websocket", workers) as client:
        await client.send(open={"max_lead_ms": 0})
        await client.send(text={"utterance_id": "u", "text": "One two three four five. " * 40})
        await read_until(client, "audio")
        workers.send(signal.SIGTERM)
        await read_until(client, "go_away")
        assert fetch(f"http://{workers.admin}/readyz")[0] == 503
        assert await asyncio.to_thread(workers.told_again) == 128 + signal.SIGTERM
    until(lambda: not any(is_running(pid) for pid in pids))


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def hang_up(parent):
    """Signal this process and those of its group that come from it; one that has ended meanwhile needs none."""
    group = os.getpgid(parent.pid)
    for process in [parent, *parent.children(recursive=True)]:
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getpgid(process.pid) == group:
                process.send_signal(signal.SIGHUP)


@pytest.mark.measured
async def test_r30_a_terminal_that_is_closed_lets_workers_finish_what_they_say(tmp_path):
    """The signal comes to all processes of its group: parent, workers, what they are forked from."""
    with Workers(tmp_path) as running:
        await asyncio.to_thread(running.ready)
        async with connect(f"ws://{running.http}", tuning=Tuning(max_lead_ms=0)) as speech:
            utterance = speech.begin()
            await utterance.send("One two three four five six seven eight nine ten eleven twelve.")
            await utterance.end()
            chunks = aiter(utterance)
            await anext(chunks)
            hang_up(psutil.Process(running.child.pid))
            assert [chunk async for chunk in chunks]
            assert utterance.receipt
        assert await asyncio.to_thread(running.ended) == 0


async def test_a_worker_that_hangs_is_ended_and_begun_again_and_the_other_goes_on_speaking(tmp_path):
    """Stopped, it still has its listening sockets, and the kernel would go on giving it connections."""
    with Workers(tmp_path, LEGATO_SERVER__WORKER_SILENCE_S="6") as running:
        await asyncio.to_thread(running.ready)
        hanging, well = running.health()["workers"]
        async with connect(f"ws://127.0.0.1:{well['http']}", tuning=Tuning(max_lead_ms=0)) as speech:
            utterance = speech.begin()
            await utterance.send("One two three four five six seven eight nine ten eleven twelve.")
            await utterance.end()
            chunks = aiter(utterance)
            await anext(chunks)
            os.kill(hanging["pid"], signal.SIGSTOP)
            said = await asyncio.to_thread(
                running.log.find, lambda line: line["event"].startswith("a worker hangs")
            )
            assert (said["worker"], said["pid"]) == (hanging["worker"], hanging["pid"])
            ended = await asyncio.to_thread(
                running.log.find, lambda line: line["event"].startswith("a worker has ended")
            )
            assert (ended["worker"], ended["status"]) == (hanging["worker"], -signal.SIGKILL)
            assert [chunk async for chunk in chunks]
            assert utterance.receipt
        until(lambda: running.health()["status"] == "ready", running)
        again, other = running.health()["workers"]
        assert (again["restarts"], other["restarts"], other["pid"]) == (1, 0, well["pid"])
        await speak(f"ws://127.0.0.1:{again['http']}", "espeak")
        assert running.metrics()['legato_worker_restarts_total{worker="1"}'] == 1


def forked_from(running):
    """The process that the workers are forked from."""
    pids = {worker["pid"] for worker in running.health()["workers"]}
    (process,) = {psutil.Process(pid).parent() for pid in pids}
    assert process.ppid() == running.child.pid
    return process


@pytest.mark.measured
def test_r30_it_ends_when_told_though_the_process_that_workers_are_forked_from_hangs(tmp_path):
    """Only that process tells that workers have ended: their parent waited for it, though all of them had long left."""
    with Workers(tmp_path, LEGATO_SERVER__SHUTDOWN_GRACE_S="600") as running:
        running.ready()
        hanging = forked_from(running)
        hanging.suspend()
        running.send(signal.SIGTERM)
        assert running.ended() == 0
        assert running.log.find(lambda line: line["event"].startswith("the process that workers are forked"))
        assert not [line for line in running.log.lines if line["event"] == "workers cut off"]
        until(lambda: not is_running(hanging.pid))


@pytest.mark.measured
def test_a_folder_of_sockets_that_is_removed_is_made_again_and_everybody_is_reached_anew(tmp_path):
    """As by a job that clears the temporary directory: no worker and no voice could be restarted any more, and no figures were read."""
    with tempfile.TemporaryDirectory(dir="/tmp") as place, Workers(tmp_path, TMPDIR=place) as running:
        running.ready()
        before = {worker["pid"] for worker in running.health()["workers"]}
        (folder,) = Path(place).glob("legato-*")
        shutil.rmtree(folder)
        made_again = "the folder of the sockets was removed; it is made again, and all processes are replaced"
        running.log.find(lambda line: line["event"] == made_again)
        until(lambda: not before & {worker["pid"] for worker in running.health()["workers"]}, running)
        until(lambda: running.health()["status"] == "ready", running)
        for worker in running.health()["workers"]:
            asyncio.run(speak(f"ws://127.0.0.1:{worker['http']}", "espeak"))
        assert folder.stat().st_mode & 0o777 == 0o700
        running.send(signal.SIGTERM)
        assert running.ended() == 0
        assert not folder.exists()


async def test_r30_a_worker_that_leaves_alone_takes_nobody_in_while_it_finishes(tmp_path):
    """The kernel would go on giving it half of those who come: that twenty all come to the other one is once in a million."""
    with Workers(tmp_path) as running:
        await asyncio.to_thread(running.ready)
        leaving = running.health()["workers"][0]
        async with connect(f"ws://127.0.0.1:{leaving['http']}", tuning=Tuning(max_lead_ms=0)) as speech:
            utterance = speech.begin()
            await utterance.send("One two three four five six seven eight nine ten eleven twelve.")
            await utterance.end()
            chunks = aiter(utterance)
            await anext(chunks)
            os.kill(leaving["pid"], signal.SIGTERM)
            said = await asyncio.to_thread(running.log.find, lambda line: line["event"] == "worker leaving")
            assert said["worker"] == leaving["worker"]
            until(lambda: fetch(f"http://{running.http}/readyz")[0] == 200, running)
            page = "/v1/text-to-speech/espeak?output_format=pcm_24000"
            answers = [order(running, "POST", page, {"text": "Hi."}, running.http) for _ in range(20)]
            assert answers == [200] * 20
            assert [chunk async for chunk in chunks]
            assert utterance.receipt


@pytest.mark.measured
async def test_r30_workers_whose_parent_is_killed_finish_what_a_local_voice_says(tmp_path):
    """The process of the local voices is the parent's: it stays until the last of them has finished."""
    with Workers(tmp_path) as running:
        await asyncio.to_thread(running.ready)
        family = psutil.Process(running.child.pid).children(recursive=True)
        async with connect(f"ws://{running.http}", tuning=Tuning(max_lead_ms=0)) as speech:
            utterance = speech.begin()
            await utterance.send("One two three four five six. " * 5)
            await utterance.end()
            chunks = aiter(utterance)
            await anext(chunks)
            running.send(signal.SIGKILL)
            assert [chunk async for chunk in chunks]
            assert utterance.receipt
        assert await asyncio.to_thread(running.ended) == -signal.SIGKILL
    _, left = await asyncio.to_thread(psutil.wait_procs, family, timeout=30)
    assert not [each for each in left if each.status() != psutil.STATUS_ZOMBIE]


# --- local voices -----------------------------------------------------------------------------------------------------


async def test_r3_an_engine_that_hangs_is_replaced_by_the_parent_and_the_text_is_spoken_after_all(tmp_path):
    """The worker breaks the run off, sends nothing more there, and tells the parent; the new process speaks it, tried alone."""
    limits = {"SOCKET": str(tmp_path / "engine.sock"), "FIRST_AUDIO_S": "0.3", "SILENCE_S": "1.0"}
    with Workers(
        tmp_path,
        LEGATO_LIMITS__NO_ROUTE_BEFORE_AUDIO_MS="25000",
        **{f"LEGATO_ENGINES__{name}": value for name, value in limits.items()},
    ) as running:
        await asyncio.to_thread(running.ready)
        hanging = listener_at(tmp_path / "engine.sock")
        os.kill(hanging, signal.SIGSTOP)
        async with asyncio.timeout(30):
            await speak(f"ws://{running.http}", "espeak")
        assert listener_at(tmp_path / "engine.sock") != hanging
        told = running.metrics()
        assert told["legato_engine_restarts_total"] >= 1
        assert told['legato_runs_timed_out_total{awaited="first_audio",route="espeak/*"}'] >= 1
        assert running.log.find(lambda line: line["event"].endswith("treating it as dead"), within=1)


def listener_at(path):
    """The process that answers on a Unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        return struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]


# --- vendors ----------------------------------------------------------------------------------------------------------


async def speak(url, voice):
    async with connect(url, voice=voice) as speech:
        utterance = speech.begin()
        await utterance.send("river stone window garden.")
        await utterance.end()
        assert [chunk async for chunk in utterance]


ADDRESS = {
    "deepgram": lambda vendor: vendor.websocket_url.rstrip("/") + "/v1/speak",
    "openai": lambda vendor: vendor.url.rstrip("/") + "/v1",
}


def script(counted):
    return Script.model_validate(
        {
            "concurrency_of": counted,
            "limits": {"concurrency": 5},
            "pace": {"first_byte": {"constant_ms": 20}, "speed": 8},
        }
    )


async def test_r22_two_workers_together_keep_the_vendors_limit_and_drain(tmp_path):
    """Whatever the vendor counts, connections or requests under way; counted by the vendor."""
    names = {"connections": "deepgram", "utterances": "openai"}
    async with contextlib.AsyncExitStack() as stack:
        vendors = {
            name: await stack.enter_async_context(simulator([dialect], script(name)))
            for name, dialect in names.items()
        }
        environment = {
            "LEGATO_VOICES": json.dumps(
                {name: {"routes": [{"provider": name, "voice": "aura-2-anna-en"}]} for name in names}
            ),
            "LEGATO_PROVIDERS": json.dumps(
                {
                    name: {
                        "dialect": names[name],
                        "credential": "env:VENDOR_KEY",
                        "url": ADDRESS[names[name]](vendor),
                        "limits": {"concurrency": 5},
                        "pool": {"floor": 1, "ceiling": 5 if name == "connections" else 20, "spare": 1},
                    }
                    for name, vendor in vendors.items()
                }
            ),
            "LEGATO_LIMITS__NO_ROUTE_BEFORE_AUDIO_MS": "25000",
            "VENDOR_KEY": "key",
        }
        running = await asyncio.to_thread(stack.enter_context, Workers(tmp_path, **environment))
        await asyncio.to_thread(running.ready)
        report = await asyncio.to_thread(running.health)
        urls = [f"ws://127.0.0.1:{worker['http']}" for worker in report["workers"]]
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            for number in range(30):
                for name in names:
                    group.create_task(speak(urls[number % 5 > 0], name))
        for name, vendor in vendors.items():
            assert vendor.log.of(Saw.LIMIT) == [], name
            assert vendor.log.count(Saw.FINISHED) >= 30, name
        told = json.loads((await asyncio.to_thread(fetch, f"http://{running.admin}/v1/vendors"))[1])[
            "vendors"
        ]
        allowed = {vendor["provider"]: vendor["runs_allowed"] for vendor in told}
        assert {name: allowed[name] for name in names} == dict.fromkeys(names, 5)
        async with connect(urls[0], voice="utterances") as speech:
            utterance = speech.begin()
            await utterance.send("river stone window garden. " * 4)
            await utterance.end()
            await anext(utterance)
            running.send(signal.SIGTERM)
            heard = [chunk async for chunk in utterance]
            assert heard
            assert utterance.receipt.audio_samples
        assert await asyncio.to_thread(running.ended) == 0
        assert vendors["utterances"].log.of(Saw.LIMIT) == []
