"""Lists what can be spoken now."""

from collections.abc import Callable, Collection, Sequence

from legato.domain.audio import AudioFormat, Encoding, offered
from legato.domain.speech import Catalogue
from legato.ports import VoiceInfo


class Directory:
    """Implements `ports.VoiceDirectory`.

    Args:
        catalogue: the voices there are.
        provider_ready: whether a provider can speak now, by its name.
        encoders: the encodings that can be made of those that need an extra.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        provider_ready: Callable[[str], bool],
        encoders: Collection[Encoding] = (),
    ) -> None:
        self._formats = offered(encoders)
        self._catalogue = catalogue
        self._provider_ready = provider_ready
        # Each provider is asked once, not once for each of thousands of routes.
        self._providers = frozenset(
            route.provider for voice in catalogue.voices.values() for route in voice.routes
        )
        self._listed: tuple[frozenset[str], Sequence[VoiceInfo]] | None = None

    def voices(self) -> Sequence[VoiceInfo]:
        """Return all voices of the catalogue, in the order of the configuration; the same object until one becomes ready or no longer is."""
        ready = frozenset(provider for provider in self._providers if self._provider_ready(provider))
        if self._listed is None or self._listed[0] != ready:
            voices = self._catalogue.voices.values()
            found = tuple(
                VoiceInfo(voice, any(route.provider in ready for route in voice.routes)) for voice in voices
            )
            self._listed = ready, found
        return self._listed[1]

    def names(self) -> Collection[str]:
        """Return the names of all voices."""
        return self._catalogue.voices.keys()

    def formats(self) -> Sequence[AudioFormat]:
        """Return all formats on offer."""
        return self._formats

    def default_voice(self) -> str:
        """Return the voice for clients that name none."""
        return self._catalogue.default_voice
