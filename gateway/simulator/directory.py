"""The voices that a simulated vendor lists."""

from collections.abc import Collection, Sequence

from legato.domain.audio import OFFERED, AudioFormat
from legato.domain.speech import Route, Voice
from legato.ports import VoiceInfo

_USUAL = ("simulated",)


class SimulatedDirectory:
    """Implements `ports.VoiceDirectory`.

    Args:
        names: of the voices; empty for a single voice without a name.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names) or _USUAL
        route = (Route("simulator", "tones"),)
        self._voices = [VoiceInfo(Voice(name, ("en",), route), ready=True) for name in self._names]

    def voices(self) -> Sequence[VoiceInfo]:
        """All of them, ready."""
        return self._voices

    def names(self) -> Collection[str]:
        """Their names."""
        return self._names

    def formats(self) -> Sequence[AudioFormat]:
        """All formats."""
        return OFFERED

    def default_voice(self) -> str:
        """The first voice."""
        return self._names[0]
