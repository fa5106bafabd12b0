import contextlib
import socket

import pytest

from gateway.app.workers.ports import Ports
from gateway.rpc.listening import everywhere
from tests.gateway.families import needs_ipv6, without_ipv6

HERE = "127.0.0.1"


def listening(port):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((HERE, port))
    sock.listen()
    return sock


def two_addresses(monkeypatch):
    """Let `localhost` have an address of each family, as on most systems."""
    asked = socket.getaddrinfo

    def found(host, *args, **more):
        return [
            answer
            for one in (["::1", HERE] if host == "localhost" else [host])
            for answer in asked(one, *args, **more)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_held_port_is_for_workers_and_for_nobody_else():
    with Ports() as ports:
        port = ports.hold(HERE, 0)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HERE, port))
        with listening(port), listening(port):
            socket.create_connection((HERE, port)).close()
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind((HERE, port))


def test_another_gateways_workers_are_found_though_they_would_share():
    with Ports() as ports:
        port = ports.hold(HERE, 0)
        with listening(port), Ports() as others, pytest.raises(OSError, match=f"in use: {HERE}:{port}"):
            others.hold(HERE, port)


@pytest.mark.parametrize("host", [HERE, "localhost", "0.0.0.0", pytest.param("::", marks=needs_ipv6)])
def test_another_gateway_is_found_while_none_of_its_workers_listens_yet(host):
    with Ports() as ports:
        port = ports.hold(HERE, 0)
        with Ports() as others, pytest.raises(OSError, match="in use"):
            others.hold(host, port)


@needs_ipv6
@pytest.mark.parametrize("name", ["localhost", "*"])
def test_a_name_is_held_at_all_its_addresses(monkeypatch, name):
    two_addresses(monkeypatch)
    with Ports() as ports:
        port = ports.hold(name, 0)
        for host in (HERE, "::1"):
            with Ports() as others, pytest.raises(OSError, match=f"in use: {host}:{port}"):
                others.hold(host, port)


@needs_ipv6
def test_a_free_port_is_one_that_is_free_at_all_addresses(monkeypatch):
    """The system chooses one that is free at the first address."""
    two_addresses(monkeypatch)
    with socket.create_server((HERE, 0)) as other:
        bind, given = socket.socket.bind, []

        class Socket(socket.socket):
            def bind(self, address):
                if address[0] == "::1" and not address[1] and not given:
                    given.append(address)
                    address = "::1", other.getsockname()[1]
                bind(self, address)

        monkeypatch.setattr(socket, "socket", Socket)
        with Ports() as ports:
            assert ports.hold("localhost", 0) != other.getsockname()[1]
        assert given


@needs_ipv6
def test_a_name_is_held_where_the_system_has_sockets(monkeypatch):
    two_addresses(monkeypatch)
    without_ipv6(monkeypatch)
    with Ports() as ports, listening(ports.hold("localhost", 0)):
        pass


@pytest.mark.parametrize("had_workers", [True, False])
def test_a_port_with_connections_that_are_not_forgotten_yet_is_held(had_workers):
    with Ports() as ports, contextlib.ExitStack() as earlier:
        port = ports.hold(HERE, 0) if had_workers else 0
        server = earlier.enter_context(socket.create_server((HERE, port), reuse_port=had_workers))
        port = server.getsockname()[1]
        with socket.create_connection((HERE, port)) as client:
            server.accept()[0].close()  # who closes first keeps it in TIME_WAIT
            assert client.recv(1) == b""
    with Ports() as ports:
        assert ports.hold(HERE, port) == port


@needs_ipv6
def test_every_address_is_held_as_workers_take_it():
    with Ports() as ports:
        port = ports.hold("::", 0)
        with everywhere(port, reuse_port=True) as one, everywhere(port, reuse_port=True):
            one.listen()
            for host in (HERE, "::1"):
                socket.create_connection((host, port)).close()
            with Ports() as others, pytest.raises(OSError, match=rf"in use: \[::\]:{port}"):
                others.hold("::", port)
    with Ports() as ports:
        assert ports.hold("::", port) == port


def test_a_wish_for_a_port_is_granted_and_it_is_free_again_after():
    with Ports() as ports:
        port = ports.hold(HERE, 0)
    with Ports() as ports:
        assert ports.hold(HERE, port) == port
        assert len({port, ports.hold(HERE, 0), ports.hold("localhost", 0)}) == 3


def test_a_name_that_nobody_knows_is_told_with_its_port():
    with Ports() as ports, pytest.raises(socket.gaierror, match=r"no such host\.invalid:8080$"):
        ports.hold("no such host.invalid", 8080)


@pytest.mark.parametrize("port", [0, 8080])
def test_an_address_of_a_family_that_the_system_does_not_have_is_told(monkeypatch, port):
    without_ipv6(monkeypatch)
    with Ports() as ports, pytest.raises(OSError, match=f"not supported by protocol: ::1:{port}$"):
        ports.hold("::1", port)
