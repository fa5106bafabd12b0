import pytest

from legato_client.address import Transport, parse_address


@pytest.mark.parametrize(
    ("url", "transport", "secure", "authority"),
    [
        ("grpc://here", Transport.GRPC, False, "here:50051"),
        ("grpcs://here", Transport.GRPC, True, "here:443"),
        ("ws://here:8080", Transport.WEBSOCKET, False, "here:8080"),
        ("wss://here", Transport.WEBSOCKET, True, "here:443"),
        ("http://[::1]:8080/", Transport.WEBSOCKET, False, "[::1]:8080"),
        ("https://here", Transport.WEBSOCKET, True, "here:443"),
    ],
)
def test_the_scheme_says_transport_and_port(url, transport, secure, authority):
    address = parse_address(url)

    assert (address.transport, address.secure, address.authority) == (transport, secure, authority)


@pytest.mark.parametrize(
    ("url", "stream_url", "base_path"),
    [
        ("ws://here", "ws://here:80/v1/stream", ""),
        ("ws://here/v1/stream", "ws://here:80/v1/stream", ""),
        ("wss://here/tts/v1/stream?key=a", "wss://here:443/tts/v1/stream?key=a", "/tts"),
        ("ws://here/elsewhere", "ws://here:80/elsewhere", "/elsewhere"),
        ("http://here:8080/tts/", "ws://here:8080/tts/v1/stream", "/tts"),
        ("https://here", "wss://here:443/v1/stream", ""),
    ],
)
def test_the_path_of_the_stream_follows_from_the_url(url, stream_url, base_path):
    address = parse_address(url)

    assert (address.stream_url, address.base_path) == (stream_url, base_path)


@pytest.mark.parametrize(
    "url",
    [
        "here:8080",
        "ftp://here",
        "",
        "grpc://",
        "/v1/stream",
        "ws://here:99999",
        "ws://here:http",
        "ws://here:0",
        "ws://[::1",
        "ws://..:80",
        f"ws://{70 * 'a'}",
    ],
)
def test_what_is_no_address_is_refused_with_the_schemes_that_are(url):
    with pytest.raises(ValueError, match="expected grpc://"):
        parse_address(url)


@pytest.mark.parametrize(
    ("host", "loopback"), [("localhost", True), ("127.0.0.9", True), ("[::1]", True), ("here", False)]
)
def test_loopback_is_known_by_name(host, loopback):
    assert parse_address(f"ws://{host}").is_loopback is loopback
