import asyncio
import socket
import ssl

import pytest

from gateway.rpc import listening
from tests.gateway.families import needs_ipv6, without_ipv6

pytestmark = needs_ipv6


class Greeter(asyncio.Protocol):
    """Says hello."""

    def connection_made(self, transport):
        transport.write(b"hello")
        transport.close()


async def heard(host, port):
    reader, writer = await asyncio.open_connection(host, port)
    said = await reader.read()
    writer.close()
    return said


async def closed(server):
    server.close()
    await server.wait_closed()


def port_of(server):
    return server.sockets[0].getsockname()[1]


async def test_every_address_is_that_of_both_families():
    server = await listening.listen(Greeter, "::", 0)
    assert [await heard(host, port_of(server)) for host in ("127.0.0.1", "::1")] == [b"hello"] * 2
    await closed(server)


def test_every_address_is_that_of_both_families_where_the_system_would_have_one_alone(monkeypatch):
    """As with `net.ipv6.bindv6only=1`."""

    class Single(socket.socket):
        def __init__(self, *kind):
            super().__init__(*kind)
            self.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)

    monkeypatch.setattr(socket, "socket", Single)
    with listening.everywhere(0) as bound:
        assert bound.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 0


@pytest.mark.parametrize("host", ["::", "127.0.0.1"])
async def test_a_gateway_that_was_just_stopped_starts_again_on_its_port(host):
    """The system keeps the connections that the old one has closed for a minute."""
    old = await listening.listen(Greeter, host, 0)
    port = port_of(old)
    assert await heard("127.0.0.1", port) == b"hello"
    await closed(old)
    new = await listening.listen(Greeter, host, port)
    assert await heard("127.0.0.1", port) == b"hello"
    await closed(new)


@pytest.mark.parametrize(("host", "other"), [("127.0.0.1", "::1"), ("::1", "127.0.0.1")])
async def test_another_address_is_that_one_alone(host, other):
    server = await listening.listen(Greeter, host, 0)
    assert await heard(host, port_of(server)) == b"hello"
    with pytest.raises(OSError, match="onnect"):
        await heard(other, port_of(server))
    await closed(server)


@pytest.mark.parametrize("host", ["::", "127.0.0.1"])
async def test_a_port_is_shared_where_it_is_to_be_and_only_there(host):
    one = await listening.listen(Greeter, host, 0, reuse_port=True)
    two = await listening.listen(Greeter, host, port_of(one), reuse_port=True)
    with pytest.raises(OSError, match="in use"):
        await listening.listen(Greeter, host, port_of(one))
    for server in (one, two):
        await closed(server)


@pytest.mark.parametrize("host", ["::", "127.0.0.1"])
async def test_who_does_not_end_its_tls_handshake_is_cut(host, certificate):
    key, cert = certificate
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    server = await listening.listen(Greeter, host, 0, tls=tls, handshake_s=0.05)
    assert await heard("127.0.0.1", port_of(server)) == b""
    await closed(server)


def test_what_has_but_one_family_is_that(monkeypatch):
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    with listening.everywhere(0) as bound:
        assert bound.family == socket.AF_INET6


async def test_a_name_that_nobody_knows_is_told_with_its_port():
    with pytest.raises(socket.gaierror, match=r"no such host\.invalid:8080$"):
        await listening.listen(Greeter, "no such host.invalid", 8080)


@pytest.mark.parametrize(("host", "told"), [("::", r"\[::\]:8080"), ("::1", "::1:8080")])
async def test_an_address_of_a_family_that_the_system_does_not_have_is_told(monkeypatch, host, told):
    """As with `ipv6.disable=1`: loops pass over such an address, and listen nowhere."""
    without_ipv6(monkeypatch, asyncio.get_running_loop())
    with pytest.raises(OSError, match=f"not supported by protocol: {told}$"):
        await listening.listen(Greeter, host, 8080)
