"""What the streams of a process share."""

from dataclasses import dataclass, field

from legato.core.attention import Attention


@dataclass(frozen=True, slots=True)
class Shared:
    """One instance for all streams.

    Args:
        paces: the pace of each route, learned and used by all: real length over the length estimated from the letters.
        attention: how much audio may be listened to.
    """

    paces: dict[str, float] = field(default_factory=dict)
    attention: Attention = field(default_factory=Attention)
