"""Refuses to start a gateway that strangers could use at somebody's cost, or that cannot do what is configured."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from gateway.app.config.errors import ConfigError, OptionPath, Problem, nearest
from gateway.app.config.secrets import resolve
from gateway.app.config.sections import EVERY_IPV4_ADDRESS, is_loopback, split_address
from gateway.app.config.settings import Settings
from gateway.app.config.voices import EngineName, ProviderSettings
from gateway.app.vendor_room import dialect_of
from gateway.app.vendors import VENDORS
from gateway.rpc.listening import EVERY_ADDRESS
from gateway.telemetry.error_reports import unusable
from gateway.telemetry.otlp_variables import mistakes
from legato.domain.errors import SpeechError
from legato.domain.speech import NOTHING_ASKED
from legato.domain.vendors import Transport
from legato.ports import VendorDialect

PUBLIC_LISTENERS = ("http", "grpc", "wyoming")


def unbuilt(settings: Settings) -> list[str]:
    """Return the providers whose dialect is not built in: their routes are skipped."""
    return [
        name
        for name, provider in settings.providers.items()
        if provider.dialect is not None and provider.dialect not in VENDORS
    ]


def shut_out(settings: Settings, env: Mapping[str, str]) -> str:
    """Return why no Wyoming client can come in, though there is a listener for them; empty otherwise."""
    server = settings.server
    if server.wyoming is None or not settings.keys:
        return ""
    if server.wyoming_key is None:
        return "Wyoming clients send no key, and `keys` has entries: all are refused unless server.wyoming_key names one of these keys"
    digest = hashlib.sha256(resolve(server.wyoming_key, env).encode("utf-8", "surrogatepass")).hexdigest()
    if any(digest in key.sha256 for key in settings.keys.values()):
        return ""
    return "the key of server.wyoming_key is none of those in `keys`: all Wyoming clients are refused"


def check(settings: Settings, env: Mapping[str, str], *, insecure: bool) -> None:
    """Refuse settings that must not be started.

    Args:
        settings: as they were loaded.
        env: where `env:NAME` credentials are.
        insecure: whether the operator accepts that strangers can come in.

    Raises:
        ConfigError: what is wrong, and what to do about it.
    """
    problems = [
        *_mute_voices(settings),
        *_missing_secrets(settings, env),
        *_strange_vendors(settings),
        *_loops(settings),
        *_missing_folders(settings),
        *(Problem("", (name,), said) for name, said in mistakes(env)),
        *([] if insecure else _open_doors(settings)),
    ]
    if problems:
        raise ConfigError(problems)


def _open_doors(settings: Settings) -> Iterator[Problem]:
    paid = [name for name, provider in settings.providers.items() if provider.dialect is not None]
    if not paid:
        return
    for listener in PUBLIC_LISTENERS:
        address = getattr(settings.server, listener)
        keyless = listener == "wyoming" and settings.server.wyoming_key is not None
        if address is None or is_loopback(address) or (settings.keys and not keyless):
            continue
        why = "Wyoming clients send no key" if keyless else "`keys` has no entry"
        mend = "" if keyless else "add a key, "
        yield Problem(
            "",
            ("server", listener),
            f"{address} can be reached from other machines and {paid[0]!r} costs money, but {why}: "
            f"{mend}listen on 127.0.0.1, or pass --insecure",
        )


def _strange_vendors(settings: Settings) -> Iterator[Problem]:
    """Yield the limits and switches that a dialect does not have, and the options that a route does not have."""
    voices = settings.catalogue().voices
    for name, provider in settings.served().items():
        if provider.dialect not in VENDORS:
            continue
        try:
            dialect = dialect_of(provider)
        except SpeechError as error:
            yield Problem("", ("providers", name), error.message)
            continue
        if said := _user_in_vain(provider, dialect):
            yield Problem("", ("providers", name, "url"), said)
        for title, voice in voices.items():
            for index, route in enumerate(voice.routes):
                if route.provider == name:
                    try:
                        dialect.place(route, voice.languages[0], NOTHING_ASKED)
                    except SpeechError as error:
                        yield Problem("", ("voices", title, "routes", index), error.message)


def _user_in_vain(provider: ProviderSettings, dialect: VendorDialect) -> str:
    """Why a user name in the provider's URL cannot be sent; empty if there is none, or it can."""
    if "@" not in urlsplit(provider.url or "").netloc:
        return ""
    if dialect.traits.transport is not Transport.HTTP:
        return f"a user name in the url is sent over HTTP only, not by the dialect {provider.dialect!r}: leave it out"
    names = {name.lower() for name in dialect.credentials("key")}
    if provider.credential is not None and "authorization" in names:
        return "a user name in the url and `credential` would both be sent as Authorization: leave one of them out"
    return ""


