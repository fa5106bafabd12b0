import pytest

from gateway.rpc import answers
from gateway.rpc.answers import call_head, ending, not_an_answer, reset, whole

GRPC = (b"content-type", b"application/grpc")


def told(found):
    return found.code.name, found.words


def test_a_call_begins_with_what_http2_and_grpc_want():
    head = call_head("https", "host:1", "/a.B/Say", [("Authorization", "Key k"), ("x-bin", b"\xff\x00")])
    assert head == [
        (b":method", b"POST"),
        (b":scheme", b"https"),
        (b":path", b"/a.B/Say"),
        (b":authority", b"host:1"),
        (b"te", b"trailers"),
        (b"content-type", b"application/grpc"),
        (b"authorization", b"Key k"),
        (b"x-bin", b"/wA"),
    ]


@pytest.mark.parametrize("kind", [b"application/grpc", b"application/grpc+proto", b"application/grpc;x=1"])
def test_an_answer_of_grpc_goes_on(kind):
    assert not_an_answer([(b":status", b"200"), (b"content-type", kind)]) is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (b"400", "INTERNAL"),
        (b"401", "UNAUTHENTICATED"),
        (b"403", "PERMISSION_DENIED"),
        (b"404", "UNIMPLEMENTED"),
        (b"429", "UNAVAILABLE"),
        (b"502", "UNAVAILABLE"),
        (b"503", "UNAVAILABLE"),
        (b"504", "UNAVAILABLE"),
        (b"500", "UNKNOWN"),
        (b"302", "UNKNOWN"),
        (b"two hundred", "UNKNOWN"),
    ],
)
def test_what_a_proxy_answers_is_told_by_its_http_status(status, code):
    assert not_an_answer([(b":status", status), (b"content-type", b"text/html")]).code.name == code
    assert not_an_answer([(b":status", status), (b"content-type", b"application/grpc")]).code.name == code
    assert whole([(b":status", status)]).code.name == code


def test_another_kind_of_content_is_no_answer():
    assert told(not_an_answer([(b":status", b"200"), (b"content-type", b"text/html")])) == (
        "UNKNOWN",
        "the answer is not gRPC's",
    )
    assert told(not_an_answer([])) == ("UNKNOWN", "the answer has no HTTP status")


def test_a_status_counts_whatever_stands_beside_it():
    fields = [(b":status", b"503"), (b"content-type", b"text/html"), (b"grpc-status", b"8")]
    assert not_an_answer(fields).code.name == "RESOURCE_EXHAUSTED"


def test_trailers_alone_are_a_whole_answer():
    fields = [(b":status", b"200"), GRPC, (b"grpc-status", b"16"), (b"grpc-message", b"no%20key")]
    assert told(whole(fields)) == ("UNAUTHENTICATED", "no key")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (b"0", "OK"),
        (b"14", "UNAVAILABLE"),
        (b"17", "UNKNOWN"),
        (b"-1", "UNKNOWN"),
        (b"", "UNKNOWN"),
        (b"9" * 5000, "UNKNOWN"),
    ],
)
def test_any_status_has_a_code(status, code):
    assert ending([(b"grpc-status", status)]).code.name == code


def test_no_status_is_told_as_such():
    assert told(ending([])) == ("UNKNOWN", "the call ended without a status")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"too many", "too many"),
        (b"gr%C3%BC%C3%9F", "grüß"),
        (b"100%", "100%"),
        (b"%FF\xfe", "��"),
        (b"x" * 100_000, "x" * 4096),
    ],
)
def test_a_message_is_read_whatever_it_is(sent, words):
    assert ending([(b"grpc-status", b"8"), (b"grpc-message", sent)]).words == words


@pytest.mark.parametrize(
    ("sent", "details"), [(b"CAg", b"\x08\x08"), (b"CAg=", b"\x08\x08"), (b"!", b""), (b"A", b""), (b"", b"")]
)
def test_details_are_decoded(sent, details):
    assert ending([(b"grpc-status", b"8"), (b"grpc-status-details-bin", sent)]).details == details


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0, "INTERNAL"),
        (2, "INTERNAL"),
        (7, "UNAVAILABLE"),
        (8, "CANCELLED"),
        (11, "RESOURCE_EXHAUSTED"),
        (12, "PERMISSION_DENIED"),
        (4_000_000_000, "INTERNAL"),
    ],
)
def test_a_reset_is_told_by_its_code(code, status):
    assert reset(code).code.name == status
    assert answers.reset(8).words == "the server has reset the call with CANCEL"


@pytest.mark.parametrize(
    ("found", "ours"),
    [
        (not_an_answer([(b":status", b"404")]), True),
        (not_an_answer([(b":status", b"200"), (b"content-type", b"text/html")]), True),
        (ending([]), True),
        (reset(7), True),
        (
            not_an_answer([(b":status", b"404"), (b"grpc-status", b"5"), (b"grpc-message", b"my secret")]),
            False,
        ),
        (ending([(b"grpc-status", b"5"), (b"grpc-message", b"my secret")]), False),
        (ending([(b"grpc-status", b"5")]), False),
    ],
)
def test_it_is_known_whose_words_an_end_has(found, ours):
    """The server's may quote what it was sent."""
    assert found.ours is ours
