"""The configuration: one YAML file, then environment variables over it.

    load(path, env) -> Settings     all of it, checked; with no file and no variable: the local voices only
    schema() -> dict                JSON schema, for editors and for the documentation
    show(settings) -> str           as YAML, without secrets

A variable is `LEGATO_` and the option's path with `__` between: `LEGATO_SERVER__HTTP=:8080`. Mappings are JSON, lists are JSON or
comma-separated, `null` means none.
Rules: an unknown name is refused, never skipped; all problems are reported at once, each with its place; `voices` and `providers`
of a file replace the local ones, while variables change what is there.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.app.config.clashes import clashes
from gateway.app.config.dialects import DialectsSection
from gateway.app.config.errors import ConfigError, OptionPath, Problem, describe, nearest
from gateway.app.config.file import ConfigFile, read_file
from gateway.app.config.keys import strange_keys
from gateway.app.config.lexicons import LexiconSettings
from gateway.app.config.local_voices import local_providers, local_voices
from gateway.app.config.rest_fallback import with_twin_routes, with_twins
from gateway.app.config.secrets import masked
from gateway.app.config.sections import LimitsSection, LoggingSection, ServerSection, TelemetrySection
from gateway.app.config.speaking import AudioSection, CacheSection, EnginesSection, TextSection
from gateway.app.config.voices import KeySettings, ProviderSettings, Routes, VoiceSettings, voice_of
from legato.domain.speech import Catalogue, Principal

PREFIX = "LEGATO_"
FILE = "LEGATO_CONFIG"
"""The variable that names the file, where the command line names none."""
_NEAR = 0.8
NESTED = "__"
NONE = "null"
"""The value of a variable that means none, as in the file."""


class Settings(BaseSettings):
    """Everything that can be configured."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
    )

    default_voice: str = ""
    """The voice of clients that name none; empty for the first of `voices`."""
    voices: dict[str, VoiceSettings] = local_voices()
    """Voices by the names that clients use, each with its routes."""
    providers: dict[str, ProviderSettings] = local_providers()
    """Vendors and local engines."""
    server: ServerSection = ServerSection()
    """Addresses where clients connect."""
    dialects: DialectsSection = DialectsSection()
    """How other vendors' clients are served."""
    limits: LimitsSection = LimitsSection()
    """Limits of one stream, and of all streams together."""
    keys: dict[str, KeySettings] = {}
    """Keys of clients, by principal; with none, everyone who can reach the listeners may connect."""
    text: TextSection = TextSection()
    """How text is read unless a client says otherwise."""
    lexicons: dict[str, LexiconSettings] = {}
    """Pronunciations of words, for everybody or for some voices, tenants and languages."""
    audio: AudioSection = AudioSection()
    """Sizes of the chunks in which audio is sent."""
    cache: CacheSection = CacheSection()
    """What is kept of what was said."""
    engines: EnginesSection = EnginesSection()
    """The process of the local voices."""
    logging: LoggingSection = LoggingSection()
    """What is logged to stderr."""
    telemetry: TelemetrySection = TelemetrySection()
    """What is measured."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read only what `load` hands over: for a setting from elsewhere no place could be reported."""
        return (init_settings,)

    def served(self) -> dict[str, ProviderSettings]:
        """Return all providers, including the REST twins of others (`rest_fallback`)."""
        return with_twins(self.providers)

    def catalogue(self) -> Catalogue:
        """Return the voices as the core knows them."""
        routes = Routes(self.served())
        voices = {
            name: voice_of(name, with_twin_routes(voice, self.providers), routes)
            for name, voice in self.voices.items()
        }
        return Catalogue(voices, self.default_voice or next(iter(voices)))


def load(path: Path | None, env: Mapping[str, str]) -> Settings:
    """Read the file, if there is one, and the variables that override it.

    Raises:
        ConfigError: something in them cannot be used.
    """
    file = read_file(path) if path else ConfigFile()
    if problems := [*_unknown_variables(env), *([] if path else _not_the_file(env)), *_private(file)]:
        raise ConfigError(problems)
    try:
        settings = Settings(**_over(_defaults() | file.data, _Variables(env)()))
    except ValidationError as error:
        raise ConfigError(
            [
                Problem(_place(found["loc"], file, env), found["loc"], describe(found, Settings))
                for found in _errors(error)
            ]
        ) from None  # pydantic's own text quotes values
    if unknown := [
        *_unknown_names(settings),
        *clashes(settings.server),
        *strange_keys(settings.keys),
    ]:
        raise ConfigError([Problem(_place(place, file, env), place, message) for place, message in unknown])
    return settings


def schema() -> dict[str, Any]:
    """Return the JSON schema of the file."""
    return Settings.model_json_schema()


def show(settings: Settings) -> str:
    """Return the settings as YAML that `load` could read again, except that secrets are masked."""
    return yaml.safe_dump(masked(settings.model_dump(mode="json")), sort_keys=False, allow_unicode=True)


def _defaults() -> dict[str, Any]:
    names = ("voices", "providers")
    return {name: Settings.model_fields[name].default for name in names}


