"""The seats of one credential: all this process's own, or borrowed if several processes share them."""

from collections.abc import Callable
from typing import Protocol

from legato.core.borrowed_seats import BorrowedSeats
from legato.core.concurrency import Concurrency
from legato.ports import Clock


class Borrower(Protocol):
    """A borrower of a credential's seats. Called by the lender, never from within the borrower's own call."""

    def lent(self) -> None:
        """One more seat has come."""

    def recalled(self, *, urgent: bool) -> None:
        """A seat is wanted back: an idle one, or if it is urgent the next to become free."""

    def paused(self, pause_s: float) -> None:
        """The vendor has refused another process, and may be asked again after this many seconds."""


class Loan(Protocol):
    """The way to the lender, for one credential. Never waits."""

    def ask(self) -> None:
        """One more seat is needed."""

    def give_back(self, seats: int) -> None:
        """This many seats are no longer needed."""

    def refused(self, retry_after_s: float | None) -> None:
        """The vendor has refused a run for being one too many.

        Args:
            retry_after_s: seconds until it may be asked again, if the vendor has said so.
        """

    def renewed(self) -> None:
        """The credential is another one: what its predecessor was refused says nothing of it."""


class ConcurrencyLender(Protocol):
    """The lender of each credential's seats, if several processes share what the plan allows."""

    def open(self, account: str, limit: int, borrower: Borrower) -> Loan:
        """Open an account for one credential.

        Args:
            account: the provider's name.
            limit: runs at once that the plan allows; 0 for no limit: nothing is lent then.
            borrower: told when a seat comes, when one is wanted back, and of the vendor's pauses.
        """


class Seats:
    """Implements `Borrower`.

    Args:
        account: the provider's name.
        limit: runs at once that the plan allows; 0 for no limit, in which case nothing is borrowed.
        lender: the host's lender; `None` if this process has all the seats.
        clock: monotonic seconds.
        came: called when a seat has come, for the next request that waits.
        held_back: called when the vendor has asked another process for a pause, which may send those that wait elsewhere.
    """

    def __init__(
        self,
        account: str,
        limit: int,
        lender: ConcurrencyLender | None,
        clock: Clock,
        came: Callable[[], None],
        held_back: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._came = came
        self._held_back = held_back
        self._borrowed: BorrowedSeats | None = None
        self._loan = loan = None if lender is None else lender.open(account, limit, self)
        if loan is not None and limit:
            self._borrowed = BorrowedSeats(limit, loan.ask, loan.give_back, loan.refused)
        self.concurrency: Concurrency = self._borrowed or Concurrency(
            limit, None if loan is None else loan.refused
        )

    def lent(self) -> None:
        """One more seat has come."""
        assert self._borrowed is not None, "it was asked for"
        self._borrowed.lent()
        self._came()

    def recalled(self, *, urgent: bool) -> None:
        """A seat is wanted back."""
        assert self._borrowed is not None, "it was lent"
        self._borrowed.recalled(urgent=urgent)

    def paused(self, pause_s: float) -> None:
        """The vendor has refused another process."""
        self.concurrency.pause(self._clock() + pause_s)
        self._held_back()

    def renewed(self) -> None:
        """The credential is another one."""
        self.concurrency.renewed()
        if self._loan is not None:
            self._loan.renewed()

    def return_idle(self) -> None:
        """All that waited here have been served: a seat that is idle now goes back, if it was recalled."""
        if self._borrowed is not None:
            self._borrowed.return_idle()
