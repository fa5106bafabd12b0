from pathlib import Path

import pytest

from legato_client.access import authorization, check_access


def test_what_a_header_and_a_handshake_can_carry_is_taken(certificate):
    _, cert = certificate
    check_access("", None)
    check_access("sk-1234_.~+/=", cert.read_bytes())


@pytest.mark.parametrize("key", ["planted\n", "planted\r\n", "pla\nnted", "plantéd", "planted\x00"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_repeated(key):
    with pytest.raises(ValueError, match="the API key must be printable ASCII") as caught:
        check_access(key, None)
    assert "plant" not in str(caught.value)


def test_a_line_s_end_behind_a_key_is_named():
    with pytest.raises(ValueError, match="without the newline at its end"):
        check_access("planted\n", None)


def test_certificates_that_are_no_pem_are_refused():
    with pytest.raises(ValueError, match="not PEM"):
        check_access("", b"0\x82\x01\xd1")


@pytest.mark.parametrize(
    "pem", [b"", b"certs/ca.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_a_certificate_is_refused(pem):
    with pytest.raises(ValueError, match="cannot be read as PEM"):
        check_access("", pem)


def test_what_the_environment_does_not_have_is_no_key():
    with pytest.raises(TypeError, match="the API key must be a str, empty for none; got NoneType"):
        check_access(None, None)


@pytest.mark.parametrize("trusted", ["-----BEGIN CERTIFICATE-----", Path("ca.pem")])
def test_certificates_are_bytes(trusted):
    with pytest.raises(TypeError, match="must be the bytes of a PEM file"):
        check_access("", trusted)


def test_a_key_is_carried_by_a_header_and_no_key_by_none():
    assert authorization("k") == {"authorization": "Bearer k"}
    assert authorization("") == {}
