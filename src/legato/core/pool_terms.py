"""What a pool is told, what it wants done, and how it looks from outside."""

from collections.abc import Mapping
from dataclasses import dataclass

from legato.core.pool_lines import LineState
from legato.domain.events import Failed


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Bounds of the lines to one place. A time of 0 means that there is no such bound.

    Args:
        floor: lines kept while nobody speaks.
        ceiling: lines at once.
        runs_per_line: runs at once on one line.
        concurrency: runs at once, where the pool shares none with others.
        max_age_s: the vendor drops a line that is so old.
        idle_s: the vendor drops a line that it hears nothing from for so long.
        keep_alive_s: a quiet line is looked after so often.
        dial_s: a line that is not connected after this has failed.
        max_waiting: how many may wait for a line.
        spare: seats kept free beside those in use, for whoever is interrupted.
        dials_at_once: lines being dialled at once.
        retry_first_s: the longest wait after a first failed dial, and the time over which lost lines are dialled anew.
        retry_max_s: the longest wait of all.
        linger_s: a line more than is wanted goes after it was free for so long.
    """

    floor: int = 1
    ceiling: int = 10
    runs_per_line: int = 1
    concurrency: int = 0
    max_age_s: float = 0.0
    idle_s: float = 0.0
    keep_alive_s: float = 5.0
    dial_s: float = 3.0
    max_waiting: int = 100
    spare: int = 1
    dials_at_once: int = 4
    retry_first_s: float = 0.25
    retry_max_s: float = 10.0
    linger_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Dial:
    """Connect a new line."""

    line: int


@dataclass(frozen=True, slots=True)
class Drop:
    """Close a line, or stop dialling it; nothing need be told of its end."""

    line: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A line for whoever holds this ticket.

    Args:
        ticket: whose.
        line: which.
        reused: it was connected before it was asked for.
    """

    ticket: int
    line: int
    reused: bool


@dataclass(frozen=True, slots=True)
class Refuse:
    """No line for whoever holds this ticket."""

    ticket: int
    failed: Failed


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """See whether a quiet line is alive, and keep it so."""

    line: int


PoolEffect = Dial | Drop | Grant | Refuse | KeepAlive


@dataclass(frozen=True, slots=True)
class PoolView:
    """A pool from outside.

    Args:
        lines: how many are in each state.
        waiting: tickets in the queue.
        wanted: lines that it wants to have now.
        ceiling: lines that it may have now, as configured and learnt.
        usable: lines that are connected and take runs, now or when one ends.
    """

    lines: Mapping[LineState, int]
    waiting: int
    wanted: int
    ceiling: int
    usable: int
