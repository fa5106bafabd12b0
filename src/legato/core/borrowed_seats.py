"""Seats that are borrowed from whoever lends those of a credential to several processes. The borrower's side of `lending`."""

from collections.abc import Callable

from legato.core.concurrency import Concurrency


class BorrowedSeats(Concurrency):
    """Runs at once, of which each needs a seat that was lent.

    Args:
        limit: of the plan, for all processes together.
        ask: asks the lender for one seat more; called once for each seat that comes.
        give: gives the lender so many seats back.
        told: tells the lender of a refusal, and the seconds after which the vendor may be asked again, where it has said so.
    """

    def __init__(
        self,
        limit: int,
        ask: Callable[[], None],
        give: Callable[[int], None],
        told: Callable[[float | None], None],
    ) -> None:
        super().__init__(limit)
        self._ask = ask
        self._give = give
        self._told = told
        self._lent = 0
        self._asked = False
        self._recalled = False
        self._urgent = False

    @property
    def borrowed(self) -> int:
        """Seats there are here, in use or idle."""
        return self._lent

    def may_double(self) -> bool:
        """No: what is idle here may be recalled, and be somebody else's a moment later."""
        return False

    def free(self, now: float) -> bool:
        """Whether one more may be begun now; where only a seat is missing, the lender is asked for it."""
        if not super().free(now):
            return False
        if self.in_use < self._lent:
            return True
        if not self._asked:
            self._asked = True
            self._ask()
        return False

    def give_back(self, tenant: str) -> None:
        """One is over."""
        super().give_back(tenant)
        if self._urgent:
            self._return_one()

    def refused(self, retry_after_s: float | None, now: float) -> None:
        """The vendor has refused one for being too many."""
        super().refused(retry_after_s, now)
        self._told(retry_after_s)

    def lent(self) -> None:
        """One seat has come; whoever waits may have it."""
        self._asked = False
        self._lent += 1

    def recalled(self, *, urgent: bool) -> None:
        """The lender would like one back: an idle one; where it is urgent, the next that is free."""
        self._recalled = True
        self._urgent = self._urgent or urgent
        self.spare()

    def spare(self) -> None:
        """Whoever waited has been served: what is idle now goes back, if it is wanted."""
        if self._recalled and self.in_use < self._lent:
            self._return_one()

    def _return_one(self) -> None:
        self._recalled = self._urgent = False
        self._lent -= 1
        self._give(1)
