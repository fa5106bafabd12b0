import grpc
import pytest

from gateway.rpc.heads import CallHead, Refused, answer, read_head, trailers, trailers_only

GOOD = {
    b":method": b"POST",
    b":scheme": b"http",
    b":path": b"/a.B/C",
    b"te": b"trailers",
    b"content-type": b"application/grpc",
}


def head(**more):
    changed = GOOD | {name.replace("_", "-").encode(): value for name, value in more.items()}
    return read_head([(name, value) for name, value in changed.items() if value is not None], 500)


def test_a_call_says_what_it_wants():
    assert head() == CallHead("/a.B/C", (), None, "identity")
    told = head(grpc_timeout=b"5S", grpc_encoding=b"gzip", key=b"k")
    assert told == CallHead("/a.B/C", (("key", "k"),), 5.0, "gzip")


@pytest.mark.parametrize("content", [b"application/grpc+proto", b"application/grpc;charset=utf-8"])
def test_kinds_of_content_that_are_grpcs(content):
    assert isinstance(head(content_type=content), CallHead)


@pytest.mark.parametrize("content", [None, b"", b"text/html", b"application/grpc-web", b"application/json"])
def test_other_content_is_refused_as_http_does(content):
    assert head(content_type=content) == Refused([(b":status", b"415")])


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"te": None}, b"13"),
        ({"grpc_encoding": b"br"}, b"12"),
        ({"grpc_timeout": b"soon"}, b"13"),
        ({"x_bin": b"!"}, b"13"),
        ({"x": bytes(500)}, b"8"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_frame(more, status):
    fields = dict(head(**more).fields)
    assert fields[b":status"] == b"200"
    assert fields[b"grpc-status"] == status
    assert fields[b"grpc-message"]


def malformed(fields):
    told = dict(read_head(fields, 500).fields)
    assert told[b"grpc-status"] == b"13"
    return told[b"grpc-message"].decode()


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ((b"X-Capital", b"1"), "b'X-Capital' is not an allowed header name"),
        ((b"", b"1"), "b'' is not an allowed header name"),
        ((b"x space", b"1"), "b'x space' is not an allowed header name"),
        ((b"x:y", b"1"), "b'x:y' is not an allowed header name"),
        ((b"x\xe9", b"1"), "is not an allowed header name"),
        ((b"connection", b"close"), "b'connection' is not an allowed header name"),
        ((b"keep-alive", b"5"), "b'keep-alive' is not an allowed header name"),
        ((b"proxy-connection", b"close"), "b'proxy-connection' is not an allowed header name"),
        ((b"upgrade", b"h2c"), "b'upgrade' is not an allowed header name"),
        ((b"transfer-encoding", b"chunked"), "b'transfer-encoding' is not an allowed header name"),
        ((b"x", b"a\nb"), "x contains a line break or NUL"),
        ((b"x", b"a\0"), "x contains a line break or NUL"),
        ((b":status", b"200"), ":status is out of place"),
        ((b":authority", b"late"), ":authority is out of place"),
    ],
)
def test_what_http2_forbids_of_a_head_is_refused(field, words):
    assert words in malformed([*GOOD.items(), field])


def test_a_field_of_http2_comes_once_and_first_and_none_is_missing():
    first, *others = GOOD.items()
    assert malformed([first, first, *others]).endswith(":method is out of place")
    assert malformed([(b":protocol", b"websocket"), *GOOD.items()]).endswith(":protocol is out of place")
    assert malformed(others).endswith(":method is missing")


def test_the_size_of_a_head_is_as_http2_counts_it():
    """RFC 9113, section 6.5.2: each field counts 32 bytes more than its name and value."""
    size = sum(len(name) + len(value) + 32 for name, value in GOOD.items())
    assert isinstance(read_head(GOOD.items(), size), CallHead)
    assert isinstance(read_head(GOOD.items(), size - 1), Refused)
    assert size == 231


def test_spaces_around_a_value_and_a_host_of_its_own_are_as_grpcs_clients_send_them():
    assert head(x=b" a ", host=b"other").metadata == (("x", " a "), ("host", "other"))


def test_a_method_other_than_post_is_refused():
    fields = [(name, b"GET" if name == b":method" else value) for name, value in GOOD.items()]
    assert read_head(fields, 500).fields[0] == (b":status", b"405")


def test_answers_say_what_they_may_be_sent_and_how_they_ended():
    assert dict(answer((("a", "b"),))) == {
        b":status": b"200",
        b"content-type": b"application/grpc",
        b"grpc-accept-encoding": b"identity,deflate,gzip",
        b"a": b"b",
    }
    assert trailers(grpc.StatusCode.OK, "") == [(b"grpc-status", b"0")]
    told = trailers(grpc.StatusCode.NOT_FOUND, "no %", (("x-bin", b"\x01"),))
    assert told == [(b"grpc-status", b"5"), (b"grpc-message", b"no %25"), (b"x-bin", b"AQ")]
    assert trailers_only(grpc.StatusCode.NOT_FOUND, "no %", (("x-bin", b"\x01"),)) == [*answer(), *told]
