"""The dates of certificates, compared with what openssl says."""

import base64
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.app.certificate_dates import dates
from gateway.app.self_signed import certificate

GIVEN = Path(__file__).parent / "tls/certificate.pem"


def told(path):
    """Return what openssl says: from when, until when."""
    command = ["openssl", "x509", "-in", str(path), "-noout", "-startdate", "-enddate"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
    return tuple(ssl.cert_time_to_seconds(line.partition("=")[2]) for line in done.stdout.splitlines())


def test_a_year_beyond_2049_is_read():
    assert dates(GIVEN.read_bytes()) == told(GIVEN)
    assert datetime.fromtimestamp(dates(GIVEN.read_bytes()).not_after_s, UTC).year > 2100


async def test_a_year_of_two_digits_is_read(tmp_path):
    made = await certificate(tmp_path)
    assert dates(made.read_bytes()) == told(made)


async def test_the_first_certificate_of_a_chain_counts_wherever_the_key_is(tmp_path):
    made = await certificate(tmp_path)
    together = (tmp_path / "key.pem").read_bytes() + made.read_bytes() + GIVEN.read_bytes()
    assert dates(together) == told(made)


def test_the_dates_are_found_in_a_certificate_without_a_version():
    """The first version of X.509 says nothing about its version. RFC 5280: years from 50 on are of the last century."""
    validity = element(0x30, element(0x17, b"500101000000Z") + element(0x17, b"491231235959Z"))
    before = element(0x02, b"\x01") + element(0x30, b"") + element(0x30, b"issuer " * 40)
    signed = element(0x30, before + validity + element(0x30, b"subject"))
    pem = b"-----BEGIN X509 CERTIFICATE-----\n%s-----END X509 CERTIFICATE-----\n"
    found = dates(pem % base64.encodebytes(element(0x30, signed)))
    assert found == (
        datetime(1950, 1, 1, tzinfo=UTC).timestamp(),
        datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp(),
    )


def element(tag, content):
    """Return an element of DER."""
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2)
    return bytes([tag]) + length + content


@pytest.mark.parametrize("length", range(0, 600, 7))
def test_what_is_no_certificate_has_no_dates(length):
    der = ssl.PEM_cert_to_DER_cert(GIVEN.read_text())
    cut = der[:length]
    pem = b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % base64.encodebytes(cut)
    assert dates(pem) in {None, told(GIVEN)}
    assert dates(cut) is None
    assert dates(pem.replace(b"CERTIFICATE", b"CERTIFICATES")) is None
