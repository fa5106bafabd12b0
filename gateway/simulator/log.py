"""What the simulator saw and did, entry by entry: tests count by it, and people read it as JSON lines."""

import enum
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

_KEPT = 200_000
"""The newest entries are kept; counts are of all."""


class Saw(enum.StrEnum):
    """What an entry is about."""

    DIALLED = "dialled"
    """A connection was accepted at the socket."""
    REFUSED = "refused"
    """A handshake or request was refused; `value` is the HTTP status."""
    OPENED = "opened"
    """A stream was accepted: a WebSocket, or one request."""
    BEGUN = "begun"
    """An utterance (a context, a turn) has begun."""
    TEXT = "text"
    """Text was accepted; `value` is the number of billed characters."""
    FLUSHED = "flushed"
    """The client asked for held text to be spoken now."""
    ENDED = "ended"
    """The client has ended an utterance."""
    FIRST_BYTE = "first_byte"
    """The first audio of an utterance was written."""
    FINISHED = "finished"
    """An utterance was spoken to its end; `value` is its audio bytes."""
    CANCELLED = "cancelled"
    """The end of an utterance that the client cancelled is confirmed; `value` is the audio bytes that it had been sent."""
    DROPPED = "dropped"
    """The simulator ended an utterance, with an error or for lack of text."""
    LIMIT = "limit"
    """A limit was exceeded; `note` names it."""
    FAULT = "fault"
    """A fault has fired; `note` names what it does, `moment` where, `value` at which byte, millisecond, word or segment."""
    DOWN = "down"
    """The vendor has gone down."""
    UP = "up"
    """The vendor is up again."""
    CLOSED = "closed"
    """A stream is over; `note` tells who ended it."""
    BUG = "bug"
    """A bug of the simulator itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Args:
        saw: what happened.
        vendor: which vendor the client spoke to; empty if not known yet.
        connection: number of the connection, from 1.
        utterance: number of the utterance, from 1 over all connections; 0 for none.
        voice: the voice asked for, in the vendor's words.
        value: a number, see `Saw`.
        fault: index of the fault in the script, from 0; -1 for none.
        moment: when a fault fires.
        note: free text.
        traceparent: of an opened stream or request.
        tracestate: what went with it.
        at_s: seconds of the simulator's clock, from its start.
    """

    saw: Saw
    vendor: str = ""
    connection: int = 0
    utterance: int = 0
    voice: str = ""
    value: float = 0
    fault: int = -1
    moment: str = ""
    note: str = ""
    traceparent: str = ""
    tracestate: str = ""
    at_s: float = 0.0

    def as_dict(self) -> dict[str, object]:
        """The entry for JSON, without empty fields."""
        said = {name: value for name, value in asdict(self).items() if value not in {"", 0, -1}}
        return said | ({"fault": self.fault} if self.fault >= 0 else {})


class Log:
    """All entries, and their counts.

    Args:
        clock: monotonic seconds.
        told: called with every new entry.
    """

    def __init__(self, clock: Callable[[], float], told: Callable[[Entry], None] | None = None) -> None:
        self._clock = clock
        self._start = clock()
        self._told = told
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._counts: Counter[Saw] = Counter()
        self.billed_chars = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def add(self, entry: Entry) -> None:
        """Add an entry, with the time."""
        stamped = replace(entry, at_s=round(self._clock() - self._start, 6))
        self._entries.append(stamped)
        self._counts[entry.saw] += 1
        if entry.saw is Saw.TEXT:
            self.billed_chars += int(entry.value)
        if self._told is not None:
            self._told(stamped)

    def count(self, saw: Saw) -> int:
        """How often this was seen."""
        return self._counts[saw]

    def counts(self) -> dict[str, int]:
        """How often each thing was seen, and the characters billed."""
        return {saw.value: count for saw, count in sorted(self._counts.items())} | {
            "billed_chars": self.billed_chars
        }

    def of(self, saw: Saw) -> list[Entry]:
        """The entries about this, in order."""
        return [entry for entry in self._entries if entry.saw == saw]

    @property
    def faults(self) -> list[Entry]:
        """The faults that have fired."""
        return self.of(Saw.FAULT)
