import asyncio
import contextlib
import select
import socket
import sys
from contextlib import ExitStack

import pytest

from gateway.servers.client_sockets import (
    UNREAD_BYTES,
    leave,
    retune,
    tune,
    unsent,
)
from gateway.servers.settings import ServerSettings


async def test_a_peer_that_shuts_its_window_is_not_taken_for_gone():
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        client = stack.enter_context(socket.socket())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(listener.getsockname())
        sock = stack.enter_context(listener.accept()[0])
        sock.setblocking(False)
        settings = ServerSettings(user_timeout_s=3.0, unread_s=50.0)

        def patience_ms():
            return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

        tune(sock, settings)
        assert patience_ms() == 3000
        while select.select((), (sock,), (), 0)[1]:
            sock.send(bytes(1 << 16))
        async with asyncio.timeout(5):
            while patience_ms() != 50_000:  # what was sent is acknowledged within the kernel's time
                retune(sock, settings)
                await asyncio.sleep(0)
        tune(sock, settings)
        assert patience_ms() == 3000
        leave(sock, settings)
        assert patience_ms() == 50_000
        retune(None, settings)
        leave(None, settings)


def test_a_client_is_sent_small_frames_at_once_probed_when_silent_and_bounded_in_what_it_floods():
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        stack.enter_context(socket.create_connection(listener.getsockname()))
        sock = stack.enter_context(listener.accept()[0])
        tune(sock, ServerSettings())
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) in {UNREAD_BYTES, 2 * UNREAD_BYTES}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_what_a_client_has_no_room_for_is_counted():
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        socket.create_connection(door.getsockname()) as client,
    ):
        server, _ = door.accept()
        with server:
            assert unsent(server) == unsent(None) == 0
            server.setblocking(False)
            sent = 0
            with contextlib.suppress(BlockingIOError):
                while True:
                    sent += server.send(bytes(1 << 16))
            assert unsent(server) > 0
            while sent:
                sent -= len(client.recv(1 << 16))
            assert unsent(server) == 0
        assert unsent(server) == 0, "it is closed"
