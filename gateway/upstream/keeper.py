"""A leased line's pool and route, as the line sees them. No behaviour here."""

from typing import Protocol

from gateway.upstream.connection import Connection
from legato.domain.events import Failed, Finished, Lost
from legato.domain.facts import RunWait
from legato.domain.vendors import VendorTraits
from legato.ports import Clock


class MovableLine(Protocol):
    """A line that may move to another connection, or be cut."""

    def moved(self, connection: Connection, ticket: int, *, reused: bool) -> None:
        """The run moves to another connection; `reused`: that one existed before it was asked for."""

    def stranded(self, failed: Failed) -> None:
        """There is no other connection."""

    def cut(self, words: str) -> None:
        """The run is over here; its utterance goes on elsewhere."""


class Replacement(Protocol):
    """A line's request for another connection."""

    def ask(self, *, in_doubt: bool) -> None:
        """Ask, once: `moved` or `stranded` follows, perhaps before this returns. `in_doubt`: idle connections may be gone as well."""

    def withdraw(self) -> None:
        """No longer wanted: neither follows."""


class Keeper(Protocol):
    """What one leased line needs of its pool and route."""

    @property
    def traits(self) -> VendorTraits:
        """What the vendor can do, and how long to wait for what."""

    @property
    def sample_rate_hz(self) -> int:
        """Sample rate of the place's audio."""

    @property
    def first_audio_s(self) -> float:
        """How long to wait for first audio on this route; 0 for no limit."""

    @property
    def sends_markers(self) -> bool:
        """Whether the vendor is known to send markers."""

    @property
    def clock(self) -> Clock:
        """Monotonic seconds."""

    def marked(self) -> None:
        """The vendor has sent a marker."""

    def sounded(self, waited_s: float) -> None:
        """First audio has come, this long after the first text was sent."""

    def over(self, ending: Finished | Failed | Lost, awaited: RunWait) -> None:
        """The run has ended like this; `awaited` is what was awaited in vain."""

    def called_off(self) -> None:
        """The run was stopped before it showed whether the route works."""

    def too_many(self, failed: Failed) -> None:
        """The vendor has refused the run for being one too many."""

    def released(self, line: MovableLine) -> None:
        """The session has released the line."""

    def give_back(self, connection: Connection, ticket: int, *, clean: bool) -> None:
        """The lease has ended."""

    def clean_up(self, connection: Connection, ticket: int) -> None:
        """The lease has ended; the vendor has yet to confirm its cancel."""

    def cleaned_up(self, connection: Connection, *, clean: bool) -> None:
        """The vendor has confirmed the cancel; or, if not clean, never will."""

    def replacement(self, line: MovableLine) -> Replacement:
        """Another connection for a line whose own is gone, yet to be asked for."""
