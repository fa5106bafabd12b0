"""The sections of the configuration that are about speech: voices, who makes them, and whose keys may use them."""

import enum
from dataclasses import replace
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from gateway.app.config_sections import Credential, Section, no_truth_value, split_list
from gateway.app.vendors import REST_TWINS, VENDORS
from gateway.engines.lines import TAKES
from legato.domain.delivery import Takes
from legato.domain.errors import SpeechError
from legato.domain.speech import Failover, Principal, Route, Voice
from legato.domain.stages import ANY_STAGE
from legato.domain.text import TextLevel


class EngineName(enum.StrEnum):
    """A local voice's engine."""

    PIPER = "piper"
    ESPEAK = "espeak"


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Options = dict[str, str | int | float | bool]


class PoolSettings(Section):
    """Warm lines to a vendor."""

    floor: int = Field(default=1, ge=0)
    """Lines kept open while nobody speaks."""
    ceiling: int = Field(default=10, ge=1)
    """Lines open at once, as the vendor's plan allows."""
    spare: int = Field(default=1, ge=0)
    """Lines kept free beside those in use: whoever interrupts has one at once, while the one before is cleaned up."""

    @model_validator(mode="after")
    def _ordered(self) -> "PoolSettings":
        if self.floor > self.ceiling:
            raise ValueError(f"floor {self.floor} is above ceiling {self.ceiling}")
        return self


class ProviderSettings(Section):
    """One vendor instance, or one local engine: it has an `engine` or a `dialect`, never both."""

    engine: EngineName | None = None
    """Local engine: `piper` (neural) or `espeak` (over 100 languages). Needs the extra `[voices]`."""
    dialect: str | None = None
    """Vendor language that is spoken to it. A provider with a dialect is a paid route."""
    credential: Credential | None = None
    """The vendor's key, as `env:NAME` or `file:PATH`."""
    url: str | None = None
    """Where the vendor is, when not at its usual place."""
    limits: dict[str, Annotated[int | float, BeforeValidator(no_truth_value)]] = Field(default_factory=dict)
    """The vendor's limits, where they differ from the usual ones of its dialect."""
    switches: Options = Field(default_factory=dict)
    """What is not certain about the vendor's language, where it differs from what is thought usual."""
    pool: PoolSettings = PoolSettings()
    """Warm lines to the vendor."""
    rest_fallback: bool = False
    """The vendor's REST service stands behind its WebSocket one, as a route of its own for every voice: `deepgram`, `elevenlabs` and
    `cartesia` have one. It is shown as this provider's name with `-rest`, and has the same key, host and bounds of lines."""
    text_level: TextLevel | None = None
    """How much of the reading is done here: `raw`, `cleaned` (the vendor reads digits and symbols itself) or `spoken`. Unset: what is
    best for the dialect; a local engine is told everything as it is spoken."""
    audio_tags: bool | None = None
    """Stage directions such as `[laughs]` and `[whispers]` go to the vendor, whose voices act them; else they are left out. Unset: they go
    where the route's model is known to act them."""

    @model_validator(mode="after")
    def _one_kind(self) -> "ProviderSettings":
        if (self.engine is None) == (self.dialect is None):
            raise ValueError("expected either engine (a local voice) or dialect (a vendor)")
        if self.audio_tags and self.engine is not None:
            raise ValueError("a local voice acts no audio_tags: only a vendor's may")
        if self.rest_fallback and self.dialect not in REST_TWINS:
            raise ValueError(f"only these dialects have a rest_fallback: {', '.join(REST_TWINS)}")
        return self


class RouteSettings(Section):
    """One way to get a voice."""

    provider: str
    """Name of an entry in `providers`."""
    voice: str = ""
    """The vendor's own name for the voice; a local engine needs none."""
    options: Options = Field(default_factory=dict)
    """Settings of the vendor for this route."""


class VoiceSettings(Section):
    """A name that clients use, and the routes behind it."""

    language: str = Field(default="en", min_length=2)
    """BCP 47 tag of the language it speaks when a client names none."""
    languages: tuple[str, ...] = ()
    """Further languages it speaks."""
    routes: tuple[RouteSettings, ...] = Field(min_length=1)
    """Ways to get it, tried in this order."""
    failover: Failover = Failover.SPLICE
    """What may happen when a route fails: `none`, `before_audio`, or `splice` (also in mid-sentence)."""
    hedge_share: float = Field(default=0.0, ge=0, le=0.5)
    """Characters that may be sent to a second route as well, as a share of all, when the first one is slower than it usually is: whoever
    sounds first speaks. 0 for none. A vendor is paid for both."""
    fallback: str = ""
    """Another voice, used when every route is down; empty for none."""
    description: str = ""
    """A line for people."""


class KeySettings(Section):
    """A principal, known by its bearer keys. The name of the entry is the principal's name."""

    sha256: Annotated[tuple[Digest, ...], BeforeValidator(split_list)] = Field(min_length=1)
    """SHA-256 of the key in lower-case hex (`printf %s "$KEY" | sha256sum`), or a list of them while keys are rotated."""
    tenant: str = ""
    """Whom it belongs to: what is shared is shared fairly between tenants. Empty for the principal's own name."""
    priority: int = 0
    """Higher goes first."""
    max_streams: int | None = Field(default=None, ge=0)
    """Open streams at once; 0 for no bound, unset for `limits.max_streams_per_principal`."""


def voice_of(name: str, settings: VoiceSettings, providers: dict[str, ProviderSettings]) -> Voice:
    """The voice as the core knows it; every route's provider must be in `providers`."""
    return Voice(
        name=name,
        languages=tuple(dict.fromkeys((settings.language, *settings.languages))),
        routes=tuple(
            Route(
                route.provider,
                route.voice,
                route.options,
                _text_level(providers[route.provider]),
                _batch_chars(providers[route.provider]),
                _takes(providers[route.provider], route),
            )
            for route in settings.routes
        ),
        failover=settings.failover,
        hedge_share=settings.hedge_share,
        fallback=settings.fallback,
        description=settings.description,
    )


def _text_level(provider: ProviderSettings) -> TextLevel:
    if provider.text_level is not None:
        return provider.text_level
    build = VENDORS.get(provider.dialect or "")
    return TextLevel.SPOKEN if build is None else build(None, {}, {}).traits.text_level


def _batch_chars(provider: ProviderSettings) -> int:
    build = VENDORS.get(provider.dialect or "")
    if build is None:
        return 0
    return int(provider.limits.get("batch_chars", build(None, {}, {}).traits.limits.batch_chars))


def _takes(provider: ProviderSettings, route: RouteSettings) -> Takes:
    if provider.engine is not None:
        return TAKES[provider.engine]
    build = VENDORS.get(provider.dialect or "")
    try:
        dialect = None if build is None else build(None, {}, provider.switches)
    except SpeechError:  # told where the configuration is checked
        dialect = None
    if dialect is None:
        return Takes()
    takes = dialect.takes(Route(route.provider, route.voice, route.options))
    if provider.audio_tags is None:
        return takes
    return replace(takes, stages=ANY_STAGE if provider.audio_tags else frozenset())


def principal_of(name: str, settings: KeySettings, usual_max_streams: int) -> Principal:
    """The principal that a key makes."""
    bound = usual_max_streams if settings.max_streams is None else settings.max_streams
    return Principal(name, settings.tenant or name, settings.priority, bound)
