import json

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.faces import deepgram_v2_requests as requests
from legato.faces.shown import shown

CODES = {"MESSAGE-0000", "DATA-0000", "DATA-0002", "BIG-0000", *(f"NET-000{n}" for n in range(5)), ""}


def test_every_reason_has_its_row_and_its_answer():
    assert set(requests.ERRORS) == set(Reason)
    for reason in Reason:
        answer = requests.refusal(SpeechError(reason, "line one\nénd", retry_after_s=0.2), "r-1")
        assert 400 <= answer.status < 600
        assert json.loads(answer.body)["request_id"] == answer.headers["dg-request-id"] == "r-1"
        assert (answer.headers["dg-error"], answer.headers["retry-after"]) == ("line one ?nd", "1")
        assert requests.ERRORS[reason][3] in CODES


def test_a_model_is_needed():
    assert requests.voice_of({"model": "joe"}, {"joe"}) == "joe"
    assert requests.voice_of({"model": "flux-kit-en"}, {"joe"}) == ""
    for model, told in (
        ("", "model is required"),
        ("aura-2-thalia-en", "no model"),
        ("ann", "no model 'ann'"),
    ):
        with pytest.raises(SpeechError, match=f"{told}.*; the models are joe") as refused:
            requests.voice_of({"model": model} if model else {}, {"joe"})
        assert refused.value.reason is Reason.UNKNOWN_VOICE


def test_speed_of_the_query():
    assert requests.options_of({}).speed is None
    assert requests.options_of({"speed": "1.25"}).speed == 1.25
    for wrong in ("nan", "1.6", "fast"):
        with pytest.raises(SpeechError):
            requests.options_of({"speed": wrong})


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.05, None),
        ("0.5", None),
        (1.5, None),
        (1.51, "SPEED_OUT_OF_RANGE"),
        ("fast", "SPEED_OUT_OF_RANGE"),
        (True, "SPEED_OUT_OF_RANGE"),
        (10**400, "SPEED_OUT_OF_RANGE"),
        (1.02, "SPEED_INCREMENT_INVALID"),
    ],
)
def test_speed_of_a_configure(value, code):
    mistake = requests.speed_mistake(value)
    assert mistake == code if mistake is None else mistake[0] == code
    assert mistake is None or f"; got {shown(value)}" in mistake[1]


@pytest.mark.parametrize(
    ("offset", "ms"),
    [
        ({"type": "time_ms", "value": 120}, 120),
        ({"value": "120"}, 120),
        ({"value": 0}, 0),
        ({"value": 2**53}, None),
        ({"type": "bytes", "value": 1}, None),
        ({"type": "time_ms", "value": -1}, None),
        ({"type": "time_ms", "value": 1e300}, None),
        ({"type": "time_ms"}, None),
        (120, None),
    ],
)
def test_only_an_offset_in_milliseconds_counts(offset, ms):
    assert requests.playback_ms(offset) == ms
