"""What a client is told of a bug that its session has met."""

from legato.domain.errors import Reason, SpeechError


def broken() -> SpeechError:
    """Return the error that tells a client that a bug has ended its stream."""
    return SpeechError(
        Reason.INTERNAL, "a fault in the gateway ended this stream; other streams are not affected"
    )
