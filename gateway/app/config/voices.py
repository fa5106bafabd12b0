"""The sections of the configuration for speech: voices, the providers behind them, and the keys of those who may use them."""

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from gateway.app.config.sections import COMMAS, Credential, LanguageTag, Section, no_truth_value
from gateway.app.vendors import REST_TWINS, VENDORS
from gateway.engines.lines import TAKES
from legato.domain.delivery import Takes
from legato.domain.errors import SpeechError
from legato.domain.speech import Failover, Principal, Route, Voice
from legato.domain.stage_directions import ANY_DIRECTION
from legato.domain.text import TextLevel
from legato.ports import VendorDialect


class EngineName(enum.StrEnum):
    """The engine of a local voice."""

    PIPER = "piper"
    ESPEAK = "espeak"


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Options = dict[str, str | int | float | bool]


def _checked_limit(value: object) -> object:
    # Here, because of a number that is whole or not pydantic tells twice what is wrong with it.
    number = no_truth_value(value)
    try:
        found = float(number) if isinstance(number, int | float | str) else math.nan
    except (OverflowError, ValueError):
        found = math.nan
    if not 0 <= found < math.inf:
        raise ValueError(f"expected a number of at least 0, got {value!r}")
    return number


Limit = Annotated[int | float, BeforeValidator(_checked_limit)]


class PoolSettings(Section):
    """Warm lines to a vendor."""

    floor: int = Field(default=1, ge=0)
    """Lines kept open while no utterance needs one."""
    ceiling: int = Field(default=10, ge=1)
    """Maximum number of open lines, as the vendor's plan allows."""
    spare: int = Field(default=1, ge=0)
    """Lines kept free beside those in use, so that a client that interrupts gets one at once while the previous one is cleaned up."""

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
    """Vendor protocol that the gateway speaks to it. A provider with a dialect is a paid route."""
    credential: Credential | None = None
    """The vendor's key, as `env:NAME` or `file:PATH`."""
    url: str | None = None
    """The vendor's address, if it is not the usual one."""
    limits: dict[str, Limit] = Field(default_factory=dict)
    """The vendor's limits, where they differ from the defaults of its dialect."""
    switches: Options = Field(default_factory=dict)
    """Behaviour of the vendor that its documentation leaves open, where it differs from the defaults."""
    pool: PoolSettings = PoolSettings()
    """Warm lines to the vendor."""
    rest_fallback: bool = False
    """Adds the vendor's REST service behind its WebSocket, as a second route for every voice; for `deepgram`, `elevenlabs` and `cartesia`. It is
    shown as this provider's name with `-rest`, and has the same key, host and limits of lines."""
    text_level: TextLevel | None = None
    """How much of the text the gateway turns into words: `raw`, `cleaned` (the vendor reads digits and symbols itself) or `spoken`. Unset: what is
    best for the dialect; a local engine always gets `spoken`."""
    audio_tags: bool | None = None
    """Whether stage directions such as `[laughs]` and `[whispers]` are sent to the vendor, for voices that act them; otherwise they are left out.
    Unset: they are sent where the route's model is known to act them."""

    @model_validator(mode="after")
    def _one_kind(self) -> "ProviderSettings":
        if (self.engine is None) == (self.dialect is None):
            raise ValueError("expected either engine (a local voice) or dialect (a vendor)")
        if self.audio_tags and self.engine is not None:
            raise ValueError("audio_tags is for vendors only: local voices cannot act stage directions")
        if self.rest_fallback and self.dialect not in REST_TWINS:
            raise ValueError(f"rest_fallback is only for these dialects: {', '.join(REST_TWINS)}")
        return self


class RouteSettings(Section):
    """One way to get a voice."""

    provider: str
    """Name of an entry in `providers`."""
    voice: str = ""
    """The vendor's own name for the voice; a local engine needs none."""
    options: Options = Field(default_factory=dict)
    """The vendor's own settings for this route."""


class VoiceSettings(Section):
    """A name that clients use, and the routes behind it."""

    language: LanguageTag = "en"
    """BCP 47 tag of the language that the voice speaks when a client names none."""
    languages: Annotated[tuple[LanguageTag, ...], COMMAS] = ()
    """Further languages that the voice speaks."""
    routes: tuple[RouteSettings, ...] = Field(min_length=1)
    """Ways to get the voice, tried in this order."""
    failover: Failover = Failover.SPLICE
    """What may happen when a route fails: `none`, `before_audio`, or `splice` (also in mid-sentence)."""
    hedge_share: float = Field(default=0.0, ge=0, le=0.5)
    """Share of all characters that may also be sent to a second route when the first one is slower than usual: the route that sounds first speaks.
    You pay both vendors. 0 for none."""
    fallback: str = ""
    """Another voice, used when every route is down; empty for none."""
    description: str = ""
    """A description for people, one line."""


