"""How a stretch of text is to be delivered, and how much of that a route supports.

A text asks for it in SSML, the text front end attaches it to each reading, and the provider maps what it supports. What is not
supported is left out, and the client is told.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace

Bounds = tuple[float, float]
"""The lowest and the highest value, both included."""
LEAST_RATE, MOST_RATE = 0.25, 4.0
MOST_SEMITONES = 12.0
LEAST_DECIBELS, MOST_DECIBELS = -40.0, 12.0


class Stress(enum.StrEnum):
    """How much a run of words stands out, in SSML's terms."""

    REDUCED = "reduced"
    MODERATE = "moderate"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Emphasis:
    """A run of words in a reading that stands out.

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
        rate: factor applied to the speaking rate; 0.25 to 4.
        pitch: semitones up or down; -12 to 12.
        volume: decibels; -40 to 12.
        voice: name of another voice in the catalogue; empty for the utterance's own.
        language: BCP 47 tag of the words; empty for the utterance's own.
    """

    rate: float = 1.0
    pitch: float = 0.0
    volume: float = 0.0
    voice: str = ""
    language: str = ""

    def within(self, other: "Delivery") -> "Delivery":
        """This delivery nested inside another: rates multiply, pitch and volume add up, names override the outer ones."""
        return Delivery(
            rate=min(max(self.rate * other.rate, LEAST_RATE), MOST_RATE),
            pitch=min(max(self.pitch + other.pitch, -MOST_SEMITONES), MOST_SEMITONES),
            volume=min(max(self.volume + other.volume, LEAST_DECIBELS), MOST_DECIBELS),
            voice=self.voice or other.voice,
            language=self.language or other.language,
        )


PLAIN = Delivery()
"""Nothing beyond the utterance's options."""


@dataclass(frozen=True, slots=True)
class Takes:
    """Which parts of a delivery a route supports. The provider clamps a value to these bounds.

    Args:
        rate: bounds of the resulting speaking rate, as a factor; None for a route whose rate is fixed.
        pitch: bounds in semitones; None where it cannot be changed.
        volume: bounds in decibels; None where it cannot be changed.
        emphasis: runs of words can stand out.
        language: words can be marked as being in another language.
        pause_s: the longest silence that can be requested inside its text; 0 for none. Only matters where segments flow into each
            other: elsewhere the gateway itself puts silence between them.
        by_run: all of this is fixed when a run begins, so that a change needs another run.
        directions: stage directions (`[laughs]`) that the voice acts, in lower case; others are not sent.
    """

    rate: Bounds | None = None
    pitch: Bounds | None = None
    volume: Bounds | None = None
    emphasis: bool = False
    language: bool = False
    pause_s: float = 0.0
    by_run: bool = False
    directions: frozenset[str] = frozenset()

    def kept(self, delivery: Delivery) -> Delivery:
        """The part of a delivery that this route supports. Another voice is never part of it: that takes another route."""
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
        """Names of the SSML elements (and attributes) that a text uses and this route does not support."""
        asked = (
            ("prosody rate", delivery.rate != 1.0, self.rate is not None),
            ("prosody pitch", delivery.pitch != 0.0, self.pitch is not None),
            ("prosody volume", delivery.volume != 0.0, self.volume is not None),
            ("lang", bool(delivery.language), self.language),
            ("emphasis", emphasis, self.emphasis),
        )
        return tuple(name for name, wanted, taken in asked if wanted and not taken)

    def __str__(self) -> str:
        """For people: what the route supports, and within which bounds."""
        return ", ".join(self._told()) or "no such markup"

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
