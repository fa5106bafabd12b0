"""Messages between gateway workers and the engine process; `wire` encodes them."""

from dataclasses import dataclass

from legato.domain.delivery import PLAIN, Delivery, Emphasis
from legato.domain.errors import Reason
from legato.domain.text import Pronunciation

VERSION = 3


@dataclass(frozen=True, slots=True)
class Begin:
    """A run begins.

    Args:
        run: number, unique on the connection among those that are open.
        engine: "piper" or "espeak".
        voice: the engine's own name; empty for its choice.
        language: BCP 47 tag; empty for the voice's own.
        tenant: for fair sharing.
        speed: 1.0 as the voice speaks by itself.
        pitch: semitones.
        volume: decibels.
        priority: higher goes first.
        suspect: its text was in an engine that died, so it is tried alone.
    """

    run: int
    engine: str
    voice: str = ""
    language: str = ""
    tenant: str = "default"
    speed: float = 1.0
    pitch: float = 0.0
    volume: float = 0.0
    priority: int = 0
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """One more segment of a run.

    Args:
        run: which.
        segment: its number.
        text: what to speak.
        delivery: what the text asks for on top of the run's settings.
        pronunciations: parts of the text with a pronunciation.
        emphases: emphasised parts of the text.
    """

    run: int
    segment: int
    text: str
    delivery: Delivery = PLAIN
    pronunciations: tuple[Pronunciation, ...] = ()
    emphases: tuple[Emphasis, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """No more segments."""

    run: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Drop the run, spoken or not."""

    run: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause the audio of this run."""

    run: int


@dataclass(frozen=True, slots=True)
class Resume:
    """Resume the audio of this run."""

    run: int


@dataclass(frozen=True, slots=True)
class OfferedVoice:
    """A voice that the engine process has loaded and warmed."""

    engine: str
    name: str
    languages: tuple[str, ...]
    sample_rate_hz: int


@dataclass(frozen=True, slots=True)
class Hello:
    """The engine's first message."""

    voices: tuple[OfferedVoice, ...]
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Audio:
    """Audio of a run."""

    run: int
    data: bytes


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word: characters in the segment's text, samples from the start of the run."""

    start: int
    end: int
    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class Words:
    """When words of a segment are heard."""

    run: int
    segment: int
    words: tuple[TimedWord, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """All audio of a segment has been sent."""

    run: int
    segment: int


@dataclass(frozen=True, slots=True)
class Queued:
    """The run waits while others are served; sent every second."""

    run: int


@dataclass(frozen=True, slots=True)
class Tried:
    """A suspected run's turn has come; sent before its first step."""

    run: int


@dataclass(frozen=True, slots=True)
class Finished:
    """All audio of the run has been sent; the engine forgets the run."""

    run: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The run has failed.

    Args:
        run: which run.
        reason: what went wrong.
        message: for people.
        retry_after_s: seconds until a retry makes sense, if known.
    """

    run: int
    reason: Reason
    message: str
    retry_after_s: float | None = None


Request = Begin | Say | End | Cancel | Pause | Resume
Answer = Hello | Audio | Words | Marker | Queued | Tried | Finished | Failed
Message = Request | Answer