class KeySettings(Section):
    """A principal, known by its bearer keys, or by its LiveKit API keys. The name of the entry is the principal's name."""

    sha256: Annotated[tuple[Digest, ...], COMMAS] = ()
    """SHA-256 of the key in lower-case hex (`printf %s "$KEY" | sha256sum`), or a list of them while keys are rotated."""
    livekit: dict[Annotated[str, Field(min_length=1)], Credential] = Field(default_factory=dict)
    """LiveKit API keys, each with its secret as `env:NAME` or `file:PATH`. LiveKit's clients send tokens that they sign with the secret; a token is
    taken wherever a key is. The secret is read when the gateway starts."""
    tenant: str = ""
    """Tenant that the key belongs to; shared resources are divided fairly between tenants. Empty for the principal's own name."""
    priority: int = 0
    """Requests with a higher number go first."""
    max_streams: int | None = Field(default=None, ge=0)
    """Maximum number of open streams; 0 for no limit, unset for `limits.max_streams_per_principal`."""

    @model_validator(mode="after")
    def _known_by_something(self) -> "KeySettings":
        if not self.sha256 and not self.livekit:
            raise ValueError(
                "expected sha256 (the digest of a key), livekit (API keys with their secrets), or both"
            )
        return self


class Routes:
    """Makes routes as the core knows them. What is the same for all routes of a provider is worked out once: there may be thousands.

    Args:
        providers: every provider of the routes.
    """

    def __init__(self, providers: Mapping[str, ProviderSettings]) -> None:
        self._providers = providers
        self._sources: dict[str, _Source] = {}

    def route(self, settings: RouteSettings) -> Route:
        """Return the route."""
        source = self._sources.get(settings.provider)
        if source is None:
            source = self._sources[settings.provider] = _source(self._providers[settings.provider])
        return Route(
            settings.provider,
            settings.voice,
            settings.options,
            source.text_level,
            source.batch_chars,
            _takes(source, settings),
        )


def voice_of(name: str, settings: VoiceSettings, routes: Routes) -> Voice:
    """Return the voice as the core knows it."""
    return Voice(
        name=name,
        languages=tuple(dict.fromkeys((settings.language, *settings.languages))),
        routes=tuple(routes.route(route) for route in settings.routes),
        failover=settings.failover,
        hedge_share=settings.hedge_share,
        fallback=settings.fallback,
        description=settings.description,
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """What all routes of a provider have in common.

    Args:
        provider: as it is configured.
        dialect: how it is spoken to; `None` for a local engine, and for what is reported where the configuration is checked.
        text_level: how much of the text the gateway turns into words.
        batch_chars: how much text one request holds at most.
    """

    provider: ProviderSettings
    dialect: VendorDialect | None
    text_level: TextLevel
    batch_chars: int


def _source(provider: ProviderSettings) -> _Source:
    build = VENDORS.get(provider.dialect or "")
    if build is None:
        return _Source(provider, None, provider.text_level or TextLevel.SPOKEN, 0)
    usual = build(None, {}, {}).traits
    try:
        dialect = build(None, {}, provider.switches)
    except SpeechError:  # reported where the configuration is checked
        dialect = None
    batch_chars = int(provider.limits.get("batch_chars", usual.limits.batch_chars))
    return _Source(provider, dialect, provider.text_level or usual.text_level, batch_chars)


def _takes(source: _Source, route: RouteSettings) -> Takes:
    provider = source.provider
    if provider.engine is not None:
        return TAKES[provider.engine]
    if source.dialect is None:
        return Takes()
    takes = source.dialect.takes(Route(route.provider, route.voice, route.options))
    if provider.audio_tags is None:
        return takes
    return replace(takes, directions=ANY_DIRECTION if provider.audio_tags else frozenset())


def principal_of(name: str, settings: KeySettings, usual_max_streams: int) -> Principal:
    """Return the principal of a key."""
    bound = usual_max_streams if settings.max_streams is None else settings.max_streams
    return Principal(name, settings.tenant or name, settings.priority, bound)
