"""What a client is told of a bug that has ended its stream, in its session or on the way to it."""

from legato.domain.errors import Reason, SpeechError


def broken() -> SpeechError:
    """Return the error that tells a client that a bug has ended its stream."""
    return SpeechError(
        Reason.INTERNAL, "a fault in the gateway ended this stream; other streams are not affected"
    )
