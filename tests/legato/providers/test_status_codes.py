"""Why a vendor said no."""

import json

import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from legato.domain import hops
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost
from legato.domain.protobuf_wire import data, text
from legato.domain.vendors import CallEnded, ResponseHead
from legato.providers.status_codes import LONGEST_S, call_ended, closing, complaint, refusal, unreadable

REASONS = {"quota_exceeded": Reason.VENDOR_QUOTA, "DATA-0001": Reason.VENDOR_QUOTA}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, Reason.VENDOR_REJECTED),
        (401, Reason.VENDOR_REJECTED),
        (402, Reason.VENDOR_QUOTA),
        (403, Reason.VENDOR_REJECTED),
        (404, Reason.VENDOR_REJECTED),
        (408, Reason.VENDOR_TIMEOUT),
        (413, Reason.VENDOR_REJECTED),
        (422, Reason.VENDOR_REJECTED),
        (429, Reason.VENDOR_QUOTA),
        (500, Reason.VENDOR_UNREACHABLE),
        (503, Reason.VENDOR_UNREACHABLE),
        (504, Reason.VENDOR_TIMEOUT),
        (302, Reason.VENDOR_REJECTED),
    ],
)
def test_a_status_decides_where_no_code_does(status, reason):
    assert refusal("v", ResponseHead(status), b"no json", REASONS) == Failed(reason, f"v answered {status}")


def test_a_page_in_place_of_a_websocket_is_told_as_that():
    failed = refusal("v", ResponseHead(200), b"<html>", REASONS)
    assert failed.reason is Reason.VENDOR_REJECTED
    assert (
        failed.message
        == "v answered 200 where a WebSocket was expected: check the path of the provider's url"
    )


@pytest.mark.parametrize(
    "body",
    [
        b'{"detail":{"status":"quota_exceeded","message":"m"}}',
        b'{"error":{"code":"quota_exceeded"}}',
        b'{"error_code":"quota_exceeded"}',
    ],
)
def test_the_vendors_own_code_decides(body):
    failed = refusal("v", ResponseHead(401), body, REASONS)
    assert failed == Failed(Reason.VENDOR_QUOTA, "v answered 401 (quota_exceeded)")


def test_a_code_that_is_known_goes_before_one_that_is_not():
    codes = {"error_code": "unheard_of", "detail": {"status": "quota_exceeded"}}
    failed = refusal("v", ResponseHead(401), json.dumps(codes).encode(), REASONS)
    assert failed == Failed(Reason.VENDOR_QUOTA, "v answered 401 (quota_exceeded)")
    failed = complaint("v", codes, REASONS, Reason.VENDOR_REJECTED)
    assert failed == Failed(Reason.VENDOR_QUOTA, "v reported an error (quota_exceeded)")


def test_a_redirect_is_told_as_one_and_not_where_it_points():
    failed = refusal("v", ResponseHead(307, {"location": "https://else.where/?key=k"}), b"", {})
    assert failed.reason is Reason.VENDOR_REJECTED
    assert "v answered 307, a redirect" in failed.message
    assert "else.where" not in failed.message


