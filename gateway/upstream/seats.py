"""The seats of one credential: all of them this process's own, or borrowed where several processes share them."""

from collections.abc import Callable
from typing import Protocol

from legato.core.borrowed_seats import BorrowedSeats
from legato.core.concurrency import Concurrency


class Borrower(Protocol):
    """Whoever has borrowed seats of a credential. Called by the lender, never from within the borrower's own call."""

    def lent(self) -> None:
        """One seat more is here."""

    def recalled(self, *, urgent: bool) -> None:
        """One seat is wanted back: an idle one; where it is urgent, the next that is free."""


class Loan(Protocol):
    """The way to the lender, for one credential. Never waits."""

    def ask(self) -> None:
        """One seat more is needed."""

    def give_back(self, seats: int) -> None:
        """So many are not needed any more."""

    def refused(self, retry_after_s: float | None) -> None:
        """The vendor has refused a run for being one too many.

        Args:
            retry_after_s: when it may be asked again, where the vendor has said so.
        """


class ConcurrencyLender(Protocol):
    """Who lends the seats of each credential, where several processes share what the plan allows."""

    def open(self, account: str, limit: int, borrower: Borrower) -> Loan:
        """An account for one credential.

        Args:
            account: the provider's name.
            limit: runs at once that its plan allows.
            borrower: told when a seat comes, and when one is wanted back.
        """


class Seats:
    """Implements `Borrower`.

    Args:
        account: the provider's name.
        limit: runs at once, of the plan; 0 where there is no limit, and nothing to lend.
        lender: of the host; `None` where this process has all the seats.
        came: called when a seat has come: whoever waits may have it.
    """

    def __init__(
        self, account: str, limit: int, lender: ConcurrencyLender | None, came: Callable[[], None]
    ) -> None:
        self._came = came
        self._borrowed: BorrowedSeats | None = None
        self.concurrency = Concurrency(limit)
        if lender is not None and limit:
            loan = lender.open(account, limit, self)
            self._borrowed = BorrowedSeats(limit, loan.ask, loan.give_back, loan.refused)
            self.concurrency = self._borrowed

    def lent(self) -> None:
        """One seat more is here."""
        assert self._borrowed is not None, "it was asked for"
        self._borrowed.lent()
        self._came()

    def recalled(self, *, urgent: bool) -> None:
        """One seat is wanted back."""
        assert self._borrowed is not None, "it was lent"
        self._borrowed.recalled(urgent=urgent)

    def spare(self) -> None:
        """Whoever waited here has been served: what is idle now goes back, where it is wanted."""
        if self._borrowed is not None:
            self._borrowed.spare()
