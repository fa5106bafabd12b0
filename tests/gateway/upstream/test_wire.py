import socket
import ssl

import pytest

from gateway.upstream.wire import DialError, trouble
from legato.domain.vendors import ResponseHead


def untrusted():
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "the vendor did not answer in time"),
        (ConnectionRefusedError(111, "Connection refused", "10.0.0.1"), "connection refused"),
        (OSError(113, "Connect call failed ('10.0.0.1', 443)"), "no route to host"),
        (socket.gaierror(-2, "Name or service not known"), "name or service not known"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "[ssl: wrong_version_number]"),
        (untrusted(), "the vendor's certificate is not trusted: self-signed certificate"),
        (ValueError("https://user:secret@host"), "ValueError"),
    ],
)
def test_trouble_is_told_without_addresses_and_secrets(error, words):
    assert trouble(error) == words


def test_a_dial_error_carries_the_answer():
    error = DialError("refused", ResponseHead(401), b"body")
    assert (str(error), error.head.status, error.body) == ("refused", 401, b"body")
