"""One side of a race: a line, and what it has given while it was still open who wins."""

from dataclasses import dataclass, field
from typing import Protocol

from legato.core.least_audio import is_audible
from legato.domain.events import Audio, Failed, VendorEvent
from legato.domain.speech import Route
from legato.ports import Line, LineRequest, Lines, OnReady, Ticket

_MOST_BYTES = 1 << 20
"""Some twenty seconds of speech: twice the longest pause that vendors take from a text."""
_EVENT_BYTES = 200


class Race(Protocol):
    """What a side tells."""

    def side_heard(self, side: "Side", event: VendorEvent) -> None:
        """Take an event of one of the two lines."""


@dataclass(slots=True, eq=False)
class Side:
    """One of the two lines, and what it gave before the race was over."""

    race: Race
    route: Route
    line: Line | None = None
    ticket: Ticket | None = None
    out: bool = False
    _given: list[VendorEvent] = field(default_factory=list)
    _given_bytes: int = 0
    _odd: bytes = b""

    def ask(self, lines: Lines, request: LineRequest, came: OnReady) -> Ticket:
        """Lease its line; the answer may come before this returns."""
        answered = False

        def answer(found: Line | Failed) -> None:
            nonlocal answered
            answered, self.ticket = True, None
            came(found)

        ticket = lines.acquire(request, self, answer)
        if not answered:
            self.ticket = ticket
        return ticket

    def keep(self, event: VendorEvent) -> bool:
        """Keep an event until it is known who wins. Returns whether there is room for more."""
        self._given.append(event)
        self._given_bytes += _EVENT_BYTES + (len(event.data) if isinstance(event, Audio) else 0)
        return self._given_bytes < _MOST_BYTES

    def forget(self) -> list[VendorEvent]:
        """Return what was kept, and keep it no longer."""
        given, self._given, self._given_bytes = self._given, [], 0
        return given

    def sounds(self, data: bytes) -> bool:
        """Whether a further piece of its audio, cut anywhere, holds anything audible."""
        data = self._odd + data
        whole = len(data) & ~1
        self._odd = data[whole:]
        return is_audible(data[:whole])

    def heard(self, line: Line, event: VendorEvent) -> None:
        """Take what the line tells, as a `ports.LineListener`."""
        del line
        self.race.side_heard(self, event)

    def let_go(self, *, clean: bool) -> None:
        """Stop it and give it back; what it has given is forgotten."""
        self.out = True
        self.forget()
        if self.ticket is not None:
            self.ticket.withdraw()
            self.ticket = None
        line, self.line = self.line, None
        if line is not None:
            line.cancel()
            line.release(clean=clean)
