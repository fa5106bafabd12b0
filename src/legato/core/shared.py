"""What the streams of a process have in common."""

from dataclasses import dataclass, field

from legato.core.attention import Attention


@dataclass(frozen=True, slots=True)
class Shared:
    """One for all streams.

    Args:
        paces: how each route speaks, learned and used by all: real length over the length that letters suggest.
        attention: how much may be listened to.
    """

    paces: dict[str, float] = field(default_factory=dict)
    attention: Attention = field(default_factory=Attention)
