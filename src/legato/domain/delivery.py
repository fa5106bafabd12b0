"""How a stretch of text is to be delivered, and what of that a route takes.

A text asks (SSML); the front end says so with each reading; whoever speaks it maps what it can. What it cannot is left out,
and the client is told.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace

Bounds = tuple[float, float]
"""The least and the most, both included."""
LEAST_RATE, MOST_RATE = 0.25, 4.0
MOST_SEMITONES = 12.0
LEAST_DECIBELS, MOST_DECIBELS = -40.0, 12.0


class Stress(enum.StrEnum):
    """How much a run of words stands out, by the names that SSML has for it."""

    REDUCED = "reduced"
    MODERATE = "moderate"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Emphasis:
    """A run of a reading that stands out.

    Args:
        start: first character in `Reading.text`.
        end: one past the last.
        stress: how much.
    """

    start: int
    end: int
    stress: Stress = Stress.MODERATE


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a text asks for, on top of the utterance's options.

    Args:
        rate: factor on the speaking rate; 0.25 to 4.
        pitch: semitones up or down; -12 to 12.
        volume: decibels; -40 to 12.
        voice: name of another voice of the catalogue; empty for the utterance's own.
        language: BCP 47 tag of the words; empty for the utterance's own.
    """

    rate: float = 1.0
    pitch: float = 0.0
    volume: float = 0.0
    voice: str = ""
    language: str = ""

    def within(self, other: "Delivery") -> "Delivery":
        """This delivery inside another one: rates multiply, pitch and volume add up, names replace those outside."""
        return Delivery(
            rate=min(max(self.rate * other.rate, LEAST_RATE), MOST_RATE),
            pitch=min(max(self.pitch + other.pitch, -MOST_SEMITONES), MOST_SEMITONES),
            volume=min(max(self.volume + other.volume, LEAST_DECIBELS), MOST_DECIBELS),
            voice=self.voice or other.voice,
            language=self.language or other.language,
        )


PLAIN = Delivery()
"""As the utterance's options have it."""


@dataclass(frozen=True, slots=True)
class Takes:
    """What a route takes of a delivery. Whoever speaks clamps a value to its bounds.

    Args:
        rate: of the speaking rate in the end, as a factor; None for a route that has only its own.
        pitch: in semitones; None for none.
        volume: in decibels; None for none.
        emphasis: runs of words can stand out.
        language: it can be told that the words are of another language.
        pause_s: the longest silence that it can be asked for inside its text; 0 for none. It only matters where segments flow into
            each other: elsewhere the gateway itself is silent between them.
        by_run: all that is fixed when a run begins, so that a change of it begins another run.
        stages: stage directions (`[laughs]`) that it acts, in small letters; any other is not sent there.
    """

    rate: Bounds | None = None
    pitch: Bounds | None = None
    volume: Bounds | None = None
    emphasis: bool = False
    language: bool = False
    pause_s: float = 0.0
    by_run: bool = False
    stages: frozenset[str] = frozenset()

    def kept(self, delivery: Delivery) -> Delivery:
        """What is left of a delivery on this route; the voice is not the route's to change."""
        if delivery is PLAIN or delivery == PLAIN:
            return PLAIN
        return replace(
            delivery,
            rate=1.0 if self.rate is None else delivery.rate,
            pitch=0.0 if self.pitch is None else delivery.pitch,
            volume=0.0 if self.volume is None else delivery.volume,
            voice="",
            language=delivery.language if self.language else "",
        )

    def missing(self, delivery: Delivery, *, emphasis: bool = False) -> tuple[str, ...]:
        """The names of the elements (and attributes) that a text asks for and this route cannot follow."""
        asked = (
            ("prosody rate", delivery.rate != 1.0, self.rate is not None),
            ("prosody pitch", delivery.pitch != 0.0, self.pitch is not None),
            ("prosody volume", delivery.volume != 0.0, self.volume is not None),
            ("lang", bool(delivery.language), self.language),
            ("emphasis", emphasis, self.emphasis),
        )
        return tuple(name for name, wanted, taken in asked if wanted and not taken)

    def __str__(self) -> str:
        """For people: what the route follows, and within which bounds."""
        return ", ".join(self._told()) or "nothing of the kind"

    def _told(self) -> Iterator[str]:
        if self.rate is not None:
            yield f"prosody rate {self.rate[0]:g} to {self.rate[1]:g}"
        if self.pitch is not None:
            yield f"prosody pitch {self.pitch[0]:+g} to {self.pitch[1]:+g} st"
        if self.volume is not None:
            yield f"prosody volume {self.volume[0]:+g} to {self.volume[1]:+g} dB"
        if self.emphasis:
            yield "emphasis"
        if self.language:
            yield "lang"
