"""The lines of a pool, counted by state; those with a free seat are kept in the order of their last use."""

from collections.abc import Iterator, Mapping

from legato.core.pool_lines import TAKING, LineState, PoolLine

_IDLE = LineState.IDLE


class LineBook:
    """Keeps the counts true while lines move.

    Args:
        seats: runs at once on one line.
        bears_s: the vendor drops a line that has been silent for this long; 0 for never.
    """

    def __init__(self, seats: int, bears_s: float) -> None:
        self._bears_s = bears_s
        self._seats = seats
        self._numbered = 0
        self._lines: dict[int, PoolLine] = {}
        self._free: dict[int, PoolLine] = {}
        self._ageing: dict[int, PoolLine] = {}
        self._states = dict.fromkeys(LineState, 0)
        self.busy_seats = 0
        """Runs that count at the vendor."""

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[PoolLine]:
        return iter(tuple(self._lines.values()))

    def get(self, number: int) -> PoolLine | None:
        """The line with this number, while it belongs to the pool."""
        return self._lines.get(number)

    def count(self, state: LineState) -> int:
        """How many lines are in this state."""
        return self._states[state]

    def counts(self) -> Mapping[LineState, int]:
        """How many lines are in each state."""
        return {
            state: self._states[state]
            for state in LineState.__members__.values()
            if state is not LineState.GONE
        }

    @property
    def usable(self) -> int:
        """How many lines are connected and take runs, now or when one ends."""
        return sum([self._states[state] for state in TAKING])

    def last_used(self) -> PoolLine | None:
        """The most recently used of the lines with a free seat; `None` if there is none."""
        return next(reversed(self._free.values())) if self._free else None

    def ageing(self) -> list[PoolLine]:
        """Idle lines that are to be replaced."""
        return [line for line in self._ageing.values() if line.state is _IDLE] if self._ageing else []

    def is_ageing(self, line: PoolLine) -> bool:
        """Whether a line is to be replaced."""
        return line.number in self._ageing

    def add(self, now: float) -> PoolLine:
        """Add a line that is now being dialled."""
        self._numbered += 1
        line = PoolLine(self._numbered, self._seats, self._bears_s, now)
        self._lines[line.number] = line
        self._states[line.state] += 1
        return line

    def take(self, line: PoolLine, ticket: int, tenant: str, now: float) -> None:
        """A run begins on a line."""
        line.leases[ticket] = (tenant, now)
        line.used = True
        self.busy_seats += 1
        self.settle(line)

    def clean(self, line: PoolLine, ticket: int) -> tuple[str, float]:
        """A run was cancelled but keeps its seat. Returns its tenant, and since when it ran."""
        tenant, since = line.leases.pop(ticket)
        line.cleaning.append(tenant)
        self.settle(line)
        return tenant, since

    def end(self, line: PoolLine, ticket: int) -> tuple[str, float]:
        """A run is over. Returns its tenant, and since when it ran."""
        self.busy_seats -= 1
        tenant, since = line.leases.pop(ticket)
        self.settle(line)
        return tenant, since

    def end_cleaning(self, line: PoolLine) -> str:
        """The vendor owes nothing more for a line's oldest cancelled run. Returns its tenant."""
        self.busy_seats -= 1
        tenant = line.cleaning.pop(0)
        self.settle(line)
        return tenant

    def age(self, line: PoolLine) -> None:
        """A line is to be replaced."""
        self._ageing[line.number] = line

    def rejuvenate(self, line: PoolLine) -> None:
        """A line is not to be replaced after all."""
        self._ageing.pop(line.number, None)

    def connect(self, line: PoolLine) -> None:
        """A line is connected."""
        self._move(line, LineState.IDLE)
        self._free[line.number] = line

    def drain(self, line: PoolLine) -> None:
        """A line takes no more runs."""
        self._move(line, LineState.DRAINING)
        self._free.pop(line.number, None)

    def remove(self, line: PoolLine) -> None:
        """A line is gone, with every run on it."""
        self.busy_seats -= line.busy_seats
        self._move(line, LineState.GONE)
        del self._lines[line.number]
        self._free.pop(line.number, None)
        self._ageing.pop(line.number, None)

    def settle(self, line: PoolLine) -> None:
        """Bring a line to the state its runs imply; with a free seat, it now counts as the most recently used."""
        self._states[line.state] -= 1
        line.settle()
        self._states[line.state] += 1
        self._free.pop(line.number, None)
        if line.free_seats > 0:
            self._free[line.number] = line

    def _move(self, line: PoolLine, state: LineState) -> None:
        self._states[line.state] -= 1
        line.move(state)
        self._states[state] += 1