def _loops(settings: Settings) -> Iterator[Problem]:
    """Yield vendors that are this gateway itself: it would ask itself for every text, again and again, even after nobody waits."""
    for name, provider in settings.providers.items():
        asked = _host_and_port(provider.url or "")
        for listener in PUBLIC_LISTENERS:
            address = getattr(settings.server, listener)
            if address is not None and asked is not None and _is_there(*asked, *split_address(address)):
                yield Problem(
                    "",
                    ("providers", name, "url"),
                    f"this is the address of the gateway itself, server.{listener}",
                )


def _host_and_port(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None  # reported elsewhere
    return (host, port) if host and port else None


def _is_there(host: str, port: int, listening: str, at: int) -> bool:
    if port != at:
        return False
    if host == listening:
        return True
    here = is_loopback(f"[{host}]:0" if ":" in host else f"{host}:0")
    if listening == EVERY_IPV4_ADDRESS:
        return here and ":" not in host
    return here and (listening == EVERY_ADDRESS or (host == "localhost" and is_loopback(f"[{listening}]:0")))


def _mute_voices(settings: Settings) -> Iterator[Problem]:
    mute = set(unbuilt(settings))
    for name, voice in settings.voices.items():
        if all(route.provider in mute for route in voice.routes):
            dialect = settings.providers[voice.routes[0].provider].dialect or ""
            said = f"no route can speak: the dialect {dialect!r} is not built in{nearest(dialect, VENDORS)}"
            yield Problem("", ("voices", name, "routes"), said)


def _missing_secrets(settings: Settings, env: Mapping[str, str]) -> Iterator[Problem]:
    for place, reference, complaint in _references(settings):
        if reference is not None:
            try:
                said = complaint(resolve(reference, env))
            except ValueError as error:
                said = str(error)
            if said:
                yield Problem("", place, said)
    tls = settings.server.tls
    for option, path in (("certificate", tls.certificate), ("key", tls.key)):
        if path is not None and (said := _unreadable(path)):
            yield Problem("", ("server", "tls", option), said)


def _missing_folders(settings: Settings) -> Iterator[Problem]:
    folder = settings.engines.voices
    is_used = any(provider.engine is EngineName.PIPER for provider in settings.providers.values())
    if folder is not None and is_used and not folder.is_dir():
        said = f"no such folder: {folder}; python -m gateway.engines.prepare {folder} makes it"
        yield Problem("", ("engines", "voices"), said)


def _references(settings: Settings) -> Iterator[tuple[OptionPath, str | None, Callable[[str], str]]]:
    """Yield the place of every secret, its reference, and what says whether the secret can be used."""
    for name, provider in settings.providers.items():
        yield ("providers", name, "credential"), provider.credential, _none
    yield ("server", "wyoming_key"), settings.server.wyoming_key, _none
    yield ("telemetry", "sentry_dsn"), settings.telemetry.sentry_dsn, unusable
    for name, key in settings.keys.items():
        for api_key, secret in key.livekit.items():
            yield ("keys", name, "livekit", api_key), secret, _none


def _none(_: str) -> str:
    """Accept any secret."""
    return ""


def _unreadable(path: Path) -> str:
    try:
        path.open("rb").close()
    except FileNotFoundError:
        return f"no such file: {path}"
    except OSError as error:  # keys of others, such as certbot's, are closed to the user of a service
        return f"{path} cannot be read: {(error.strerror or str(error)).lower()}"
    return ""
