"""A TCP connection to a vendor that a loop reads, and that we can end at any moment.

Rules:
- Only the loop closes the file descriptor that it was given. uvloop attaches a socket to its transport only when
  `create_connection` returns. A transport that has ended by then has closed the descriptor without the socket's knowledge: when the
  socket is collected or shut down, the number may be another connection's.
- We end the connection by a descriptor of our own, a duplicate.
"""

import asyncio
import contextlib
import os
import socket
import struct
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any

from gateway.upstream.looking_up import Address, Found, look_up
from legato.domain.errors import forget_where

_HEAD_START_S = 0.25
"""How long an address is tried alone before the next one is tried beside it."""
_ASKED_AFTER_S, _ASKED_AGAIN_S = 5, 1
"""The kernel probes a quiet peer as often as a WebSocket peer is pinged: a NAT silently forgets connections without traffic."""
_GIVEN_UP_S = 8
"""Data or probes that are not acknowledged for this long mean that the peer is gone."""
_UNACKED = struct.Struct("24xI")
"""Reads `tcpi_unacked` from the kernel's `tcp_info`: packets sent and not acknowledged."""


def tune(raw: socket.socket) -> None:
    """Set the options of a vendor's socket: no Nagle, and keepalive, so that a lost peer is noticed even without protocol pings."""
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", _ASKED_AFTER_S),
        ("TCP_KEEPINTVL", _ASKED_AGAIN_S),
        ("TCP_USER_TIMEOUT", _GIVEN_UP_S * 1000),
    ):
        if hasattr(socket, name):  # not every system has them
            raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def is_acknowledged(transport: asyncio.Transport | None) -> bool:
    """Whether the peer's kernel has acknowledged all that was sent; true if that is not known."""
    if transport is None or transport.is_closing() or not hasattr(socket, "TCP_INFO"):
        return True
    try:
        raw = transport.get_extra_info("socket")
        told = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _UNACKED.size)
    except OSError:  # it has ended, which its reader is about to see
        return True
    return len(told) < _UNACKED.size or _UNACKED.unpack(told) == (0,)


class Reached(socket.socket):
    """A connected socket that belongs to the loop, whatever becomes of this object."""

    __slots__ = ()

    def getpeername(self) -> object:
        """Do not fail if the connection has ended: its reader will see that, but picows would connect it again."""
        try:
            return super().getpeername()
        except OSError:
            return None

    def __del__(self) -> None:
        """Leave the descriptor to the loop."""
        self.detach()


class Reach:
    """A way to end a connection while it is being made, whatever reads it by then."""

    def __init__(self) -> None:
        self._ours: socket.socket | None = None
        self.lent = False
        """Whether the loop has, or has had, the socket."""

    async def connect(self, host: str, port: int) -> socket.socket:
        """Connect to the first address of a host that accepts. The socket returned belongs to the loop, and must be given to it.

        Raises:
            OSError: no address accepts.
        """
        ours = self._ours = await reach(host, port)
        lent = Reached(ours.family, ours.type, ours.proto, os.dup(ours.fileno()))
        lent.settimeout(0.0)
        self.lent = True
        return lent

    def end(self) -> None:
        """End the connection, if it is still being made."""
        if self._ours is not None:
            with contextlib.suppress(OSError):  # it has ended already
                self._ours.shutdown(socket.SHUT_RDWR)
        self.over()

    def over(self) -> None:
        """The connection is made: from now on its reader ends it."""
        if self._ours is not None:
            self._ours.close()
            self._ours = None


async def whole(connecting: Coroutine[Any, Any, None], reach: Reach) -> None:
    """Wait until a library or the loop has connected. If that is given up, a connection that the loop already has ends with its socket.

    uvloop, interrupted there, drops the connection and tells nobody. An error that was read from it by then would be one that
    nobody retrieves, which the loop takes for our bug.
    """
    task = asyncio.get_running_loop().create_task(connecting, name="connect")
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_retrieved)
        if not reach.lent:
            task.cancel()
        raise


def _retrieved(task: "asyncio.Task[None]") -> None:
    """Take the error of a connection that was given up."""
    if not task.cancelled() and (error := task.exception()) is not None:
        forget_where(error)


async def reach(host: str, port: int) -> socket.socket:
    """Connect to the first address of a host that accepts: Happy Eyeballs, with the families in turn (RFC 8305).

    Raises:
        OSError: no address accepts.
    """
    found = await look_up(host, port)
    if len(found) == 1:
        return await _connected(*found[0])
    race = _Race()
    try:
        await race.run(_in_turn(found))
    except BaseException:
        race.close(0)
        raise
    race.close(1)
    if not race.won:
        raise race.problem or OSError(f"no address was found for port {port}")
    return race.won[0]


class _Race:
    """A race between the addresses of one host. Each has a head start over the next, which ends at once if it refuses."""

    def __init__(self) -> None:
        self.won: list[socket.socket] = []
        self.problem: OSError | None = None
        self._news = asyncio.Event()

    async def run(self, found: Sequence[Found]) -> None:
        """Return once there is a winner, or there can be none."""
        async with asyncio.TaskGroup() as tasks:
            running = []
            for one in found:
                running.append(tasks.create_task(self._try(one), name="reach"))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_HEAD_START_S):
                        await self._news.wait()
                self._news.clear()
                if self.won:
                    break
            while not self.won and not all(task.done() for task in running):
                await self._news.wait()
                self._news.clear()
            for task in running:
                task.cancel()

    async def _try(self, one: Found) -> None:
        try:
            self.won.append(await _connected(*one))
        except OSError as error:
            self.problem = error
        finally:
            asyncio.get_running_loop().call_soon(self._news.set)  # this task is done by then

    def close(self, first: int) -> None:
        """Close the connected sockets from this index on."""
        for raw in self.won[first:]:
            raw.close()


def _in_turn(found: Sequence[Found]) -> list[Found]:
    """Alternate the families, each in the system's order: a family that leads nowhere costs one head start, not one per address."""
    seen: Counter[int] = Counter()

    def turn(one: Found) -> int:
        seen[one[0]] += 1
        return seen[one[0]]

    return sorted(found, key=turn)


async def _connected(family: int, kind: int, protocol: int, _: str, address: Address) -> socket.socket:
    raw = socket.socket(family, kind, protocol)
    try:
        raw.settimeout(0.0)  # the loop does the waiting
        await asyncio.get_running_loop().sock_connect(raw, address)
    except BaseException:
        raw.close()
        raise
    return raw
