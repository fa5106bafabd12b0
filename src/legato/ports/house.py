"""The house as a whole: where its facts go, which voices it has, how it reads a text, how it is, and what operators do to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from legato.domain.audio import AudioFormat
from legato.domain.facts import Fact
from legato.domain.speech import UtteranceOptions, Voice
from legato.domain.text import PreviewedSegment


class Observer(Protocol):
    """The one place where telemetry hooks in."""

    def note(self, fact: Fact) -> None:
        """Take a fact. Never raises, never waits."""


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice as clients are told of it."""

    voice: Voice
    ready: bool


class VoiceDirectory(Protocol):
    """What can be spoken now."""

    def voices(self) -> Sequence[VoiceInfo]:
        """All voices of the catalogue."""

    def formats(self) -> Sequence[AudioFormat]:
        """All formats that are offered."""

    def default_voice(self) -> str:
        """The voice of a client that names none."""


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What is to be read, and how.

    Args:
        text: the whole text of an utterance.
        voice: a name of the catalogue; empty for its default.
        language: BCP 47 tag; empty for the voice's own.
        options: as at a `Begin`.
        tenant: whose words are known.
    """

    text: str
    voice: str = ""
    language: str = ""
    options: UtteranceOptions = UtteranceOptions()
    tenant: str = ""


class TextPreview(Protocol):
    """What would be said of a text; nothing is spoken."""

    def preview(self, request: PreviewRequest) -> Iterator[Sequence[PreviewedSegment]]:
        """Read a text, a bounded piece of it to a step.

        Yields:
            the segments that a piece made known, often none.

        Raises:
            SpeechError: `unknown_voice`, before the first step: there is no such voice, or nobody speaks the language.
        """

    def transcript(self, segments: Sequence[PreviewedSegment]) -> str:
        """What consecutive segments say, as one text."""


class Health(Protocol):
    """What probes are told."""

    def live(self) -> bool:
        """The process should not be restarted."""

    def ready(self) -> bool:
        """New streams are welcome: the voices are warm and nothing is shutting down."""

    def report(self) -> Mapping[str, object]:
        """For people: versions, voices, dependencies, CPU, memory, disk. JSON values only."""


class Operations(Protocol):
    """What operators see of the vendors, and what they may do to a route."""

    def vendors(self) -> Sequence[Mapping[str, object]]:
        """Every provider with its places and routes. JSON values only."""

    def control(self, route: str, action: str) -> bool:
        """Act on a route, and tell whether there is such a one and it has been asked for.

        Args:
            route: "provider/voice".
            action: "drain" (nothing new goes there), "pin" (its breaker is not asked), "eject" (what is under way is cut as well),
                or "reset".

        Raises:
            SpeechError: `bad_frame`, there is no such action.
        """
