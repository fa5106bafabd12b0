"""The parent's end of the workers' connections: who is there, what each has reported, and orders to all of them.

async with Hub(path, broker) as hub:
    hub.on_change = ...       # a worker has come, is ready, or is gone
    hub.on_engine_hangs = ... # a worker has waited for the engine in vain
    hub.stand("level", SetLevel("debug"))   # all workers are told this, and those still to come
    hub.leave()               # all workers finish and leave, and those still to come
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from gateway.app.link import messages
from gateway.app.link.json_lines import JsonLines


class Lender(Protocol):
    """Lends seats to the workers."""

    def heard(
        self, borrower: str, send: Callable[[messages.ToBorrower], None], message: messages.FromBorrower
    ) -> None:
        """A worker asks for a seat, gives seats back, or reports a refusal."""

    def gone(self, borrower: str) -> None:
        """A worker has died or left."""


class Member:
    """A worker as the hub knows it.

    Args:
        key: a key that no other connection has had.
        line: the connection to it.
    """

    def __init__(self, key: str, line: JsonLines) -> None:
        self.key = key
        self.number = 0
        self.pid = 0
        self.listening = False
        self.ready = False
        self.silent_s: float | None = None
        """How long a knock has gone unanswered; `None` if there is none."""
        self._line = line

    def knock(self) -> None:
        """Ask whether the worker is there. One that has not answered is not asked again: messages to one that hangs would pile up."""
        self.silent_s = 0.0
        self._line.send(messages.Knock())


class Hub:
    """An asynchronous context: inside, workers may connect.

    Args:
        path: path of the socket.
        lender: takes messages about seats.
    """

    def __init__(self, path: Path, lender: Lender) -> None:
        self._path = path
        self._lender = lender
        self._keys = itertools.count(1)
        self._members: dict[JsonLines, Member] = {}
        self._server: asyncio.Server | None = None
        self._leaving = False
        self._standing: dict[str, messages.Order] = {}
        self.were_ready: set[int] = set()
        """Numbers of workers that have been ready, in this life or an earlier one."""
        self.on_change: Callable[[], None] = _nobody
        """Called when a worker has come, listens, is ready, or is gone."""
        self.on_engine_hangs: Callable[[], None] = _nobody
        """Called when a worker has found that the engine process no longer answers."""

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None, "entered"
        self._server.close()
        for line in tuple(self._members):
            line.close()
        await self._server.wait_closed()

    @property
    def is_reachable(self) -> bool:
        """Whether the socket is there."""
        return self._path.exists()

    async def reopen(self) -> None:
        """Listen anew, after somebody has removed the socket; workers that are connected stay so.

        Raises:
            OSError: it cannot be made again.
        """
        if self._server is not None:
            self._server.close()
        await self._open()

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(self._connection, str(self._path))
        self._path.chmod(0o600)

    @property
    def members(self) -> dict[int, Member]:
        """Workers that are connected now, by number."""
        return {member.number: member for member in self._members.values() if member.number}

    def connected(self) -> Sequence[Member]:
        """Return every worker that is connected, even one whose place another has taken."""
        return [member for member in self._members.values() if member.number]

    def stand(self, about: str, order: messages.Order) -> None:
        """Give all workers a standing order: one that comes later, such as a restarted one, is given it as well.

        Args:
            about: what the order is about; of two about the same thing the later one holds.
            order: the order.
        """
        self._standing[about] = order
        for line in self._members:
            line.send(order)

    def leave(self) -> None:
        """Tell all workers to finish and leave, and those still to come."""
        self._leaving = True
        for line in self._members:
            line.send(messages.Leave(all=True))

    def _connection(self) -> JsonLines:
        line = JsonLines(self._heard, self._over)
        self._members[line] = Member(str(next(self._keys)), line)
        return line

    def _heard(self, line: JsonLines, message: messages.Message) -> None:
        member = self._members[line]
        match message:
            case messages.Hello():
                member.number, member.pid = message.worker, message.pid
                for order in self._standing.values():
                    line.send(order)
                if self._leaving:
                    line.send(messages.Leave(all=True))
            case messages.Listening():
                member.listening = True
            case messages.Ready():
                member.ready = True
                self._send_away_others(line, member.number)
                self.were_ready.add(member.number)
            case messages.Here():
                member.silent_s = None
                return
            case messages.EngineHangs():
                self.on_engine_hangs()
                return
            case _ if isinstance(message, messages.FromBorrower):
                self._lender.heard(member.key, line.send, message)
                return
            case _:
                raise ValueError("only a parent says this")
        self.on_change()

    def _send_away_others(self, line: JsonLines, number: int) -> None:
        # A worker is restarted only when it has ended, or when the fork server, which would report that, has: then it lives on, unwatched.
        # That happens to all of them at once: they leave only when the new ones are ready, or nobody would be at their ports.
        for other, member in self._members.items():
            if other is not line and member.number == number:
                other.send(messages.Leave(all=False))

    def _over(self, line: JsonLines) -> None:
        member = self._members.pop(line)
        self._lender.gone(member.key)
        self.on_change()


def _nobody() -> None:
    """Do nothing: nobody wants to know."""
