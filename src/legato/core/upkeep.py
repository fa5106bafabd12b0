"""When each line of a pool is next to be looked at: only lines whose turn has come are, a few at a time.

A pool of a thousand lines that looked at all of them whenever one was due would hold up everything else ten times a second.
"""

import heapq

from legato.core.pool_lines import PoolLine

AT_ONCE = 16
"""How many lines are looked at in one go: nothing else waits for more than these."""
_NEVER = float("inf")


class Upkeep:
    """Each line has at most one turn planned; a new plan replaces it."""

    def __init__(self) -> None:
        self._turns: list[tuple[float, int, PoolLine]] = []
        self._turn_of: dict[int, float] = {}

    def plan(self, line: PoolLine, at: float) -> None:
        """Plan to look at the line then, and not before."""
        if self._turn_of.get(line.number) != at:
            self._turn_of[line.number] = at
            if at != _NEVER:
                heapq.heappush(self._turns, (at, line.number, line))

    def forget(self, line: PoolLine) -> None:
        """The line is gone."""
        self._turn_of.pop(line.number, None)

    def due(self, now: float) -> list[PoolLine]:
        """Up to `AT_ONCE` lines whose turn has come; they have none again until one is planned."""
        lines: list[PoolLine] = []
        while len(lines) < AT_ONCE and self.next_at() <= now:
            _, number, line = heapq.heappop(self._turns)
            del self._turn_of[number]
            lines.append(line)
        return lines

    def next_at(self) -> float:
        """When the next turn is; infinite if there is none."""
        turns = self._turns
        while turns and self._turn_of.get(turns[0][1]) != turns[0][0]:
            heapq.heappop(turns)  # replaced by another plan, or its line is gone
        return turns[0][0] if turns else _NEVER