@pytest.mark.parametrize(
    "key",
    [
        "3f9a" * 10,
        "sk_car_AbCdEfGhIjKlMnOp7",
        "sk-proj-TzAbcdE9fghIjklMnop",
        "eyJhbGciOiJIUzI1NiIsInR5",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_a_key_in_the_place_of_a_code_is_not_repeated(key):
    failed = refusal("v", ResponseHead(401), b'{"error":{"code":"%b"}}' % key.encode(), {})
    assert failed == Failed(Reason.VENDOR_REJECTED, "v answered 401")


def test_words_of_the_vendor_are_not_repeated():
    body = b'{"error":{"message":"bad key sk-123","code":"invalid_api_key"},"err_msg":"text was: my secret"}'
    assert refusal("v", ResponseHead(401), body, {}).message == "v answered 401 (invalid_api_key)"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("1500ms", None),
        ("1, 2", None),
        ("Fri, 1 Jan 2027 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_told_in_seconds(header, seconds):
    assert refusal("v", ResponseHead(429, {"retry-after": header}), b"", {}).retry_after_s == seconds


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("Fri, 01 Jan 2027 00:00:20 GMT", 20.0),
        ("Fri, 01 Jan 2027 00:00:00 GMT", 0.0),
        ("Thu, 31 Dec 2026 23:59:59 GMT", None),
        ("Fri, 01 Jan 2027 00:00:20 -0000", None),
        ("Fri, 99 Jan 2027 00:00:20 GMT", None),
        ("Fri, 01 Jan 99999999999999999999 00:00:20 GMT", None),
        ("Fri, 01 Jan 2027 00:00:20 +99999999999999999999", None),
    ],
)
def test_r22_a_moment_counts_from_that_of_the_answer(moment, seconds):
    head = ResponseHead(429, {"retry-after": moment, "date": "Fri, 01 Jan 2027 00:00:00 GMT"})
    assert refusal("v", head, b"", {}).retry_after_s == seconds


@pytest.mark.parametrize("header", ["1790000000", "60000", "1e300", "Tue, 21 Oct 2099 07:28:00 GMT"])
def test_nobody_is_kept_away_for_years(header):
    head = ResponseHead(429, {"retry-after": header, "date": "Fri, 01 Jan 2027 00:00:00 GMT"})
    assert refusal("v", head, b"", {}).retry_after_s == LONGEST_S


@pytest.mark.parametrize(
    ("milliseconds", "seconds", "told_s"),
    [
        ("1500", "2", 1.5),
        ("0", "2", 0.0),
        ("250", "", 0.25),
        ("9e9", "", LONGEST_S),
        ("-1", "2", 2.0),
        ("nan", "2", 2.0),
        ("soon", "2", 2.0),
        ("inf", "", None),
    ],
)
def test_r22_milliseconds_go_before_seconds(milliseconds, seconds, told_s):
    """Azure OpenAI and OpenAI send both."""
    head = ResponseHead(429, {"retry-after-ms": milliseconds, "retry-after": seconds})
    assert refusal("v", head, b"", {}).retry_after_s == told_s


def test_a_complaint_is_read_by_its_code_else_as_usual():
    assert (
        complaint("v", {"error": "quota_exceeded"}, REASONS, Reason.VENDOR_REJECTED).reason
        is Reason.VENDOR_QUOTA
    )
    assert complaint("v", {"error": "other words here"}, REASONS, Reason.VENDOR_TIMEOUT) == Failed(
        Reason.VENDOR_TIMEOUT, "v reported an error"
    )


@pytest.mark.parametrize("code", [0, 1006])
def test_a_close_without_a_code_is_told_by_what_was_seen(code):
    """It was "closed the connection with 1006", a WebSocket's code, over HTTP and TCP too, where nobody closed anything with a code."""
    assert closing("v", code, "", REASONS) == Lost("the connection to v was lost")
    seen = "the vendor's answer broke off"
    assert closing("v", code, seen, REASONS) == Lost(f"the connection to v was lost: {seen}")


def test_a_close_without_a_reason_is_a_loss():
    for code in (0, 1000, 1001, 1005, 1006, 1012):
        assert isinstance(closing("v", code, "", {}), Lost)
    assert closing("v", 1008, "DATA-0001: too many", REASONS) == Failed(
        Reason.VENDOR_QUOTA, "v closed the connection with 1008 (DATA-0001)"
    )
    assert isinstance(closing("v", 1011, "NET-0003", {"NET-0003": None}), Lost)
    for code, reason in (
        (1008, Reason.VENDOR_REJECTED),
        (1009, Reason.VENDOR_REJECTED),
        (1011, Reason.VENDOR_UNREACHABLE),
    ):
        assert closing("v", code, "words", {}).reason is reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("UNAUTHENTICATED", Reason.VENDOR_REJECTED),
        ("INVALID_ARGUMENT", Reason.VENDOR_REJECTED),
        ("RESOURCE_EXHAUSTED", Reason.VENDOR_QUOTA),
        ("UNAVAILABLE", Reason.VENDOR_UNREACHABLE),
        ("ABORTED", Reason.VENDOR_TIMEOUT),
        ("DEADLINE_EXCEEDED", Reason.VENDOR_TIMEOUT),
    ],
)
def test_a_call_ends_badly(code, reason):
    assert call_ended("v", CallEnded(code, "their words")) == Failed(reason, f"v ended the call with {code}")


