"""What a leased line goes through, and what its run leaves behind. No behaviour here.

    SPEAKING <──> MOVING        SPEAKING | MOVING ──end, or cancel──> OVER ──release──> RELEASED

While it is OVER, what the run leaves may change once: OWED becomes UNTOLD or SPOILT, as the vendor confirms the cancel in time or not.
"""

import enum


class LineLife(enum.Enum):
    """What a leased line is doing."""

    SPEAKING = enum.auto()
    """It has a connection, and the run goes on."""
    MOVING = enum.auto()
    """Its connection is gone, and another one was asked for."""
    OVER = enum.auto()
    """The run has ended or was stopped, and no more is told. The session still holds the line."""
    RELEASED = enum.auto()
    """The session holds it no longer. It keeps its connection only until a cancel that is still OWED is confirmed."""


class RunRest(enum.Enum):
    """What a run that is over leaves on its connection, which decides whether another run may follow there."""

    UNTOLD = enum.auto()
    """Nothing is known to be left: the session says whether it is clean."""
    OWED = enum.auto()
    """The vendor has yet to confirm the cancel."""
    NOTHING = enum.auto()
    """The vendor refused the run and owes nothing: another may follow, whatever the session says."""
    SPOILT = enum.auto()
    """It is unknown what the vendor still sends: no other may follow."""
