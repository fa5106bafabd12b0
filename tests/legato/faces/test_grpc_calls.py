import pytest

from legato.domain.errors import PROPERTIES, Reason, SpeechError
from legato.domain.protobuf_wire import data, text, whole
from legato.faces.errors import bad_frame
from legato.faces.grpc_calls import (
    farewell,
    inside,
    number_in,
    read,
    refused,
    words_in,
)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_status_that_is_no_good_one(reason):
    number, words = farewell(SpeechError(reason, "why"), {})
    assert (number > 0, words) == (True, "why")
    assert PROPERTIES[reason].grpc_code


def test_a_good_end_and_a_vendors_own_word():
    assert farewell(None, {}) == (0, "")
    assert farewell(SpeechError(Reason.IDLE_TIMEOUT, "x"), {Reason.IDLE_TIMEOUT: "ABORTED"}) == (10, "x")


def test_fields_by_kind():
    message = read(text(1, "hello") + whole(2, 7) + data(3, text(1, "inner")))
    assert (words_in(message, 1), number_in(message, 2), words_in(inside(message, 3), 1)) == (
        "hello",
        7,
        "inner",
    )
    assert (words_in(message, 2), number_in(message, 1), inside(message, 2), inside(message, 9)) == (
        "",
        0,
        {},
        {},
    )
    assert words_in(read(data(1, b"\xff")), 1) == "\ufffd"


@pytest.mark.parametrize("message", [b"\x0a\x05ab", "\x00", b"\xff" * 11])
def test_what_is_no_message(message):
    with pytest.raises(SpeechError) as caught:
        read(message)
    assert caught.value.reason is Reason.BAD_FRAME


def test_a_refusal_is_told():
    assert refused(bad_frame("no")).status == 400