def test_a_call_that_the_vendor_has_not_ended_with_a_status_is_told_in_words_of_ours():
    """With a wrong URL, operators read only UNKNOWN."""
    words = "the answer has the HTTP status 404"
    failed = call_ended("v", CallEnded("UNIMPLEMENTED", words, ours=True))
    assert failed == Failed(Reason.VENDOR_REJECTED, f"the call to v ended with UNIMPLEMENTED: {words}")
    lost = call_ended("v", CallEnded("CANCELLED", "the server has reset the call with CANCEL", ours=True))
    assert lost == Lost("the call to v ended with CANCELLED: the server has reset the call with CANCEL")


def _status(*details):
    told = Status(code=8, message="later")
    for detail in details:
        told.details.add().Pack(detail)
    return told.SerializeToString()


def _delay(seconds, nanos=0):
    return RetryInfo(retry_delay=Duration(seconds=seconds, nanos=nanos))


@pytest.mark.parametrize(
    ("details", "told_s"),
    [
        (b"", None),
        (_status(), None),
        (_status(ErrorInfo(reason="RATE_LIMIT_EXCEEDED")), None),
        (_status(ErrorInfo(reason="RATE_LIMIT_EXCEEDED"), _delay(7, 500_000_000)), 7.5),
        (_status(_delay(0)), 0.0),
        (_status(RetryInfo()), 0.0),
        (_status(_delay(10**9)), LONGEST_S),
        (_status(_delay(-7)), None),
        (_status(_delay(0, -7)), None),
        (_status(_delay(7))[:-1], None),
        (b"\x1a", None),
        (b"\x1a\x02\x08\x01", None),
        (b"\xff" * 40, None),
        (data(3, text(1, "x/google.rpc.RetryInfo") + data(2, data(1, b"\x08"))), None),
    ],
)
def test_r22_the_time_that_a_call_ends_with_is_told(details, told_s):
    """Google and others send it as `google.rpc.RetryInfo`; it was not read."""
    failed = call_ended("v", CallEnded("RESOURCE_EXHAUSTED", "later", details))
    assert failed == Failed(Reason.VENDOR_QUOTA, "v ended the call with RESOURCE_EXHAUSTED", told_s)


def test_a_cancelled_call_is_a_loss():
    assert isinstance(call_ended("v", CallEnded("CANCELLED")), Lost)


WORDS = hops.circle().message


@pytest.mark.parametrize(
    "failed",
    [
        refusal("v", ResponseHead(403), f'{{"detail": {{"message": "{WORDS}"}}}}'.encode(), {}),
        complaint("v", {"type": "Error", "err_msg": WORDS, "code": "DATA-0001"}, REASONS, Reason.VENDOR_LOST),
        complaint("v", {"error": {"code": None, "message": WORDS}}, REASONS, Reason.VENDOR_LOST),
        closing("v", 1008, f"DATA-0000: {WORDS}", {}),
    ],
)
def test_a_gateway_that_met_the_text_before_is_understood_in_every_dialect(failed):
    assert failed == Failed(Reason.FORBIDDEN, WORDS)


def test_what_cannot_be_read_is_named():
    assert unreadable("acme", "audio that is not base64") == Failed(
        Reason.VENDOR_REJECTED, "acme sent audio that is not base64"
    )
