"""The gateway as a whole: where facts go, which voices it has, how it reads a text, its health, and what operators may do."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from legato.domain.audio import AudioFormat
from legato.domain.facts import Fact
from legato.domain.speech import NOTHING_ASKED, UtteranceOptions, Voice
from legato.domain.text import PreviewedSegment


class Observer(Protocol):
    """The one place where telemetry hooks in."""

    def note(self, fact: Fact) -> None:
        """Take a fact. Never raises, never waits."""


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice as it is listed to clients."""

    voice: Voice
    ready: bool


class VoiceDirectory(Protocol):
    """The voices and formats on offer."""

    def voices(self) -> Sequence[VoiceInfo]:
        """All voices in the catalogue; the same object again if none has changed, so that what was made of it can be kept."""

    def names(self) -> Collection[str]:
        """The names of all voices, for those who need no more: this costs nothing, however many there are."""

    def formats(self) -> Sequence[AudioFormat]:
        """All formats that are offered."""

    def default_voice(self) -> str:
        """The voice for a client that names none."""


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What is to be read, and how.

    Args:
        text: the whole text of an utterance.
        voice: a name in the catalogue; empty for its default.
        language: BCP 47 tag; empty for the voice's own.
        options: as at a `Begin`.
        tenant: whose lexicons apply.
    """

    text: str
    voice: str = ""
    language: str = ""
    options: UtteranceOptions = NOTHING_ASKED
    tenant: str = ""


class TextPreview(Protocol):
    """How a text would be said; nothing is spoken."""

    def preview(self, request: PreviewRequest) -> Iterator[Sequence[PreviewedSegment]]:
        """Read a text, one bounded piece per step.

        Yields:
            the segments that a piece completed, often none.

        Raises:
            SpeechError: `unknown_voice`, before the first step: there is no such voice, or no voice speaks the language.
        """

    def transcript(self, segments: Sequence[PreviewedSegment]) -> str:
        """What consecutive segments say, as one text."""


class Health(Protocol):
    """What health probes are told."""

    def live(self) -> bool:
        """Whether the process is well; if not, it should be restarted."""

    def ready(self) -> bool:
        """Whether new streams are welcome: the voices are warm and nothing is shutting down."""

    def hindrance(self) -> str:
        """What keeps new streams away, for people; empty if they are welcome. Anybody may read it."""

    def report(self) -> Mapping[str, object]:
        """For people: versions, voices, dependencies, CPU, memory, disk. JSON values only."""


class Operations(Protocol):
    """What operators see of the vendors, and what they may do to a route."""

    async def vendors(self) -> bytes:
        """Every provider with its places and routes, as an array of JSON."""

    def control(self, route: str, action: str) -> bool:
        """Act on a route. Returns whether there is such a route and it has been asked for before.

        Args:
            route: "provider/voice".
            action: "drain" (nothing new goes there), "pin" (its breaker is ignored), "eject" (as "drain", and runs under way are cut),
                or "reset".

        Raises:
            SpeechError: `bad_frame`, there is no such action.
        """
