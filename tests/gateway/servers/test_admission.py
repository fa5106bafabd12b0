import pytest
from multidict import CIMultiDict

from gateway.servers.admission import admit, admit_as, client_key, request_head
from gateway.servers.streams import Streams
from legato.domain.errors import Reason, SpeechError
from legato.domain.hops import HEADER
from legato.domain.speech import Principal


class Reception:
    """Knows one key."""

    def admit(self, key, origin):
        if key != "k":
            raise SpeechError(Reason.UNAUTHENTICATED, f"not {key} from {origin}")
        return Principal("shop")


@pytest.mark.parametrize(
    ("target", "headers", "key"),
    [
        ("/", {}, ""),
        ("/", {"Authorization": "Bearer abc"}, "abc"),
        ("/", {"authorization": "bearer  abc "}, "abc"),
        ("/", {"Authorization": "Basic abc"}, ""),
        ("/", {"Sec-WebSocket-Protocol": "legato.v1, legato.key.abc"}, "abc"),
        ("/?key=a%20c", {}, "a c"),
        ("/?key=query", {"Sec-WebSocket-Protocol": "legato.key.abc"}, "abc"),
        ("/?key=query", {"Authorization": "Bearer header"}, "header"),
    ],
)
def test_a_client_brings_its_key_as_its_wire_allows(target, headers, key):
    assert client_key(request_head("GET", target, CIMultiDict(headers))) == key


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/v1/speak?a=//b/", "/v1/speak"),
        ("//v1/speak?a=//b/", "/v1/speak"),
        ("/v1//speak/?a=//b/", "/v1/speak"),
        ("///?a=//b/", "/"),
        ("http://host/v1/speak/?a=//b/", "/v1/speak"),
    ],
)
def test_a_slash_too_many_is_no_part_of_the_path(target, path):
    head = request_head("GET", target, CIMultiDict())
    assert (head.path, dict(head.query)) == (path, {"a": "//b/"})


def test_a_header_that_comes_twice_is_one_list():
    headers = CIMultiDict(
        [("Sec-WebSocket-Protocol", "legato.v1"), ("sec-websocket-protocol", "legato.key.k")]
    )
    head = request_head("GET", "/v1/stream?a=b", headers)
    assert head.headers == {"sec-websocket-protocol": "legato.v1, legato.key.k"}
    assert (head.path, head.query) == ("/v1/stream", {"a": "b"})


def test_a_name_that_the_query_repeats_has_all_of_its_values():
    head = request_head("GET", "/v2/voices?a=1&b=2&a=3", CIMultiDict())
    assert (head.query, head.repeated) == ({"a": "3", "b": "2"}, {"a": ["1", "3"]})
    assert [list(head.asked(name)) for name in "abc"] == [["1", "3"], ["2"], []]


def test_bytes_that_are_no_text_in_a_header_can_be_told_of():
    headers = CIMultiDict({"Origin": b"http://caf\xc3\xa9\xff".decode(errors="surrogateescape")})
    assert request_head("GET", "/", headers).headers == {"origin": "http://café\N{REPLACEMENT CHARACTER}"}


def test_who_comes_through_gateways_is_the_same_principal_by_another_way():
    streams = Streams(Reception(), None, None, "here")
    head = request_head("GET", "/", CIMultiDict({"Authorization": "Bearer k"}))
    assert admit(streams, head) == Principal("shop")
    head = request_head("GET", "/", CIMultiDict([(HEADER, "far"), ("Legato-Via", "near")]))
    assert admit_as(streams, head, "k") == Principal("shop", via=("far", "near"))


def test_what_comes_back_is_not_let_in_and_a_stranger_does_not_hear_of_it():
    streams = Streams(Reception(), None, None, "here")
    head = request_head("GET", "/", CIMultiDict({HEADER: "here, near", "Origin": "y"}))
    with pytest.raises(SpeechError, match="gateway_loop"):
        admit_as(streams, head, "k")
    with pytest.raises(SpeechError, match="not x from y"):
        admit_as(streams, head, "x")
