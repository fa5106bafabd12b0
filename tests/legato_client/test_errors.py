import pickle
import socket
import ssl
from http.client import RemoteDisconnected

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato_client.errors import (
    ConnectionLostError,
    UtteranceError,
    cause,
    may_retry,
    reason_named,
    refused_by_http,
    refused_with,
    retry_after_s,
)


def test_an_utterance_error_keeps_what_the_gateway_said():
    told = SpeechError(Reason.VENDOR_LOST, "gone", retry_after_s=2.0, utterance_id="u1")

    error = UtteranceError(told, "the rest", Receipt(chunks=3))

    assert (error.reason, error.message, error.retry_after_s, error.utterance_id) == (
        Reason.VENDOR_LOST,
        "gone",
        2.0,
        "u1",
    )
    assert (error.unspoken, error.receipt.chunks) == ("the rest", 3)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionLostError("gone", may_retry=False),
        SpeechError(Reason.OVERLOADED, "full", retry_after_s=3.0, utterance_id="u1"),
        UtteranceError(SpeechError(Reason.VENDOR_LOST, "gone"), "the rest", Receipt(chunks=3)),
    ],
)
def test_an_error_comes_through_a_pool_of_processes_as_it_was(error):
    """The pool broke on it, with a TypeError about the arguments of its constructor."""
    read = pickle.loads(pickle.dumps(error))

    assert (type(read), str(read), vars(read)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    ("error", "retried", "after_s"),
    [
        (ConnectionLostError("x"), True, 0.0),
        (ConnectionLostError("x", may_retry=False), False, 0.0),
        (SpeechError(Reason.OVERLOADED, "x", retry_after_s=3.0), True, 3.0),
        (SpeechError(Reason.FORBIDDEN, "x"), False, 0.0),
    ],
)
def test_every_trouble_says_whether_to_try_again(error, retried, after_s):
    assert (may_retry(error), retry_after_s(error)) == (retried, after_s)


def test_every_reason_is_found_by_its_name_and_no_other():
    assert [reason_named(reason.value) for reason in Reason] == list(Reason)
    assert reason_named("new_in_a_later_gateway") is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("UNAUTHENTICATED", Reason.UNAUTHENTICATED),
        (401, Reason.UNAUTHENTICATED),
        ("PERMISSION_DENIED", Reason.FORBIDDEN),
        (403, Reason.FORBIDDEN),
        (429, Reason.QUOTA_EXCEEDED),
    ],
)
def test_a_bare_status_that_names_a_reason(status, reason):
    error = refused_with(status, "no")

    assert isinstance(error, SpeechError)
    assert error.reason is reason


@pytest.mark.parametrize(
    ("status", "passing"),
    [
        ("UNAVAILABLE", True),
        (408, True),
        (500, True),
        (503, True),
        ("UNIMPLEMENTED", False),
        (404, False),
        (499, False),
    ],
)
def test_a_bare_status_that_names_none_is_a_lost_connection(status, passing):
    error = refused_with(status, "what came with it")

    assert isinstance(error, ConnectionLostError)
    assert error.may_retry is passing
    assert str(error) == f"{status}: what came with it"


def test_the_gateways_own_error_in_a_body_is_believed_over_the_status():
    error = refused_by_http(
        503, b'{"error": {"reason": "overloaded", "message": "full", "retryAfterS": 4.5}}'
    )

    assert isinstance(error, SpeechError)
    assert (error.reason, error.message, error.retry_after_s) == (Reason.OVERLOADED, "full", 4.5)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"\xff", b"[]", b'{"error": "no"}', b'{"error": {"reason": "new", "message": ""}}'],
)
def test_any_other_body_leaves_the_status(body):
    assert isinstance(refused_by_http(502, body), ConnectionLostError)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n", "502: Bad Gateway"),
        (b"no healthy\r\nupstream\r\n", "502: no healthy upstream"),
        (b"", "502: no body"),
    ],
)
def test_what_a_proxy_answers_is_told_on_one_line(body, said):
    assert str(refused_by_http(502, body)) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 9)"), "connection refused"),
        (
            OSError(
                "Multiple exceptions: [Errno 111] Connect call failed ('::1', 9, 0, 0), [Errno 111] Connect call"
            ),
            "connection refused",
        ),
        (socket.gaierror(-2, "Name or service not known"), "name or service not known"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "does not speak TLS"),
        (ssl.SSLError(1, "[SSL: TLSV1_ALERT] alert"), "[SSL: TLSV1_ALERT]"),
        (
            RemoteDisconnected("Remote end closed connection without response"),
            "a port with TLS needs grpcs://",
        ),
        (TimeoutError("timed out during opening handshake"), "timed out during opening handshake"),
        (ValueError("did not receive a valid HTTP response"), "did not receive a valid HTTP response"),
    ],
)
def test_what_went_wrong_on_a_socket_is_told_without_numbers_and_addresses(error, said):
    assert said in cause(error)
    assert "Errno" not in cause(error)
    assert "call" not in cause(error)
