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


def test_a_year_of_two_digits_is_read(tmp_path):
    made = certificate(tmp_path)
    assert dates(made.read_bytes()) == told(made)


def test_the_first_certificate_of_a_chain_counts_wherever_the_key_is(tmp_path):
    made = certificate(tmp_path)
    together = (tmp_path / "key.pem").read_bytes() + made.read_bytes() + GIVEN.read_bytes()
    assert dates(together) == told(made)


@pytest.mark.parametrize("length", range(0, 600, 7))
def test_what_is_no_certificate_has_no_dates(length):
    der = ssl.PEM_cert_to_DER_cert(GIVEN.read_text())
    cut = der[:length]
    pem = b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % base64.encodebytes(cut)
    assert dates(pem) in {None, told(GIVEN)}
    assert dates(cut) is None
    assert dates(pem.replace(b"CERTIFICATE", b"CERTIFICATES")) is None
