"""What is told of a bug that a session has met: to its client, and to the observer."""

from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import BugFound


def broken() -> SpeechError:
    """Return the error that tells a client that a bug has ended its stream."""
    return SpeechError(
        Reason.INTERNAL, "a fault in the gateway ended this stream; other streams are not affected"
    )


def found(bug: Exception) -> BugFound:
    """Return the fact of a bug: where it was met, without its message, which could hold user text."""
    trace, place = bug.__traceback__, "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return BugFound(f"session {place}", type(bug).__name__)