class _Variables(EnvSettingsSource):
    """Reads variables as pydantic-settings does, but from the mapping that was handed over."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = {
            name.lower(): None if value == NONE and NESTED in name else value for name, value in env.items()
        }
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return dict(self._env)

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: object) -> object:
        """Return the JSON value, or the text itself: if a list or a mapping was expected, the check reports it with its place."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except (ValueError, RecursionError):
            return value


def _private(file: ConfigFile) -> Iterator[Problem]:
    """Yield names that pydantic-settings would take for arguments of its own: nothing would report that they are not options."""
    for name in file.data:
        if name.startswith("_"):
            yield Problem(file.place((name,)), (name,), "no such option")


def _unknown_variables(env: Mapping[str, str]) -> Iterator[Problem]:
    # Without `__` it may belong to another program: Kubernetes sets LEGATO_SERVICE_HOST, the client library reads LEGATO_KEY.
    for name in env:
        if meant := _meant(name):
            yield Problem(name, (), f"unknown variable; did you mean {meant}, with two underscores?")
        section = name.upper().removeprefix(PREFIX).split(NESTED)[0].lower()
        if name.upper().startswith(PREFIX) and NESTED in name and section not in Settings.model_fields:
            yield Problem(name, (), f"unknown section {section!r}{nearest(section, Settings.model_fields)}")


def _not_the_file(env: Mapping[str, str]) -> Iterator[Problem]:
    """Yield variables that someone took for the one that names the file: the gateway would start with the defaults, without any keys."""
    for name in env:
        word = name.upper().removeprefix(PREFIX).removesuffix("_FILE").removesuffix("_PATH")
        is_near = get_close_matches(word, ("CONFIG", "CONFIGURATION"), cutoff=_NEAR)
        if is_near and name.upper() != FILE and name.upper().startswith(PREFIX):
            yield Problem(name, (), f"unknown variable; did you mean {FILE}?")


def _meant(name: str) -> str:
    """Return the right name of an option's variable that was written with one underscore; empty for any other name."""
    section, _, option = name.upper().removeprefix(PREFIX).lower().partition("_")
    field = Settings.model_fields.get(section)
    options = getattr(field.annotation, "model_fields", {}) if field is not None else {}
    is_ours = name.upper().startswith(PREFIX) and option in options
    return f"{PREFIX}{section}{NESTED}{option}".upper() if is_ours else ""


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        if isinstance(under, BaseModel):
            under = under.model_dump(exclude_unset=True)
        merged[name] = (
            _over(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
        )
    return merged


def _errors(error: ValidationError) -> list[dict[str, Any]]:
    found = error.errors(include_url=False)
    # A list whose only item is wrong is also reported as empty.
    return [dict(one) for one in found if not any(_is_inside(other["loc"], one["loc"]) for other in found)]


def _is_inside(path: OptionPath, outer: OptionPath) -> bool:
    return len(path) > len(outer) and path[: len(outer)] == outer


def _place(path: OptionPath, file: ConfigFile, env: Mapping[str, str]) -> str:
    parts = [str(part).upper() for part in path]
    names = {name.upper(): name for name in env}
    for length in range(len(parts), 0, -1):
        if variable := names.get(PREFIX + NESTED.join(parts[:length])):
            return variable
    within = PREFIX + NESTED.join((*parts, ""))
    for name, variable in names.items():
        if parts and name.startswith(within):  # it names an option inside one that has none
            return variable
    return file.place(path)


def _unknown_names(settings: Settings) -> Iterator[tuple[OptionPath, str]]:
    if not settings.voices:
        yield ("voices",), "at least one voice is required"
    elif _lacks_voices(settings):
        known = ", ".join(settings.providers) or "a provider"
        yield ("voices",), f"`providers` replaces the local ones: give `voices` too, with routes to {known}"
        return
    elif settings.default_voice and settings.default_voice not in settings.voices:
        yield ("default_voice",), _no("voice", settings.default_voice, settings.voices)
    for name, voice in settings.voices.items():
        if voice.fallback and voice.fallback not in settings.voices:
            yield ("voices", name, "fallback"), _no("voice", voice.fallback, settings.voices)
        for index, route in enumerate(voice.routes):
            if route.provider not in settings.providers:
                place = ("voices", name, "routes", index, "provider")
                yield place, _no("provider", route.provider, settings.providers)
    yield from _unknown_in_lexicons(settings)


def _lacks_voices(settings: Settings) -> bool:
    """Whether there are providers of one's own, and only the local voices, which have no routes to any of them."""
    routes = [route.provider for voice in settings.voices.values() for route in voice.routes]
    return settings.voices == _defaults()["voices"] and not settings.providers.keys() & set(routes)


def _unknown_in_lexicons(settings: Settings) -> Iterator[tuple[OptionPath, str]]:
    tenants = {key.tenant or name for name, key in settings.keys.items()} or {Principal().tenant}
    for name, lexicon in settings.lexicons.items():
        for what, wanted, known in (
            ("voice", lexicon.voices, settings.voices),
            ("tenant", lexicon.tenants, dict.fromkeys(tenants)),
        ):
            for index, one in enumerate(wanted):
                if one not in known:
                    yield ("lexicons", name, f"{what}s", index), _no(what, one, known)


def _no(what: str, name: str, known: Mapping[str, object]) -> str:
    return f"there is no {what} named {name!r}{nearest(name, known)}"
