"""The seats of one credential: all of them this process's own, or borrowed where several processes share them."""

from collections.abc import Callable

from legato.core.borrowed_seats import BorrowedSeats
from legato.core.concurrency import Concurrency
from legato.ports import ConcurrencyLender


class Seats:
    """Implements `ports.Borrower`.

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
