"""A worker's end of the connection to its parent: what it reports, the seats it borrows, and when it should leave."""

import asyncio
import os
from collections.abc import Callable
from types import TracebackType
from typing import Self

from gateway.app.link import messages
from gateway.app.link.json_lines import JsonLines
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
        self._obey: Callable[[messages.Order], None] | None = None
        self._orders: list[messages.Order] = []
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
        self._line.send(messages.Hello(self._post.number, os.getpid()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()
        await self._closed.wait()

    def listening(self) -> None:
        """This worker's ports are open."""
        self._line.send(messages.Listening())

    def ready(self) -> None:
        """New streams are welcome here."""
        self._line.send(messages.Ready())

    def engine_hangs(self) -> None:
        """The engine process, which the parent has started, no longer answers."""
        self._line.send(messages.EngineHangs())

    def when_to_leave(self, leave: Callable[[], None]) -> None:
        """Set what to call when the parent says so, or is gone; it is called at once if that has happened already."""
        self._leave = leave
        if self._told_to_leave:
            leave()

    def when_ordered(self, obey: Callable[[messages.Order], None]) -> None:
        """Set what to call with every standing order; it is called at once with those that have come already."""
        self._obey = obey
        for order in self._orders:
            obey(order)

    # --- seats.ConcurrencyLender ----------------------------------------------------------------------------------------

    def open(self, account: str, limit: int, borrower: Borrower) -> "Account":
        """Open an account for the seats of one credential."""
        self._borrowers[account] = borrower
        self._line.send(messages.OpenAccount(account, limit))
        return Account(self._line, account)

    # --------------------------------------------------------------------------------------------------------------------

    def _heard(self, _: JsonLines, message: messages.Message) -> None:
        match message:
            case messages.Lent(account):
                self._borrowers[account].lent()
            case messages.Recall(account, urgent):
                self._borrowers[account].recalled(urgent=urgent)
            case messages.Pause(account, pause_s):
                self._borrowers[account].paused(pause_s)
            case messages.SetRoute() | messages.SetLevel() if self._obey is not None:
                self._obey(message)
            case messages.SetRoute() | messages.SetLevel():
                self._orders.append(message)
            case messages.Knock():
                self._line.send(messages.Here())
            case messages.Leave():
                self.all_leave = message.all
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
        self._line.send(messages.AskSeat(self._name))

    def give_back(self, seats: int) -> None:
        """This many seats are no longer needed."""
        self._line.send(messages.GiveBack(self._name, seats))

    def refused(self, retry_after_s: float | None) -> None:
        """The vendor has refused a run for being one too many."""
        self._line.send(messages.Refused(self._name, retry_after_s))

    def renewed(self) -> None:
        """The credential is another one."""
        self._line.send(messages.Renewed(self._name))
