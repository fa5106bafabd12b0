"""When each line of a pool is to be looked at next: only those whose turn has come are, a few at a time.

A pool of a thousand lines that looked at all of them whenever one was due would hold everything else up, ten times a second.
"""

import heapq

from legato.core.pool_lines import PoolLine

AT_ONCE = 16
"""So many lines are looked at in one turn: what else waits, waits for no more than these."""
_NEVER = float("inf")


class Upkeep:
    """Each line has one turn at a time; a new one replaces it."""

    def __init__(self) -> None:
        self._turns: list[tuple[float, int, PoolLine]] = []
        self._turn_of: dict[int, float] = {}

    def plan(self, line: PoolLine, at: float) -> None:
        """The line is to be looked at then, and not before."""
        if self._turn_of.get(line.number) != at:
            self._turn_of[line.number] = at
            if at != _NEVER:
                heapq.heappush(self._turns, (at, line.number, line))

    def forget(self, line: PoolLine) -> None:
        """The line is gone."""
        self._turn_of.pop(line.number, None)

    def due(self, now: float) -> list[PoolLine]:
        """The lines whose turn has come, but for those beyond `AT_ONCE`; they have none until they are planned anew."""
        lines: list[PoolLine] = []
        while len(lines) < AT_ONCE and self.next_at() <= now:
            _, number, line = heapq.heappop(self._turns)
            del self._turn_of[number]
            lines.append(line)
        return lines

    def next_at(self) -> float:
        """When the next turn is; infinite where there is none."""
        turns = self._turns
        while turns and self._turn_of.get(turns[0][1]) != turns[0][0]:
            heapq.heappop(turns)  # it was planned anew, or is gone
        return turns[0][0] if turns else _NEVER
