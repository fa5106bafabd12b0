"""What the crowd is told of the files that processes hold open."""

import os
import socket

from tests.crowd.files import open_files

NOBODY = 2**22 + 1
"""More than a process id can be."""


def test_connections_are_told_by_whom_they_are_with_and_by_their_state():
    before = open_files([os.getpid()], {})
    with socket.create_server(("127.0.0.1", 0)) as server:
        known = {server.getsockname()[1]: "http"}
        with socket.create_connection(server.getsockname()), server.accept()[0]:
            assert open_files([os.getpid()], known) - before == {
                "connection http, listen": 1,
                "connection http to anyone, established": 1,
                "connection anyone to http, established": 1,
            }
        client = socket.create_connection(server.getsockname())
        server.accept()[0].close()
        with client:
            assert (open_files([os.getpid()], known) - before)["connection anyone to http, close_wait"] == 1


def test_pipes_and_other_sockets_are_told_by_their_kinds():
    before = open_files([os.getpid()], {})
    one, other = socket.socketpair()
    ends = os.pipe()
    with one, other:
        assert open_files([os.getpid()], {}) - before == {"socket": 2, "pipe": 2}
    for end in ends:
        os.close(end)
    assert open_files([os.getpid()], {}) == before


def test_a_process_that_is_gone_holds_none():
    assert open_files([NOBODY], {}).total() == 0
