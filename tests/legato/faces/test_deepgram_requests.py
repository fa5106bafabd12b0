import json

import pytest

from legato.domain.audio import Encoding
from legato.domain.errors import Reason, SpeechError
from legato.faces import deepgram_requests as requests
from legato.ports import RequestHead


def test_every_reason_has_its_row_and_its_answer():
    assert set(requests.ERRORS) == set(Reason)
    for reason in Reason:
        answer = requests.refusal(SpeechError(reason, "line one\nénd\0\x7f", retry_after_s=0.2), "r-1")
        assert 400 <= answer.status < 600
        assert json.loads(answer.body)["request_id"] == answer.headers["dg-request-id"] == "r-1"
        assert answer.headers["dg-error"] == "line one ?nd??"
        assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("reason", "status", "err_code"),
    [
        (Reason.UNKNOWN_VOICE, 400, "INVALID_QUERY_PARAMETER"),
        (Reason.UNAUTHENTICATED, 401, "INVALID_AUTH"),
        (Reason.FORBIDDEN, 403, "INSUFFICIENT_PERMISSIONS"),
        (Reason.TEXT_TOO_LONG, 413, "PAYLOAD_TOO_LARGE"),
        (Reason.IDLE_TIMEOUT, 408, "REQUEST_TIMEOUT"),
        (Reason.VENDOR_REJECTED, 502, "BAD_GATEWAY"),
        (Reason.VENDOR_TIMEOUT, 503, "SERVICE_UNAVAILABLE"),
        (Reason.QUOTA_EXCEEDED, 429, "TOO_MANY_REQUESTS"),
        (Reason.INTERNAL, 500, "INTERNAL_SERVER_ERROR"),
        (Reason.OVERLOADED, 503, "SERVICE_UNAVAILABLE"),
    ],
)
def test_a_refusal_is_what_the_vendors_client_reads(reason, status, err_code):
    answer = requests.refusal(SpeechError(reason, "why"), "r-1")
    assert (answer.status, json.loads(answer.body)) == (
        status,
        {"err_code": err_code, "err_msg": "why", "request_id": "r-1"},
    )
    assert answer.headers == {"content-type": "application/json", "dg-request-id": "r-1", "dg-error": "why"}


CLOSES = {
    (1009, "BIG-0001"): {Reason.TEXT_TOO_LONG},
    (1008, "DATA-0001"): {Reason.TOO_MANY_UTTERANCES, Reason.QUOTA_EXCEEDED},
    (1011, "NET-0001"): {Reason.IDLE_TIMEOUT},
    (1011, "NET-0002"): {Reason.VENDOR_LOST},
    (1011, "NET-0003"): {Reason.SHUTTING_DOWN},
    (1000, ""): {Reason.CANCELLED},
}


def test_a_close_blames_the_client_only_for_what_another_try_would_not_mend():
    """1008 tells a client of its own mistake, after 1011 it may connect again; the code in the reason says why."""
    mistakes = {reason for reason, (status, *_) in requests.ERRORS.items() if status in {400, 401, 403}}
    named = set().union(*CLOSES.values())
    for reason, (_, _, close, code) in requests.ERRORS.items():
        plain = (1008, "DATA-0000") if reason in mistakes else (1011, "NET-0000")
        assert reason in CLOSES.get((close, code), set()) or ((close, code) == plain and reason not in named)


@pytest.mark.parametrize("frame", [b'{"type": "Flush"}', "[]", "{"])
def test_a_message_is_a_text_frame_with_an_object(frame):
    with pytest.raises(SpeechError) as refused:
        requests.message_of(frame)
    assert refused.value.reason is Reason.BAD_FRAME


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"authorization": "Token abc"}, "abc"),
        ({"authorization": "bearer abc"}, "abc"),
        ({"sec-websocket-protocol": "token, abc"}, "abc"),
        ({"sec-websocket-protocol": "bearer, abc"}, "abc"),
        ({"sec-websocket-protocol": "token,abc,x-deepgram-session-id,5f1c"}, "abc"),
        ({"sec-websocket-protocol": "mine, token, abc"}, "abc"),
        ({"sec-websocket-protocol": "mine, token"}, ""),
        ({"sec-websocket-protocol": "mine"}, ""),
        ({"authorization": "Basic abc"}, ""),
        ({}, ""),
    ],
)
def test_where_the_key_is(headers, key):
    assert requests.client_key(RequestHead("GET", "/", {}, headers)) == key


@pytest.mark.parametrize(
    ("asked", "selected"),
    [
        ("token, abc", {"sec-websocket-protocol": "token"}),
        ("bearer, abc, x-deepgram-session-id, 5f1c", {"sec-websocket-protocol": "bearer"}),
        ("mine", {}),
        ("", {}),
    ],
)
def test_which_subprotocol_is_selected(asked, selected):
    assert requests.selected(RequestHead("GET", "/", {}, {"sec-websocket-protocol": asked})) == selected


def test_which_voice_a_model_is():
    assert requests.voice_of({"model": "joe"}, {"joe"}) == "joe"
    assert requests.voice_of({"model": "aura-2-thalia-en"}, {"joe"}) == ""
    assert requests.voice_of({"model": "flux-kit-en"}, {"joe"}) == ""
    assert requests.voice_of({}, {"joe"}) == ""
    with pytest.raises(SpeechError, match=r"no model .ann.; the models are joe"):
        requests.voice_of({"model": "ann"}, {"joe"})


def test_a_rate_and_a_speed_are_numbers_within_their_bounds():
    assert requests.rate_of({}, 8000) == 8000
    assert requests.rate_of({"sample_rate": "16000"}, 8000) == 16000
    assert requests.options_of({}).speed is None
    assert requests.options_of({"speed": "1.5"}).speed == 1.5
    for wrong in ("nan", "9", "fast"):
        with pytest.raises(SpeechError):
            requests.options_of({"speed": wrong})
    with pytest.raises(SpeechError):
        requests.rate_of({"sample_rate": "1e4"}, 8000)


def test_who_is_one_of_its_clients():
    def is_one(**headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.is_deepgram(RequestHead("GET", "/v1/models", {}, named))

    assert is_one(authorization="token abc")
    assert is_one(authorization="bearer abc", user_agent="deepgram-sdk/7.17.0")
    assert not is_one(authorization="Bearer abc")
    assert not is_one()


def test_the_formats_of_the_websockets():
    assert requests.stream_format_of({}).sample_rate_hz == 24_000
    for rate in (8_000, 16_000, 24_000, 32_000, 44_100, 48_000):  # as the vendor lists them for version 2
        assert requests.stream_format_of({"sample_rate": str(rate)}).sample_rate_hz == rate
    asked = requests.stream_format_of({"encoding": "mulaw"})
    assert (asked.encoding, asked.sample_rate_hz) == (Encoding.MULAW, 8_000)
    for query in ({"encoding": "opus"}, {"sample_rate": "96000"}, {"sample_rate": "many"}):
        with pytest.raises(SpeechError):
            requests.stream_format_of(query)
