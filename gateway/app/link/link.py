"""A worker's end of the connection to its parent: what it reports, the seats it borrows, and when it should leave."""

import asyncio
import os
from collections.abc import Callable
from types import TracebackType
from typing import Self

from gateway.app.link.messages import JsonLines, Message
from gateway.app.link.post import Post
from gateway.upstream.seats import Borrower


class ParentGoneError(Exception):
    """The parent cannot be reached; the message says why."""


class Link:
    """An asynchronous context. Implements `seats.ConcurrencyLender`.

    Args:
        post: the post of this worker.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._line = JsonLines(self._heard, self._over)
        self._borrowers: dict[str, Borrower] = {}
        self._leave: Callable[[], None] | None = None
        self._obey: Callable[[Message], None] | None = None
        self._orders: list[Message] = []
        self._told_to_leave = False
        self.all_leave = False
        """Whether the parent has told all workers to leave; if not, this one leaves alone, or a new parent's workers follow."""
        self._closed = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Connect.

        Raises:
            ParentGoneError: the parent cannot be reached.
        """
        loop = asyncio.get_running_loop()
        try:
            await loop.create_unix_connection(lambda: self._line, str(self._post.hub))
        except OSError as error:
            raise ParentGoneError(error.strerror or str(error)) from None
        self._line.send(**{"is": "hello", "worker": self._post.number, "pid": os.getpid()})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()
        await self._closed.wait()

    def listening(self) -> None:
        """This worker's ports are open."""
        self._line.send(**{"is": "listening"})

    def ready(self) -> None:
        """New streams are welcome here."""
        self._line.send(**{"is": "ready"})

    def engine_hangs(self) -> None:
        """The engine process, which the parent has started, no longer answers."""
        self._line.send(**{"is": "engine hangs"})

    def when_to_leave(self, leave: Callable[[], None]) -> None:
        """Set what to call when the parent says so, or is gone; it is called at once if that has happened already."""
        self._leave = leave
        if self._told_to_leave:
            leave()

    def when_ordered(self, obey: Callable[[Message], None]) -> None:
        """Set what to call with every standing order; it is called at once with those that have come already."""
        self._obey = obey
        for order in self._orders:
            obey(order)

    # --- seats.ConcurrencyLender ----------------------------------------------------------------------------------------

    def open(self, account: str, limit: int, borrower: Borrower) -> "Account":
        """Open an account for the seats of one credential."""
        self._borrowers[account] = borrower
        self._line.send(**{"is": "open", "account": account, "limit": limit})
        return Account(self._line, account)

    # --------------------------------------------------------------------------------------------------------------------

    def _heard(self, _: JsonLines, message: Message) -> None:
        match message["is"]:
            case "lent":
                self._borrowers[message["account"]].lent()
            case "recall":
                self._borrowers[message["account"]].recalled(urgent=bool(message["urgent"]))
            case "pause":
                self._borrowers[message["account"]].paused(float(message["pause_s"]))
            case "route" | "level" if self._obey is not None:
                self._obey(message)
            case "route" | "level":
                self._orders.append(message)
            case "knock":
                self._line.send(**{"is": "here"})
            case "leave":
                self.all_leave = bool(message["all"])
                self._go()

    def _over(self, _: JsonLines) -> None:
        self._closed.set()
        self._go()

    def _go(self) -> None:
        self._told_to_leave = True
        if self._leave is not None:
            self._leave()


class Account:
    """Implements `seats.Loan`.

    Args:
        line: the connection to the lender.
        name: name of the account.
    """

    def __init__(self, line: JsonLines, name: str) -> None:
        self._line = line
        self._name = name

    def ask(self) -> None:
        """One more seat is needed."""
        self._line.send(**{"is": "ask", "account": self._name})

    def give_back(self, seats: int) -> None:
        """This many seats are no longer needed."""
        self._line.send(**{"is": "back", "account": self._name, "seats": seats})

    def refused(self, retry_after_s: float | None) -> None:
        """The vendor has refused a run for being one too many."""
        self._line.send(**{"is": "refused", "account": self._name, "retry_after_s": retry_after_s})

    def renewed(self) -> None:
        """The credential is another one."""
        self._line.send(**{"is": "renewed", "account": self._name})
