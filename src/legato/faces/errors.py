"""Errors that faces make in the same way, whatever the dialect."""

from collections.abc import Iterable

from legato.domain.errors import Reason, SpeechError, listed

REFUSED_AT_BEGIN = frozenset({Reason.TOO_MANY_UTTERANCES, Reason.SHUTTING_DOWN, Reason.UNKNOWN_VOICE})
"""Reasons for which the session refuses an utterance as it begins: no other reply about it will come."""


def bad_frame(message: str, utterance_id: str = "", *, field: str = "") -> SpeechError:
    """The error for a message or a request that cannot be read, as a whole or in this field."""
    return SpeechError(Reason.BAD_FRAME, message, utterance_id=utterance_id, field=field)


def unknown_voice(name: str, known: Iterable[str], kind: str = "voice") -> SpeechError:
    """The error for a voice that is not in the catalogue; it lists those that are.

    Args:
        name: as the client gave it.
        known: names in the catalogue.
        kind: what the dialect calls a voice.
    """
    told = f"there is no {kind} {name[:80]!r}; the {kind}s are {listed(known)}"
    return SpeechError(Reason.UNKNOWN_VOICE, told)
