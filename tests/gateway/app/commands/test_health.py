import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from gateway.app.commands.health import _brief, _lines
from tests.gateway.app.cli_stage import legato_run

REPORT = {"status": "ready", "streams": 3, "voices": {"joe": {"ready": True}}, "cpu": {}}


@pytest.fixture
def pages():
    """An HTTP server whose answers by path are a mapping to fill."""
    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = answers[self.path]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    answers["url"] = f"http://127.0.0.1:{server.server_port}"
    yield answers
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(("status", "exit_code"), [(200, 0), (503, 1)])
def test_ready_or_not(pages, status, exit_code):
    pages["/readyz"], pages["/healthz"] = (status, "{}"), (200, json.dumps(REPORT))

    result = legato_run("health", "--server", pages["url"])

    assert result.exit_code == exit_code
    assert result.stdout.splitlines() == [
        "status        ready",
        "streams       3",
        "voices        joe: ready: yes",
        "cpu           none",
    ]


def test_as_json(pages):
    pages["/readyz"], pages["/healthz"] = (200, "{}"), (200, json.dumps(REPORT))

    assert json.loads(legato_run("health", "--json", "--server", pages["url"]).stdout) == REPORT


def test_something_else_answers_there(pages):
    pages["/readyz"] = pages["/healthz"] = (200, "<html>")

    result = legato_run("health", "--server", pages["url"])

    assert result.exit_code == 1
    assert "is not a Legato gateway" in result.stderr


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((502, "<html><title>502 Bad Gateway</title></html>"), "502: Bad Gateway"),
        ((503, "<html><title>Maintenance</title></html>"), "503: Maintenance"),
        ((404, '{"detail": "Not Found"}'), '404: {"detail": "Not Found"}'),
        ((200, "[]"), "is not a Legato gateway"),
    ],
)
def test_what_a_proxy_answers_in_its_place_is_told_as_voices_tells_it(pages, answer, told):
    """It was "not a Legato gateway" while one was being restarted, any JSON was its report, and a list ended in a traceback."""
    pages["/readyz"] = pages["/healthz"] = answer

    result = legato_run("health", "--server", pages["url"])

    assert result.exit_code == 1
    assert result.stderr.rstrip().endswith(told)


@pytest.mark.parametrize(("serving", "exit_code"), [("SERVING", 0), ("NOT_SERVING", 1)])
def test_over_grpc(serving, exit_code):
    server = grpc.server(ThreadPoolExecutor(1))
    servicer = health.HealthServicer()
    servicer.set("", health_pb2.HealthCheckResponse.ServingStatus.Value(serving))
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    result = legato_run("health", "--server", f"grpc://127.0.0.1:{port}")
    server.stop(0).wait()

    assert (result.exit_code, result.stdout) == (exit_code, f"status        {serving.lower()}\n")


@pytest.mark.parametrize("url", ["grpc://127.0.0.1:9", "http://127.0.0.1:9", "nonsense"])
def test_nobody_there(url):
    result = legato_run("health", "--server", url)

    assert result.exit_code == 1
    assert "Error: " in result.stderr


def test_truth_in_words():
    assert [_brief(value) for value in (True, False, 3)] == ["yes", "no", "3"]


def test_bytes_are_told_in_units_of_people():
    memory = {"process_bytes": 131_846_144, "total_bytes": 25_274_793_984, "free": 3}
    assert _lines({"memory": memory}) == "memory        process: 126 MiB, total: 23.5 GiB, free: 3"


def test_of_thousands_of_voices_those_that_are_not_ready():
    voices = {f"voice-{number}": {"ready": True, "languages": 1} for number in range(3000)}
    assert _lines({"voices": voices}) == "voices        3000 of 3000 ready"

    for number in range(25):
        voices[f"voice-{number}"]["ready"] = False
    said = _lines({"voices": voices})
    assert said.startswith("voices        2975 of 3000 ready; not ready: voice-0, voice-1, ")
    assert said.endswith(", voice-19 and 5 more")
