import pytest
from multidict import CIMultiDict

from gateway.servers.knock import client_key, request_head


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


def test_a_header_that_comes_twice_is_one_list():
    headers = CIMultiDict(
        [("Sec-WebSocket-Protocol", "legato.v1"), ("sec-websocket-protocol", "legato.key.k")]
    )
    head = request_head("GET", "/v1/stream?a=b", headers)
    assert head.headers == {"sec-websocket-protocol": "legato.v1, legato.key.k"}
    assert (head.path, head.query) == ("/v1/stream", {"a": "b"})


def test_bytes_that_are_no_text_in_a_header_can_be_told_of():
    headers = CIMultiDict({"Origin": b"http://caf\xc3\xa9\xff".decode(errors="surrogateescape")})
    assert request_head("GET", "/", headers).headers == {"origin": "http://café\N{REPLACEMENT CHARACTER}"}
