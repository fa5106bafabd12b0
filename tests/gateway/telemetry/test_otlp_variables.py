import os
import subprocess
import sys

import pytest

from gateway.telemetry.otlp_variables import (
    headers_of,
    mistakes,
    other_protocol,
    wanted,
    whole,
    without_wrong_limits,
)

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4317"}


@pytest.mark.parametrize(
    ("env", "is_wanted"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4317"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", **ENDPOINT}, False),
        ({"OTEL_SDK_DISABLED": "true", **ENDPOINT}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
    ],
)
def test_the_standard_variables_decide(env, is_wanted):
    assert wanted(env) is is_wanted


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            [
                "",
                "http://h:4317",
                "h:4317",
                "dns:///h:4317",
                "https://h",
                "unix:///run/otel",
                "http://[::1]:4317",
            ],
            [
                "http://name:planted@h:4317",
                "planted@h:4317",
                "http://h:port",
                "http://h:0",
                "http://",
                ":4317",
            ],
        ),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            ["", "a=b", "A=b, c=d=e,", "authorization=Bearer%20planted", "authorization=Bearer planted"],
            ["planted", "a=b,planted", "=planted", "a b=planted", "a=planted%0Aplanted", "a=plantéd"],
        ),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", ["10", "0.5"], ["", "0", "-1", "soon", "nan", "inf"]),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", ["gzip", "GZIP"], ["", "none", "zip"]),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", ["", "0", " 128 "], ["-1", "1.5", "many", "9" * 5_000]),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", ["", "0", "4096"], ["-1", "none"]),
        ("OTEL_BSP_SCHEDULE_DELAY", ["", "50", " 50 "], ["0", "-1", "1.5", "soon", "\u0665", "9" * 5_000]),
    ],
)
def test_what_cannot_be_used_is_told_by_name_and_not_repeated(name, good, bad):
    for value in good:
        assert list(mistakes({**ENDPOINT, "OTEL_TRACES_EXPORTER": "otlp", name: value})) == []
    for value in bad:
        ((told, said),) = mistakes({**ENDPOINT, name: value})
        assert told == name
        assert said.startswith("must be")
        assert "planted" not in said


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"])
def test_a_certificate_that_cannot_be_read_is_told_where_one_is_needed(name, tmp_path, certificate):
    """The SDK logged it with a traceback, trusted the system's certificates instead, and no span arrived."""
    empty, none = tmp_path / "empty.pem", tmp_path / "planted.pem"
    empty.write_text("no certificate")
    for path in map(str, (empty, none, tmp_path)):
        for address in ("https://h:4317", "h:4317", "HTTPS://h"):
            ((told, said),) = mistakes({"OTEL_EXPORTER_OTLP_ENDPOINT": address, name: path})
            assert (told, "planted" in said) == (name, False)
        plain = {"OTEL_EXPORTER_OTLP_ENDPOINT": "h:4317", "OTEL_EXPORTER_OTLP_INSECURE": "true"}
        assert list(mistakes({**ENDPOINT, name: path})) == list(mistakes({**plain, name: path})) == []
    secure = {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://h:4317"}
    ((told, _),) = mistakes({**plain, **secure, name: str(none)})
    assert told == name, "an address with https is encrypted whatever else is said"
    assert list(mistakes({**secure, name: str(certificate[1])})) == list(mistakes({**secure, name: ""})) == []


def test_a_limit_that_is_none_is_out_of_sight_for_a_while():
    there = {"OTEL_SPAN_LINK_COUNT_LIMIT": "many", "OTEL_SPAN_EVENT_COUNT_LIMIT": "5", "OTHER": "many"}
    env = dict(there)
    with without_wrong_limits(env):
        assert env == {"OTEL_SPAN_EVENT_COUNT_LIMIT": "5", "OTHER": "many"}
    assert env == there


def test_a_limit_that_is_none_ends_no_command_that_has_nothing_to_do_with_it():
    # The SDK reads it as it is imported.
    env = {**os.environ, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "many"}
    command = [sys.executable, "-c", "import gateway.telemetry.tracing, os; print(len(os.environ))"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) >= len(env)


def test_they_are_looked_at_only_where_spans_are_wanted():
    assert list(mistakes({"OTEL_BSP_SCHEDULE_DELAY": "0"})) == []


def test_of_two_variables_the_one_for_traces_holds():
    env = {"OTEL_EXPORTER_OTLP_HEADERS": "a=1", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "B = 2"}
    assert headers_of(env) == {"b": "2"}
    assert headers_of({**env, "OTEL_EXPORTER_OTLP_TRACES_HEADERS": ""}) == {"a": "1"}
    assert headers_of({}) == {}


def test_grpc_is_what_is_spoken():
    assert other_protocol({}) == other_protocol({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}) == ""
    asked = {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}
    assert other_protocol(asked) == "http/protobuf"
    assert other_protocol({**asked, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc"}) == ""


def test_whole_numbers():
    assert [whole(text) for text in ("16", " 7 ", "", "-1", "1e3", "0")] == [16, 7, 0, 0, 0, 0]
