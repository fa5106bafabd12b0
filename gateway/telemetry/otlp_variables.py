"""The standard `OTEL_*` variables, checked before the SDK reads them: it could end in a traceback, or quote a key in its log.

Rules:
- They are checked only if they ask for spans.
- A mistake is reported by the variable's name and never by its value: headers hold keys, and so may an address.
"""

import contextlib
import math
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from urllib.parse import unquote, urlsplit

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Where spans go; the first that is set counts, as with all variables that come in pairs."""
_HEADERS = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
_CERTIFICATES = ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE")
_INSECURE = "OTEL_EXPORTER_OTLP_INSECURE"
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_LIMITS = (
    "OTEL_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_SPAN_EVENT_COUNT_LIMIT",
    "OTEL_SPAN_LINK_COUNT_LIMIT",
)
_NAME = re.compile(r"[0-9a-z_.-]+")
_MOST_DIGITS = 9


def wanted(env: Mapping[str, str]) -> bool:
    """Whether the variables ask for spans."""
    if env.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporters = {name.strip().lower() for name in env.get("OTEL_TRACES_EXPORTER", "").split(",")} - {""}
    if exporters:
        return "otlp" in exporters
    return any(env.get(name) for name in ENDPOINTS)


def mistakes(env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the variables with which no spans can be exported, each with what it must be."""
    if not wanted(env):
        return
    for name, (is_one, said) in _MUST_BE.items():
        if name in env and not is_one(env[name]):
            yield name, said
    if _is_encrypted(env):
        for name in _CERTIFICATES:
            if env.get(name) and not _is_trusted(env[name]):
                yield (
                    name,
                    "must be the path of a file of certificates (PEM) that can be read, or not be there",
                )


@contextlib.contextmanager
def without_wrong_limits(env: MutableMapping[str, str]) -> Iterator[None]:
    """Hide invalid limits while the SDK is imported: it reads one then, even if nobody wants spans.

    Args:
        env: environment of the process; what was hidden is restored afterwards, so that it can be reported by name.
    """
    hidden = {name: env.pop(name) for name in _LIMITS if not _is_limit(env.get(name, ""))}
    try:
        yield
    finally:
        env.update(hidden)


def headers_of(env: Mapping[str, str]) -> dict[str, str]:
    """Return the headers to send with every export, names in lower case.

    Raises:
        ValueError: one of them is not a header.
    """
    text = next((env[name] for name in _HEADERS if env.get(name)), "")
    return dict(map(_header, filter(str.strip, text.split(","))))


def other_protocol(env: Mapping[str, str]) -> str:
    """Return the protocol that is asked for, unless it is gRPC, the one that is spoken; empty otherwise."""
    asked = next((env[name] for name in _PROTOCOLS if env.get(name)), "").strip().lower()
    return "" if asked == "grpc" else asked


def whole(text: str) -> int:
    """Parse a whole number above 0; 0 for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def _header(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    name, value = unquote(name).strip().lower(), unquote(value).strip()
    if not equals or not _NAME.fullmatch(name) or not value.isascii() or not value.isprintable():
        raise ValueError("not a header")
    return name, value


def _has_headers(text: str) -> bool:
    try:
        headers_of({_HEADERS[0]: text})
    except ValueError:
        return False
    return True


def _is_plain_address(text: str) -> bool:
    try:
        parts = urlsplit(text.strip() if "://" in text else f"//{text.strip()}")
        named = parts.port != 0
    except ValueError:
        return False
    nowhere = text.strip() and not parts.hostname and parts.scheme in {"http", "https", ""}
    return named and not nowhere and "@" not in parts.netloc


def _is_encrypted(env: Mapping[str, str]) -> bool:
    address = next((env[name] for name in ENDPOINTS if env.get(name)), "").strip().lower()
    if address.startswith("https:"):
        return True
    return not address.startswith("http:") and bool(address) and env.get(_INSECURE, "").lower() != "true"


def _is_trusted(path: str) -> bool:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):  # it is not there, or holds no certificate
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        return 0 < float(text) < math.inf
    except ValueError:
        return False


def _is_limit(text: str) -> bool:
    try:
        return not text.strip() or int(text) >= 0
    except ValueError:
        return False


_Rule = tuple[Callable[[str], bool], str]
_WHOLE: _Rule = (lambda text: not text or whole(text) > 0, "must be a whole number above 0")
_TIME: _Rule = (_is_time, "must be a number of seconds above 0, or unset")
_ADDRESS: _Rule = (
    _is_plain_address,
    "must be an address such as http://HOST:4317, without a user name or key: send those as headers",
)
_PAIRS: _Rule = (_has_headers, "must be NAME=VALUE pairs, separated by commas")
_PACKED: _Rule = (lambda text: text.strip().lower() == "gzip", "must be gzip, or unset")
_LIMIT: _Rule = (_is_limit, "must be a whole number of at least 0, or empty for no limit")
_MUST_BE: Mapping[str, _Rule] = {
    **dict.fromkeys(ENDPOINTS, _ADDRESS),
    **dict.fromkeys(_HEADERS, _PAIRS),
    **dict.fromkeys(("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"), _TIME),
    **dict.fromkeys(("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"), _PACKED),
    "OTEL_BSP_MAX_QUEUE_SIZE": _WHOLE,
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": _WHOLE,
    "OTEL_BSP_SCHEDULE_DELAY": _WHOLE,
    **dict.fromkeys(_LIMITS, _LIMIT),
}
