"""The REST twin of a provider that is reached by WebSocket: a provider of its own, and a route after each route of the first.

A vendor's WebSocket and REST services fail independently. With `rest_fallback` one entry configures both: the twin is named after the
provider (`eleven` has `eleven-rest`), with its key and its host, but pools, limits and a breaker of its own.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from gateway.app.config.voices import ProviderSettings, RouteSettings, VoiceSettings
from gateway.app.vendors import REST_TWINS

SUFFIX = "-rest"
_ANY_WIRE = (
    "concurrency",
    "dial_s",
    "first_audio_s",
    "first_audio_factor",
    "first_audio_least_s",
    "between_audio_s",
    "finish_s",
    "cancel_s",
)
"""Limits that mean the same for both; the others concern sockets."""
_SCHEMES = {"wss": "https", "ws": "http"}
_PATHS = {"/tts/websocket": "/tts/bytes"}


def with_twins(providers: Mapping[str, ProviderSettings]) -> dict[str, ProviderSettings]:
    """Return the providers, and the twin of each that wants one. A configured provider with the twin's name takes its place."""
    twins = {name + SUFFIX: _twin(provider) for name, provider in providers.items() if provider.rest_fallback}
    return {**twins, **providers}


def with_twin_routes(voice: VoiceSettings, providers: Mapping[str, ProviderSettings]) -> VoiceSettings:
    """Return the voice with a route through the twin after each route whose provider has one, unless it is there already."""
    named = {(route.provider, route.voice) for route in voice.routes}
    routes: list[RouteSettings] = []
    for route in voice.routes:
        routes.append(route)
        twin = (route.provider + SUFFIX, route.voice)
        provider = providers.get(route.provider)
        if provider is not None and provider.rest_fallback and twin not in named:
            routes.append(route.model_copy(update={"provider": twin[0]}))
    return voice.model_copy(update={"routes": tuple(routes)})


def _twin(provider: ProviderSettings) -> ProviderSettings:
    dialect, switches = REST_TWINS[provider.dialect or ""]
    return provider.model_copy(
        update={
            "dialect": dialect,
            "url": None if provider.url is None else _rest_url(provider.url),
            "limits": {name: value for name, value in provider.limits.items() if name in _ANY_WIRE},
            "switches": {name: value for name, value in provider.switches.items() if name in switches},
            "rest_fallback": False,
        }
    )


def _rest_url(url: str) -> str:
    parts = urlsplit(url)
    path = next(
        (
            parts.path.removesuffix(socket) + rest
            for socket, rest in _PATHS.items()
            if parts.path.endswith(socket)
        ),
        parts.path,
    )
    return urlunsplit(parts._replace(scheme=_SCHEMES.get(parts.scheme, parts.scheme), path=path))
