"""The encodings that an extra of the gateway makes, and what a client is told that asks for one that is not installed."""

from collections.abc import Collection

from legato.domain.audio import EXTRAS, AudioFormat, Encoders, Encoding

Installed = Collection[Encoding] | None
"""The encodings of the installed extras; `None` where no extra would be used, as in the simulator."""


def lacking(asked: AudioFormat | None, installed: Installed) -> str:
    """Return what follows "is not supported" if only an extra is missing for this format, or does not work; nothing for any other."""
    if installed is None or asked is None or asked.encoding not in EXTRAS:
        return ""
    if isinstance(installed, Encoders) and (cause := installed.broken.get(asked.encoding)):
        return f", since the gateway's extra legato[{EXTRAS[asked.encoding]}] does not work ({cause})"
    return f" without an extra of the gateway (pip install 'legato[{EXTRAS[asked.encoding]}]')"
