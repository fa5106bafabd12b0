"""Seats borrowed from the lender that shares a credential's seats among several processes. The borrower's side of `lending`."""

from collections.abc import Callable

from legato.core.concurrency import Concurrency


class BorrowedSeats(Concurrency):
    """Runs at once, each of which needs a borrowed seat.

    Args:
        limit: the plan's limit, for all processes together.
        ask: asks the lender for one more seat; called once for each seat that comes.
        give: gives this many seats back to the lender.
        told: as of `Concurrency`.
    """

    def __init__(
        self,
        limit: int,
        ask: Callable[[], None],
        give: Callable[[int], None],
        told: Callable[[float | None], None],
    ) -> None:
        super().__init__(limit, told)
        self._ask = ask
        self._give = give
        self._lent = 0
        self._asked = False
        self._recalled = False
        self._urgent = False

    def may_double(self) -> bool:
        """No: a seat that is idle here may be recalled, and be in use elsewhere a moment later."""
        return False

    def free(self, now: float) -> bool:
        """Whether one more run may begin now; if only a seat is missing, the lender is asked for one."""
        if not super().free(now):
            return False
        if self.in_use < self._lent:
            return True
        if not self._asked:
            self._asked = True
            self._ask()
        return False

    def give_back(self, tenant: str) -> None:
        """A run is over."""
        super().give_back(tenant)
        if self._urgent:
            self._return_one()

    def lent(self) -> None:
        """One seat has come, for the next run that waits."""
        self._asked = False
        self._lent += 1

    def recalled(self, *, urgent: bool) -> None:
        """The lender wants a seat back: an idle one, or if it is urgent the next to become free."""
        self._recalled = True
        self._urgent = self._urgent or urgent
        self.return_idle()

    def return_idle(self) -> None:
        """All that waited have been served: a seat that is idle now goes back, if it was recalled."""
        if self._recalled and self.in_use < self._lent:
            self._return_one()

    def _return_one(self) -> None:
        self._recalled = self._urgent = False
        self._lent -= 1
        self._give(1)
