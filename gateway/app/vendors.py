"""Every vendor's language, by the name that configurations use: one line each.

A dialect is built from the provider's URL, the limits and the switches of its configuration; an unknown name is refused
with the nearest known one.
"""

import difflib
import enum
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, ClassVar, Protocol
from urllib.parse import urlsplit

from legato.domain.errors import Reason, SpeechError
from legato.domain.vendors import VendorLimits
from legato.ports import VendorDialect
from legato.providers import (
    cartesia,
    cartesia_bytes,
    deepgram,
    deepgram_rest,
    deepgram_v2,
    elevenlabs,
    elevenlabs_rest,
    google,
    openai,
    riva,
    wyoming,
)

Build = Callable[[str | None, Mapping[str, float], Mapping[str, object]], VendorDialect]
"""Builds a dialect from the URL (`None` for the vendor's own), the limits that differ, and the switches that differ.

Raises:
    SpeechError: `vendor_rejected`, an unusable URL, an unknown limit or switch, or a value of the wrong type.
"""


_SCHEMES = (("http", "https"), ("ws", "wss"), ("grpc", "grpcs"), ("tcp",))
"""Schemes of one transport: without and with TLS."""
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


class _Dialect(VendorDialect, Protocol):
    """A dialect as its module has it: a dataclass of these three."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def url(self) -> str: ...
    @property
    def limits(self) -> VendorLimits: ...
    @property
    def switches(self) -> Any: ...  # noqa: ANN401  each has its own


def _vendor(name: str, usual: _Dialect) -> Build:
    def build(
        asked: str | None, other_limits: Mapping[str, float], other_switches: Mapping[str, object]
    ) -> VendorDialect:
        return replace(
            usual,
            url=_address(name, asked, usual.url) if asked else usual.url,
            limits=_changed(f"{name} limit", usual.limits, other_limits),
            switches=_changed(f"{name} switch", usual.switches, other_switches),
        )

    return build


def _address(name: str, asked: str, usual: str) -> str:
    schemes = next(family for family in _SCHEMES if urlsplit(usual).scheme in family)
    try:
        parts = urlsplit(asked)
        lacks_port = parts.port is None and parts.scheme == "tcp"
        is_one = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not lacks_port
    except ValueError:
        is_one = False
    if is_one:
        return asked
    # The URL is not quoted: it may contain a key.
    said = f"{name} url must be an address such as {usual!r}, with the scheme {', '.join(schemes)}"
    raise SpeechError(Reason.VENDOR_REJECTED, said)


def _changed(what: str, usual: Any, changes: Mapping[str, object]) -> Any:  # noqa: ANN401  any dataclass of settings
    known = {field.name: getattr(usual, field.name) for field in fields(usual)}
    changed = dict(changes)
    for name, value in changes.items():
        if name not in known:
            raise _unknown(what, name, known)
        if isinstance(known[name], enum.StrEnum):
            changed[name] = _choice(f"{what} {name!r}", type(known[name]), value)
        elif not _alike(value, known[name]):
            raise SpeechError(
                Reason.VENDOR_REJECTED,
                f"{what} {name!r} must be {_KINDS[type(known[name])]}",
            )
    return replace(usual, **changed)


def _choice(what: str, choices: type[enum.StrEnum], value: object) -> enum.StrEnum:
    found = next((choice for choice in choices if choice.value == value), None)
    if found is None:
        raise SpeechError(
            Reason.VENDOR_REJECTED, f"{what} must be one of {', '.join(map(repr, map(str, choices)))}"
        )
    return found


def _alike(value: object, usual: object) -> bool:
    if isinstance(usual, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(usual, bool)
    if isinstance(usual, float):
        return isinstance(value, int | float)
    return isinstance(value, type(usual))


def _unknown(what: str, name: str, known: Collection[str]) -> SpeechError:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    return SpeechError(Reason.VENDOR_REJECTED, f"unknown {what} {name!r}; did you mean {near[0]!r}?")


VENDORS: Mapping[str, Build] = MappingProxyType(
    {
        name: _vendor(name, dialect)
        for name, dialect in (
            ("deepgram", deepgram.DeepgramV1()),
            ("cartesia", cartesia.Cartesia()),
            ("elevenlabs", elevenlabs.ElevenLabs()),
            ("openai", openai.OpenAI()),
            ("deepgram_v2", deepgram_v2.DeepgramV2()),
            ("google", google.Google()),
            ("riva", riva.Riva()),
            ("wyoming", wyoming.Wyoming()),
            ("deepgram_rest", deepgram_rest.DeepgramRest()),
            ("elevenlabs_rest", elevenlabs_rest.ElevenLabsRest()),
            ("cartesia_bytes", cartesia_bytes.CartesiaBytes()),
        )
    }
)
"""Builds each dialect, by its name."""

REST_TWINS: Mapping[str, tuple[str, frozenset[str]]] = MappingProxyType(
    {
        "deepgram": ("deepgram_rest", frozenset({"pronunciations"})),
        "elevenlabs": ("elevenlabs_rest", frozenset({"ssml_phonemes"})),
        "cartesia": ("cartesia_bytes", frozenset({"most_speed", "version"})),
    }
)
"""For a dialect over WebSocket: the one with the same voices and the same key over REST, and the switches that both have."""
