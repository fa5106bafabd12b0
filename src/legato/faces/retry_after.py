"""When a refused client may come back, as HTTP says it."""

from collections.abc import Mapping

from legato.domain.errors import SpeechError


def retry_after(error: SpeechError) -> Mapping[str, str]:
    """The header: whole seconds, at least one, since 0 would invite the client at once. No header if the time is not known."""
    seconds = error.retry_after_s
    return {} if seconds is None else {"retry-after": str(max(1, round(seconds)))}
