"""Lends the seats of every credential to the workers of this host: carries out what `lending` decides.

Seats of a worker that died are lent again only a moment later: the vendor must first see that its connections are gone. A pause that the
vendor asks one worker for is told to the others, also where no seats are lent.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from gateway.app.link import messages
from legato.core.lending import Lend, Lending, LendingEffect
from legato.ports import Clock

SETTLE_S = 0.5


class Broker:
    """Implements `link.hub.Lender`.

    Args:
        clock: monotonic seconds.
        settle_s: how long the vendor needs to see that a worker is gone.
    """

    def __init__(self, clock: Clock, settle_s: float = SETTLE_S) -> None:
        self._clock = clock
        self._settle_s = settle_s
        self._accounts: dict[str, Lending] = {}
        self._send: dict[str, Callable[[messages.ToBorrower], None]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def lent(self) -> Mapping[str, tuple[int, int]]:
        """Return for each account how many seats are lent, and how many there are."""
        limited = {name: lending for name, lending in self._accounts.items() if lending.is_limited}
        return {name: (lending.lent, lending.allowed) for name, lending in limited.items()}

    def heard(
        self, borrower: str, send: Callable[[messages.ToBorrower], None], message: messages.FromBorrower
    ) -> None:
        """A worker opens an account, asks for a seat, gives seats back, or reports a refusal or a new key.

        Raises:
            KeyError: there is no such account.
        """
        account, now = message.account, self._clock()
        effects: Sequence[LendingEffect] = ()
        self._send[borrower] = send
        match message:
            case messages.OpenAccount():
                self._accounts.setdefault(account, Lending(message.limit))
                self._tell_pause(account, [borrower], now)
            case messages.AskSeat():
                effects = self._accounts[account].ask(borrower, now)
            case messages.GiveBack():
                effects = self._accounts[account].give_back(borrower, message.seats, now)
            case messages.Refused():
                effects = self._accounts[account].refused(message.retry_after_s, now)
                self._tell_pause(account, [name for name in self._send if name != borrower], now)
            case messages.Renewed():
                effects = self._accounts[account].renewed(now)
        self._perform(account, effects)

    def gone(self, borrower: str) -> None:
        """A worker has died or left."""
        if self._send.pop(borrower, None) is not None:
            asyncio.get_running_loop().call_later(self._settle_s, self._take_back, borrower)

    def _take_back(self, borrower: str) -> None:
        now = self._clock()
        for account, lending in self._accounts.items():
            self._perform(account, lending.gone(borrower, now))

    def _tell_pause(self, account: str, borrowers: Sequence[str], now: float) -> None:
        pause_s = self._accounts[account].hold_until - now
        for borrower in borrowers if pause_s > 0 else ():
            self._send[borrower](messages.Pause(account, pause_s))

    def _perform(self, account: str, effects: Sequence[LendingEffect]) -> None:
        for effect in effects:
            send = self._send.get(effect.borrower, _unheard)
            if isinstance(effect, Lend):
                send(messages.Lent(account))
            else:
                send(messages.Recall(account, effect.urgent))
        self._arm(account)

    def _arm(self, account: str) -> None:
        if (timer := self._timers.pop(account, None)) is not None:
            timer.cancel()
        now = self._clock()
        at = self._accounts[account].deadline(now)
        if at is not None:
            later = asyncio.get_running_loop().call_later
            self._timers[account] = later(at - now, self._tick, account)

    def _tick(self, account: str) -> None:
        self._perform(account, self._accounts[account].tick(self._clock()))


def _unheard(message: messages.ToBorrower) -> None:
    """Drop what is sent to a worker that is gone: a seat lent to it now is taken back in a moment."""
