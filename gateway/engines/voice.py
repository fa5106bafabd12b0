"""The interface of a local voice: text in, pieces of audio and word times out, pushed to a taker as they are made.

    for _ in voice.speak(text, manner, take): ...

- Each step of the iterator is a bounded piece of work. Between two steps the speech may be paused or dropped. The iterator
  ends after the last.
- `take` returns whether it wants more; after a False it gets nothing more and the iterator ends.
- Sample numbers count from the first sample of this text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from legato.domain.delivery import (
    LEAST_DECIBELS,
    LEAST_RATE,
    MOST_DECIBELS,
    MOST_RATE,
    MOST_SEMITONES,
    PLAIN,
    Delivery,
    Emphasis,
)
from legato.domain.text import Pronunciation


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is spoken.

    Args:
        voice: the engine's own name for the voice; empty for its choice by language.
        language: BCP 47 tag; empty for the voice's own.
        speed: 1.0 as the voice speaks by itself.
        pitch: semitones up or down; ignored by voices that cannot.
        volume: gain in decibels.
        words_language: language of the words if it is not the voice's; ignored by voices with one language.
        pronunciations: parts of the text with a pronunciation; a voice without all of its sounds speaks the written words.
        emphases: emphasised parts of the text; ignored by voices that cannot.
    """

    voice: str = ""
    language: str = ""
    speed: float = 1.0
    pitch: float = 0.0
    volume: float = 0.0
    words_language: str = ""
    pronunciations: tuple[Pronunciation, ...] = ()
    emphases: tuple[Emphasis, ...] = ()

    def of(self, delivery: Delivery) -> "Manner":
        """This manner, adjusted by the delivery that a text asks for."""
        if delivery == PLAIN:
            return self
        return replace(
            self,
            speed=min(max(self.speed * delivery.rate, LEAST_RATE), MOST_RATE),
            pitch=min(max(self.pitch + delivery.pitch, -MOST_SEMITONES), MOST_SEMITONES),
            volume=min(max(self.volume + delivery.volume, LEAST_DECIBELS), MOST_DECIBELS),
            words_language=delivery.language,
        )


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples, s16le mono at the voice's rate; never empty, never half a sample."""

    data: bytes


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """When a word is heard.

    Args:
        start: first character in the text.
        end: one past the last.
        start_sample: onset.
        end_sample: one past the last sample.
    """

    start: int
    end: int
    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """Words in the order in which they are heard; never empty."""

    words: tuple[SpokenWord, ...]


Piece = Sound | SpokenWords
Take = Callable[[Piece], bool]


class UnknownVoiceError(Exception):
    """The engine has no such voice or language; the message names what was asked for."""


class EngineVoice(Protocol):
    """A voice, or a family of voices, that this machine can speak with."""

    @property
    def name(self) -> str:
        """Its name in routes."""

    @property
    def sample_rate_hz(self) -> int:
        """Sample rate of its audio."""

    @property
    def languages(self) -> tuple[str, ...]:
        """BCP 47 tags of the languages it speaks, the default first."""

    @property
    def first_step_s(self) -> float:
        """Estimated seconds of one core for the first step of a sentence; the queue in front of the voices is bounded by it."""

    def speak(self, text: str, manner: Manner, take: Take) -> Iterator[None]:
        """Speak one text; see the module's rules. Several texts may be spoken at once, in several threads.

        Raises:
            UnknownVoiceError: at the first step.
        """
