"""A pool's settings, its effects, and how it looks from outside."""

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
        concurrency: runs at once, if the pool shares its seats with no other.
        max_age_s: the vendor drops a line that is this old.
        idle_s: the vendor drops a line on which it has received nothing for this long.
        keep_alive_s: interval between keep-alives on a line.
        dial_s: a line that is not connected after this has failed.
        max_waiting: how many may wait for a line.
        spare: seats kept free beside those in use, for listeners who interrupt.
        dials_at_once: lines being dialled at once.
        retry_first_s: the longest wait after a first failed dial, and the time over which lost lines are redialled.
        retry_max_s: the longest wait of all.
        linger_s: a surplus line goes after it has been free for this long.
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
    """Close a line, or stop dialling it; its end need not be reported."""

    line: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A line for the holder of a ticket.

    Args:
        ticket: the ticket.
        line: the line.
        reused: it was connected before it was asked for.
    """

    ticket: int
    line: int
    reused: bool


@dataclass(frozen=True, slots=True)
class Refuse:
    """No line for the holder of a ticket."""

    ticket: int
    failed: Failed


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """Check that a line is alive, and keep it so."""

    line: int


PoolEffect = Dial | Drop | Grant | Refuse | KeepAlive


@dataclass(frozen=True, slots=True)
class PoolView:
    """A pool from outside.

    Args:
        lines: how many are in each state.
        waiting: tickets in the queue.
        wanted: lines it wants to have now.
        ceiling: lines it may have now, as configured and learnt.
    """

    lines: Mapping[LineState, int]
    waiting: int
    wanted: int
    ceiling: int
