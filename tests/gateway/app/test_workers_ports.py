import socket

import pytest

from gateway.app.workers_ports import Ports

HERE = "127.0.0.1"


def listening(port):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((HERE, port))
    sock.listen()
    return sock


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


def test_a_wish_for_a_port_is_granted_and_it_is_free_again_after():
    with Ports() as ports:
        port = ports.hold(HERE, 0)
    with Ports() as ports:
        assert ports.hold(HERE, port) == port
        assert len({port, ports.hold(HERE, 0), ports.hold("localhost", 0)}) == 3
