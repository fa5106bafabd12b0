"""What the streams of a process share."""

from dataclasses import dataclass, field

from legato.core.attention import Attention


@dataclass(frozen=True, slots=True)
class Shared:
    """One instance for all streams.

    Args:
        paces: the pace of each route, learned and used by all: real length over the length estimated from the letters.
        marking: routes that are known to mark the end of a segment before the end of a run.
        attention: how much audio may be listened to.
    """

    paces: dict[str, float] = field(default_factory=dict)
    marking: set[str] = field(default_factory=set)
    attention: Attention = field(default_factory=Attention)
