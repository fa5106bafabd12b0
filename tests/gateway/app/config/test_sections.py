from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.app.config.sections import LimitsSection, ServerSection, Tls, is_loopback, split_address
from legato.domain.speech import StreamLimits


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("127.0.0.1:80", "127.0.0.1", 80),
        (":8080", "0.0.0.0", 8080),
        ("[::1]:0", "::1", 0),
        ("gateway.example:65535", "gateway.example", 65535),
    ],
)
def test_addresses_are_taken_apart(address, host, port):
    assert split_address(address) == (host, port)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "8080",
        "host:",
        "host:x",
        "host:65536",
        "::1:80",
        "host:-1",
        "..:80",
        ".example:80",
        f"{70 * 'a'}:80",
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValidationError, match=r"expected HOST:PORT|brackets"):
        ServerSection(http=address)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"])
def test_loopback_is_known(address):
    assert is_loopback(address)


@pytest.mark.parametrize("address", [":1", "0.0.0.0:1", "[::]:1", "10.0.0.1:1", "gateway.example:1"])
def test_everything_else_can_be_reached(address):
    assert not is_loopback(address)


@pytest.mark.parametrize("origin", ["*", "https://a.example", "http://localhost:*"])
def test_origins_are_read(origin):
    assert ServerSection(origins=(origin,)).origins == (origin,)


@pytest.mark.parametrize("origin", ["a.example", "https://a.example/", ""])
def test_what_is_no_origin_is_refused(origin):
    with pytest.raises(ValidationError, match="expected '\\*' or scheme"):
        ServerSection(origins=(origin,))


def test_a_certificate_without_its_key_is_refused():
    with pytest.raises(ValidationError, match="given together"):
        Tls(certificate="a.pem")


@pytest.mark.parametrize("path", ["", " ", "a\0b"])
def test_what_can_be_no_path_is_refused(path):
    """An empty variable is easily made, and its path would be the folder that the process was started in."""
    with pytest.raises(ValidationError, match=r"expected a path, or null for none, got "):
        ServerSection(envoy_endpoints=path)
    with pytest.raises(ValidationError, match="expected a path"):
        Tls(certificate=path, key=path)
    assert ServerSection(envoy_endpoints=None).envoy_endpoints is None
    assert ServerSection(envoy_endpoints="var/envoy").envoy_endpoints == Path("var/envoy")


def test_the_bounds_of_a_stream_are_all_there_and_have_the_usual_values():
    assert LimitsSection().stream() == StreamLimits()
    assert {field.name for field in fields(StreamLimits)} < set(LimitsSection.model_fields)


def test_a_bound_that_is_changed_reaches_the_stream():
    assert LimitsSection(max_lead_ms=0).stream().max_lead_ms == 0


@pytest.mark.parametrize("truth", [True, False])
def test_a_truth_value_is_no_number_and_a_number_is_finite(truth):
    with pytest.raises(ValidationError, match=f"expected a number, got {str(truth).lower()}"):
        LimitsSection(max_streams=truth)
    with pytest.raises(ValidationError, match="finite number"):
        LimitsSection(idle_stream_s=float("inf"))
