"""What the sessions of a process share: values, and the plugs to all that they reach."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.session.speaker import TextFront
from legato.core.shared import Shared
from legato.core.state import CoreSettings
from legato.domain.speech import Catalogue, StreamLimits, UtteranceOptions
from legato.ports import Clock, Lines, Observer

FrontEnds = Callable[[str, UtteranceOptions, str, str], TextFront]
"""Makes the text front end of one utterance for a BCP 47 tag, its options, the name of its voice and the tenant who asks."""


@dataclass(frozen=True, slots=True)
class SessionServices:
    """What every session of a process shares.

    Args:
        lines: where lines come from.
        observer: where facts go.
        clock: monotonic seconds.
        catalogue: the voices there are.
        limits: the limits of a stream.
        front_ends: makes text front ends.
        stream_ids: makes stream ids.
        core: how the core is tuned.
        shared: state shared by the cores of all sessions.
        silence_ms: silence given for a text that holds nothing to say; 0 for none.
    """

    lines: Lines
    observer: Observer
    clock: Clock
    catalogue: Catalogue
    limits: StreamLimits
    front_ends: FrontEnds
    stream_ids: Callable[[], str]
    core: CoreSettings = field(default_factory=CoreSettings)
    shared: Shared = field(default_factory=Shared)
    silence_ms: int = 0
