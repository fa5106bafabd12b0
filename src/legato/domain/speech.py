"""Who asks, in which voice, and within which limits: the values behind admission and every stream."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from legato.domain.delivery import PLAIN, Delivery, Takes
from legato.domain.languages import primary_subtag
from legato.domain.text import Segment, TextLevel
from legato.domain.values import value


class Failover(enum.StrEnum):
    """What may be done for a voice when its route fails."""

    NONE = "none"
    BEFORE_AUDIO = "before_audio"
    SPLICE = "splice"


class Position(enum.StrEnum):
    """Where a new utterance is placed in its track."""

    APPEND = "append"
    """After everything that is waiting."""
    NEXT = "next"
    """Directly after the utterance that is sounding now."""
    REPLACE = "replace"
    """In place of everything that is open on the track, which is cancelled."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to get a voice: a provider instance and that vendor's name for the voice.

    Args:
        provider: name of the configured provider instance.
        voice: the vendor's own name for the voice.
        options: vendor settings of this route, as configured.
        text_level: how far the text is rewritten into words before it is sent there.
        batch_chars: where the vendor counts requests, waiting text is joined up to this many characters; 0 where it does not.
        takes: which parts of a text's delivery it supports.
    """

    provider: str
    voice: str
    options: Mapping[str, object] = field(default_factory=dict)
    text_level: TextLevel = TextLevel.SPOKEN
    batch_chars: int = 0
    takes: Takes = Takes()

    @property
    def name(self) -> str:
        """Its name in facts, metrics and commands: "provider/voice"."""
        return f"{self.provider}/{self.voice}"


@dataclass(frozen=True, slots=True)
class Voice:
    """A name that clients use, and the ordered routes behind it.

    Args:
        name: what clients send.
        languages: BCP 47 tags it speaks, the default first; never empty.
        routes: tried in order; never empty.
        failover: what may happen when a route fails.
        hedge_share: characters that may be sent twice, as a share of all, so that another route can overtake a slow one; 0 for none.
        fallback: another voice of the catalogue, used when every route is down; empty for none.
        description: one line for people.
    """

    name: str
    languages: tuple[str, ...]
    routes: tuple[Route, ...]
    failover: Failover = Failover.SPLICE
    hedge_share: float = 0.0
    fallback: str = ""
    description: str = ""

    def speaks(self, language: str) -> bool:
        """Return whether it speaks a language, in whatever region: `language` is a BCP 47 tag."""
        wanted = primary_subtag(language)
        return any(primary_subtag(tag) == wanted for tag in self.languages)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. Made at accept; an argument of every admission, lease, queue slot and fact.

    Args:
        name: stable name, safe for logs.
        tenant: whom it belongs to; fairness is between tenants.
        priority: higher goes first; 0 by default.
        max_streams: streams allowed open at once; 0 for no bound.
        via: names of the gateways that its text has come through, the first one first; see `hops`.
    """

    name: str = "default"
    tenant: str = "default"
    priority: int = 0
    max_streams: int = 0
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UtteranceOptions:
    """Options of one utterance, frozen at its `Begin`. `None` takes the stream's value, then the voice's.

    Args:
        speed: speaking rate; 1.0 is the voice's own; 0.25 to 4.
        pitch: semitones up or down; 0 is the voice's own; -12 to 12.
        volume: gain in decibels; -40 to 12.
        code: how fenced code is read: "skip" or "announce".
        emoji: "drop" or "name".
        maths: "natural", "explicit" or "brief".
        ssml: the text is SSML.
        raw_text: send the client's characters to the voice untouched.
        words: send word times.
    """

    speed: float | None = None
    pitch: float | None = None
    volume: float | None = None
    code: str | None = None
    emoji: str | None = None
    maths: str | None = None
    ssml: bool | None = None
    raw_text: bool | None = None
    words: bool | None = None

    def over(self, default: "UtteranceOptions") -> "UtteranceOptions":
        """These options where they are set, those of `default` elsewhere."""
        if self is NOTHING_ASKED or self == NOTHING_ASKED:
            return default
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(default, **{name: value for name, value in named.items() if value is not None})

    def delivered(self, delivery: Delivery) -> "UtteranceOptions":
        """These options combined with the delivery that a text asks for."""
        if delivery is PLAIN or delivery == PLAIN:
            return self
        outside = Delivery(self.speed or 1.0, self.pitch or 0.0, self.volume or 0.0)
        whole = delivery.within(outside)
        return replace(
            self,
            speed=self.speed if delivery.rate == 1.0 else whole.rate,
            pitch=self.pitch if delivery.pitch == 0.0 else whole.pitch,
            volume=self.volume if delivery.volume == 0.0 else whole.volume,
        )


NOTHING_ASKED = UtteranceOptions()
"""No option set: the common case."""


@value
class LineRequest:
    """What a line is wanted for.

    Args:
        route: which provider and which of its voices.
        language: BCP 47 tag.
        options: speaking options of the utterance.
        principal: who asks; queues are fair between tenants.
        stream_id: for correlation.
        utterance_id: for correlation.
        deadline: monotonic seconds after which the lease is of no use.
        returning: the stream left this route after a failure: grant it only once the route has been admitting for long enough.
        rivals: routes that may overtake this one when it is slow.
        hedge_share: characters that may be sent twice for that, as a share of all.
        last_resort: every route has failed: grant it even though the breaker is shut.
        pronunciations: words that the text may contain, as they are sent, with their IPA; for vendors that need them in advance.
        heard_from: monotonic seconds at which the listener is due to hear it; earlier audio lasts until then.
        elsewhere: the utterance has another route to go to: a pause that the vendor has asked for is not worth waiting for.
        opening: the first segments that will be said on the line, as far as they are known.
    """

    route: Route
    language: str
    options: UtteranceOptions
    principal: Principal
    stream_id: str
    utterance_id: str
    deadline: float
    returning: bool = False
    rivals: tuple[Route, ...] = ()
    hedge_share: float = 0.0
    last_resort: bool = False
    pronunciations: tuple[tuple[str, str], ...] = ()
    heard_from: float = 0.0
    elsewhere: bool = False
    opening: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """The limits of a stream, reported to the client in `Opened`.

    Args:
        max_open_utterances: utterances open at once in the stream.
        max_pending_chars: accepted characters of the whole stream that are not yet spoken.
        max_utterance_chars: accepted characters of one utterance.
        max_lead_ms: how far audio may be written ahead of the listener; 0 for real time, -1 for no bound.
        head_idle_ms: the head of a track is ended after this long with nothing left to speak while others wait.
        pause_max_ms: a pause longer than this is a cancel.
        idle_stream_s: a stream is closed after this long without an utterance; 0 for never.
        idle_utterance_s: an open utterance is ended after this long without text.
        no_route_before_audio_ms: how long routes are tried before the first audio.
        no_route_after_audio_ms: how long they are tried after it.
        max_held_audio_ms: audio held for an utterance whose line cannot be paused.
    """

    max_open_utterances: int = 8
    max_pending_chars: int = 20_000
    max_utterance_chars: int = 50_000
    max_lead_ms: int = 3_000
    head_idle_ms: int = 5_000
    pause_max_ms: int = 10_000
    idle_stream_s: float = 600.0
    idle_utterance_s: float = 120.0
    no_route_before_audio_ms: int = 3_000
    no_route_after_audio_ms: int = 1_500
    max_held_audio_ms: int = 120_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The voices that exist.

    Args:
        voices: by name.
        default_voice: used when the client names none; a key of `voices`.
    """

    voices: Mapping[str, Voice]
    default_voice: str
