"""The pool and the route of a leased line, as the line sees them. No behaviour here."""

from collections.abc import Callable
from typing import Protocol

from gateway.upstream.connection import Connection
from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.vendors import VendorLimits
from legato.ports import Clock


class Tenant(Protocol):
    """A line that may move to another connection, or be cut."""

    def moved(self, connection: Connection, ticket: int, *, reused: bool) -> None:
        """There is another connection; reused: it was there before it was asked for."""

    def stranded(self, failed: Failed) -> None:
        """There is none."""

    def cut(self, words: str) -> None:
        """It is over, and goes on elsewhere."""


class Keeper(Protocol):
    """One lease's."""

    @property
    def limits(self) -> VendorLimits:
        """How long things are waited for."""

    @property
    def first_audio_s(self) -> float:
        """How long first audio is waited for on this route; 0 for ever."""

    @property
    def sends_markers(self) -> bool:
        """The vendor is known to send markers."""

    @property
    def clock(self) -> Clock:
        """Monotonic seconds."""

    def marked(self) -> None:
        """The vendor has sent a marker."""

    def sounded(self, waited_s: float) -> None:
        """First audio has come so long after the first text was sent."""

    def over(self, reason: Reason | None, awaited: str) -> None:
        """The run has come to its end: why it failed, if it did, and what was waited for in vain."""

    def called_off(self) -> None:
        """The run was stopped before it could tell anything."""

    def too_many(self, failed: Failed) -> None:
        """The vendor has refused the run for being one too many."""

    def released(self, line: Tenant) -> None:
        """The session has let go of the line."""

    def give_back(self, connection: Connection, ticket: int, *, clean: bool) -> None:
        """The lease has ended."""

    def clean_up(self, connection: Connection, ticket: int) -> None:
        """The lease has ended; the vendor has yet to confirm its cancel."""

    def cleaned_up(self, connection: Connection, *, clean: bool) -> None:
        """It has; or, not clean, never will."""

    def replace(self, line: Tenant, *, in_doubt: bool) -> Callable[[], None]:
        """Another connection for the line: `moved` or `stranded` follows, perhaps at once. Returns what takes the wish back.

        Args:
            line: whose connection is gone.
            in_doubt: that was not the first one: those that wait may be gone as well.
        """
