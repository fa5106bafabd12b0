import asyncio
import os
import socket

import pytest

from gateway.app.systemd import Systemd


class Fake:
    """What systemd holds: a socket that datagrams come to."""

    def __init__(self, where):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(where)
        self._socket.setblocking(False)

    async def said(self):
        async with asyncio.timeout(10):
            return await asyncio.get_running_loop().sock_recv(self._socket, 100)

    def nothing(self):
        with pytest.raises(BlockingIOError):
            self._socket.recv(100)

    def close(self):
        self._socket.close()


@pytest.fixture(params=["in the file system", "abstract"])
def fake(request, tmp_path):
    name = str(tmp_path / "notify") if request.param != "abstract" else f"@legato-{os.getpid()}"
    fake = Fake(name.replace("@", "\0", 1) if name.startswith("@") else name)
    fake.name = name
    yield fake
    fake.close()


async def test_it_is_told_what_it_asks_for(fake):
    with Systemd({"NOTIFY_SOCKET": fake.name}) as systemd:
        systemd.ready()
        systemd.leaving()
    assert [await fake.said(), await fake.said()] == [b"READY=1", b"STOPPING=1"]
    fake.nothing()


async def test_a_watchdog_hears_again_and_again_that_the_loop_turns(fake):
    with Systemd({"NOTIFY_SOCKET": fake.name, "WATCHDOG_USEC": "2000", "WATCHDOG_PID": str(os.getpid())}):
        assert [await fake.said() for _ in range(3)] == [b"WATCHDOG=1"] * 3


@pytest.mark.parametrize(
    "more",
    [{"WATCHDOG_USEC": "2000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}],
)
async def test_a_watchdog_of_another_process_or_of_no_time_is_none(fake, more):
    with Systemd({"NOTIFY_SOCKET": fake.name, **more}):
        fake.nothing()


async def test_where_nobody_asks_nothing_happens():
    with Systemd({"WATCHDOG_USEC": "2000"}) as systemd:
        systemd.ready()
        systemd.leaving()


async def test_where_nobody_listens_that_is_told_and_the_gateway_lives(told, tmp_path):
    with Systemd({"NOTIFY_SOCKET": str(tmp_path / "nobody"), "WATCHDOG_USEC": "2000"}) as systemd:
        systemd.ready()
        systemd.leaving()
    line = await told.event("cannot tell systemd that the gateway is ready")
    assert "No such file" in line["error"]
