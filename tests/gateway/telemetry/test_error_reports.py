import gzip
import http.server
import json
import subprocess
import sys
import threading

import brotli
import pytest
from sentry_sdk.transport import Transport

from gateway.telemetry import error_reports
from gateway.telemetry.correlation import Context
from gateway.telemetry.error_reports import CannotReportError, ErrorReports, bare, unusable
from legato.domain.facts import BugFound

DSN = "https://publickey@errors.example.org/1"
SECRET = "the text that somebody said"


class Kept(Transport):
    """Keeps what would have been sent."""

    envelopes: list = []  # noqa: RUF012 - the client makes the transport itself

    def capture_envelope(self, envelope):
        self.envelopes.append(envelope)


@pytest.fixture
def kept():
    Kept.envelopes = []
    return Kept


def test_a_bug_is_told_by_place_and_kind_and_nothing_else(kept, said):
    reports = ErrorReports(DSN, "1.2.3", kept)
    try:
        int(SECRET)
    except ValueError:  # what is being handled is not looked at either
        for fact in (said.opened, BugFound("session:12", "KeyError"), said.closed):
            reports.take(fact, Context())
    reports.close()
    (envelope,) = kept.envelopes
    event = envelope.get_event()
    assert event["fingerprint"] == ["session:12", "KeyError"]
    assert event["exception"] == {"values": [{"type": "KeyError", "value": "session:12"}]}
    assert event["release"] == "legato@1.2.3"
    assert (event["level"], event["logger"]) == ("error", "legato")
    assert set(event) == error_reports.KEPT, "a receiver needs to know when it was, and of which release"
    assert SECRET not in json.dumps(event, default=str)


@pytest.fixture
def receiver():
    """A receiver of Sentry's language, on this machine; what it was sent is in `envelopes`."""

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpacked = {"br": brotli.decompress, "gzip": gzip.decompress}[self.headers["Content-Encoding"]](
                body
            )
            server.envelopes.append(unpacked)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Not here."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.envelopes = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_bugs_reach_a_real_receiver_and_those_of_one_place_are_one_group(receiver):
    reports = ErrorReports(f"http://publickey@127.0.0.1:{receiver.server_port}/1", "1.2.3")
    for where in ("session:12", "session:12", "loop:7"):
        reports.take(BugFound(where, "KeyError"), Context())
    reports.close()
    events = [json.loads(envelope.splitlines()[2]) for envelope in receiver.envelopes]
    assert [event["fingerprint"] for event in events] == [
        ["session:12", "KeyError"], ["session:12", "KeyError"], ["loop:7", "KeyError"],
    ]  # fmt: skip
    assert all(set(event) <= error_reports.KEPT for event in events)


def test_a_receiver_that_is_not_there_costs_reports_and_nothing_else():
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as gone:
        port = gone.server_port
    reports = ErrorReports(f"http://publickey@127.0.0.1:{port}/1", "1.2.3")
    reports.take(BugFound("session:12", "KeyError"), Context())
    reports.close()


def test_whatever_else_is_in_an_event_is_taken_out():
    event = dict.fromkeys(("message", "extra", "request", "user", "breadcrumbs", "server_name"), SECRET)
    assert bare({**event, "level": "error"}, {}) == {"level": "error"}


def test_a_dsn_that_is_none_is_not_repeated():
    with pytest.raises(CannotReportError, match="expected a Sentry DSN") as caught:
        ErrorReports("https://key-of-somebody@/", "1")
    assert "key-of-somebody" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert [bool(unusable(dsn)) for dsn in ("https://key-of-somebody@/", "", "x", DSN)] == [True] * 3 + [
        False
    ]


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(CannotReportError, match=r"legato\[sentry\]"):
        ErrorReports(DSN, "1")
    assert "legato[sentry]" in unusable(DSN)


def test_a_gateway_that_reports_no_bugs_does_not_load_the_library():
    asks = "import sys, gateway.app.cli, gateway.app.serve; sys.exit('sentry_sdk' in sys.modules)"
    subprocess.run([sys.executable, "-c", asks], check=True, timeout=60)
