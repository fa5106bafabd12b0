"""When borders become cuts: the waiting atoms of one utterance.

Rules:
- the decision is taken each time an atom is added, so it is a function of the atoms and of the lead alone;
- the first segment leaves early, later ones are longer, the more so the more audio is still unplayed.
"""

import enum
from math import inf

from legato.domain.text import Break
from legato.domain.values import value
from legato.text.atoms import Atom
from legato.text.directions import UNDIRECTED, Directed
from legato.text.settings import Thresholds
from legato.text.speech import AtomReading

SILENT_CHARS = 1000
"""Source with nothing to say is not kept longer than this."""
HELD_CHARS = 4000
"""Nor is source with little to say kept longer than this."""
COMMA_FACTOR = 1.3
OVERSHOOT = 0.35
"""A forced cut is not taken at less than this part of the maximum if there is a later one."""


@value
class Held:
    """An atom that waits to become part of a segment.

    Args:
        atom: the atom.
        reading: its reading.
        weight: its length in characters of speech.
        directed: how it is delivered.
    """

    atom: Atom
    reading: AtomReading
    weight: float
    directed: Directed = UNDIRECTED


class _Pace(enum.Enum):
    """How soon a border becomes a cut."""

    FIRST = enum.auto()
    """Nothing has been said yet."""
    SOON = enum.auto()
    """The listener is about to run out of audio."""
    USUAL = enum.auto()
    LATE = enum.auto()
    """There is much audio still to be heard."""


class Schedule:
    """Decides which waiting atoms leave as one segment."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._limits = thresholds
        self._held: list[Held] = []
        self._total = 0.0
        self._chars = 0
        self._spoke = False
        self._lead_ms: float | None = None
        self._pace = _Pace.FIRST
        self._needs, self._most = self._needed()

    @property
    def chars(self) -> int:
        """Characters of the source that wait."""
        return self._chars

    @property
    def strongest(self) -> Break | None:
        """The strongest border at which waiting speech could be cut now."""
        heavy = 0.0
        best: Break | None = None
        for held in self._held:
            heavy += held.weight
            if heavy and (best is None or held.atom.strength > best):
                best = held.atom.strength
        return best

    def lead(self, lead_ms: float) -> None:
        """Set the audio lead at the listener, in milliseconds."""
        self._lead_ms = lead_ms
        self._set_pace()

    def add(self, held: Held) -> list[list[Held]]:
        """Add an atom to those that wait; return the segments that are due."""
        self._held.append(held)
        self._total += held.weight
        self._chars += len(held.atom.text)
        due = []
        while count := self._due():
            due.append(self._take(count))
        return due

    def release(self, at_least: Break) -> list[Held]:
        """Take everything up to the last border of at least this strength, if there is something to say before it."""
        count = 0
        for index, held in enumerate(self._held):
            if held.atom.strength >= at_least:
                count = index + 1
        spoken = any(held.weight for held in self._held[:count])
        return self._take(count) if spoken else []

    def take(self) -> list[Held]:
        """Take everything."""
        return self._take(len(self._held))

    def _take(self, count: int) -> list[Held]:
        taken, self._held = self._held[:count], self._held[count:]
        if self._held:
            self._total = sum([held.weight for held in self._held])
            self._chars = sum([len(held.atom.text) for held in self._held])
        else:
            self._total, self._chars = 0.0, 0
        if not self._spoke and any(held.weight for held in taken):
            self._spoke = True
            self._set_pace()
        return taken

    def _due(self) -> int:
        total = self._total
        if total >= min(self._needs[Break.PARAGRAPH], self._most) and (count := self._ripe(total)):
            return count
        most = HELD_CHARS if total else SILENT_CHARS
        return len(self._held) if self._chars >= most else 0

    def _ripe(self, total: float) -> int:
        """Return how many atoms make the longest segment that a mark ends; 0 while none is long enough."""
        left = total
        for count in range(len(self._held), 0, -1):
            held = self._held[count - 1]
            if left and left >= self._needs[held.atom.strength]:
                return count if left <= self._most or count == 1 else self._best()
            left -= held.weight
        return self._best() if total > self._most else 0

    def _best(self) -> int:
        """Return the best border that keeps a segment within its maximum: the strongest; among equals, the last."""
        most, length = self._most, 0.0
        best, strength = 1, -1
        for count, held in enumerate(self._held, 1):
            length += held.weight
            if length > most:
                break
            if held.atom.strength >= strength or length < OVERSHOOT * most:
                best, strength = count, held.atom.strength
        return best

    def _set_pace(self) -> None:
        pace, lead_ms, limits = _Pace.USUAL, self._lead_ms, self._limits
        if not self._spoke:
            pace = _Pace.FIRST
        elif lead_ms is not None and lead_ms > limits.high_lead_ms:
            pace = _Pace.LATE
        elif lead_ms is not None and lead_ms < limits.low_lead_ms:
            pace = _Pace.SOON
        if pace is not self._pace:
            self._pace = pace
            self._needs, self._most = self._needed()

    def _needed(self) -> tuple[tuple[float, ...], float]:
        """Return how long a segment must be to end at a border of each strength, weakest first, and how long it may be."""
        limits = self._limits
        soft, most = float(limits.soft_chars), float(limits.max_chars)
        match self._pace:
            case _Pace.FIRST:
                least, clause = float(limits.first_min_chars), float(limits.first_clause_chars)
                return (inf, clause, clause, least, least), float(limits.first_max_chars)
            case _Pace.LATE:
                return (inf, inf, inf, inf, float(limits.min_chars)), most
            case _Pace.SOON:
                least = float(min(limits.first_min_chars, limits.min_chars))
                return (inf, COMMA_FACTOR * soft / 2, soft / 2, least, least), most / 2
            case _Pace.USUAL:
                least = float(limits.min_chars)
                return (inf, COMMA_FACTOR * soft, soft, least, least), most
