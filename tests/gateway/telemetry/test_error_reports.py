import json

import pytest
from sentry_sdk.transport import Transport

from gateway.telemetry import error_reports
from gateway.telemetry.correlation import Context
from gateway.telemetry.error_reports import CannotReportError, ErrorReports, bare
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
    assert set(event) <= error_reports.KEPT
    assert SECRET not in json.dumps(event, default=str)


def test_whatever_else_is_in_an_event_is_taken_out():
    event = dict.fromkeys(("message", "extra", "request", "user", "breadcrumbs", "server_name"), SECRET)
    assert bare({**event, "level": "error"}, {}) == {"level": "error"}


def test_a_dsn_that_is_none_is_not_repeated():
    with pytest.raises(CannotReportError, match="this is no DSN") as caught:
        ErrorReports("https://key-of-somebody@/", "1")
    assert "key-of-somebody" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(error_reports, "sentry_sdk", None)
    with pytest.raises(CannotReportError, match=r"legato\[sentry\]"):
        ErrorReports(DSN, "1")
