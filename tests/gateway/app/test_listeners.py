import asyncio
import errno
import ssl
from pathlib import Path

import pytest

from gateway.app.config.sections import ServerSection, Tls
from gateway.app.listeners import cannot_listen, cannot_serve, server_settings, web_root
from gateway.servers.settings import Address

TLS = Path(__file__).parent / "tls"  # self-signed for localhost, for a hundred years, for tests alone
CERTIFICATE, KEY = TLS / "certificate.pem", TLS / "key.pem"


def test_addresses_origins_and_sizes_are_the_configurations():
    settings = server_settings(
        ServerSection(http=":80", grpc="127.0.0.1:5", admin=None, origins=("*",), max_message_bytes=2_048)
    )
    assert settings.http == Address("0.0.0.0", 80)
    assert settings.grpc == Address("127.0.0.1", 5)
    assert settings.admin is None
    assert settings.tcp is None
    assert settings.cors_origins == ("*",)
    assert settings.max_message_bytes == 2_048
    assert settings.tls is None
    assert settings.grpc_tls is None


def test_an_ipv6_host_has_no_brackets():
    settings = server_settings(
        ServerSection(http="[::1]:1", grpc="[::1]:2", admin="[::1]:3", wyoming="[::1]:4")
    )
    assert settings.http == Address("::1", 1)
    assert settings.grpc == Address("::1", 2)
    assert settings.admin == Address("::1", 3)
    assert settings.tcp == Address("::1", 4)


async def test_a_certificate_is_shown_to_clients():
    settings = server_settings(ServerSection(tls=Tls(certificate=CERTIFICATE, key=KEY)))
    assert settings.grpc_tls is not None
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    trusting.set_alpn_protocols(["http/1.1"])
    over = asyncio.Event()

    async def greet(reader, writer):
        writer.close()
        over.set()

    async with await asyncio.start_server(greet, "127.0.0.1", 0, ssl=settings.tls) as server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trusting, server_hostname="localhost"
        )
        assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"
        await over.wait()
        writer.close()


def test_a_key_of_another_certificate_is_refused():
    with pytest.raises(ssl.SSLError):
        server_settings(ServerSection(tls=Tls(certificate=CERTIFICATE, key=TLS / "other_key.pem")))


def test_a_key_with_a_pass_phrase_is_refused_and_nobody_is_asked_for_it():
    tls = Tls(certificate=CERTIFICATE, key=TLS / "encrypted_key.pem")
    with pytest.raises(
        ssl.SSLError, match=r"encrypted_key\.pem is encrypted: expected a key without"
    ) as caught:
        server_settings(ServerSection(tls=tls))
    assert caught.value.reason == str(caught.value)


def test_a_file_that_holds_something_else_is_named(tmp_path):
    empty = tmp_path / "empty.pem"
    empty.touch()
    with pytest.raises(
        ssl.SSLError, match=r"expected PEM: .*empty\.pem has no certificate, or .*key\.pem no private key"
    ):
        server_settings(ServerSection(tls=Tls(certificate=empty, key=KEY)))


def test_the_playground_is_served_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.app.listeners.resources.files", lambda _: tmp_path)
    assert web_root() is None
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    assert web_root() == tmp_path / "web"


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (
            errno.EADDRINUSE,
            "error while attempting to bind on address ('127.0.0.1', 8080): address already in use",
            " on 127.0.0.1:8080: address already in use",
        ),
        (
            errno.EADDRINUSE,
            "gRPC cannot listen: error while attempting to bind on address ('::1', 50051, 0, 0): [errno 98] in use",
            " on [::1]:50051: address already in use",
        ),
        (errno.EADDRINUSE, "Address already in use: [::]:80", " on [::]:80: address already in use"),
        (errno.EACCES, "Permission denied: 127.0.0.1:80", " on 127.0.0.1:80: permission denied"),
        (errno.ENOENT, "No such file or directory", ": No such file or directory"),
        (-2, "Name or service not known", ": Name or service not known"),
        (-2, "Name or service not known: h.invalid:80", " on h.invalid:80: name or service not known"),
        (
            -2,
            "gRPC cannot listen: Name or service not known: h.invalid:80",
            " on h.invalid:80: name or service not known",
        ),
    ],
)
def test_why_there_is_no_listener_is_told_in_the_same_words_whoever_tells_it(number, words, said):
    assert cannot_listen(OSError(number, words)) == f"cannot listen{said}"


async def test_the_loop_s_own_words_are_understood():
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(OSError, match="in use") as caught:
            await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    told = f"cannot listen on 127.0.0.1:{port}: address already in use"
    assert cannot_listen(caught.value) == told
    assert cannot_serve(caught.value).startswith(
        f"{told}; stop what listens there, or choose others with --http"
    )
