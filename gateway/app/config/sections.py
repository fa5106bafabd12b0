"""The sections of the configuration for the process: addresses, limits, logs and metrics.

The text under each option is its documentation: `docs/configuration.md` is generated from it.
"""

import enum
import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from legato.domain.languages import is_language_tag, language_tag
from legato.domain.speech import StreamLimits

# What `:PORT` means to everybody; `safety` decides whether it may.
EVERY_IPV4_ADDRESS = "0.0.0.0"  # noqa: S104  # nosec B104
"""The host of an address that names none: every interface."""


_NUMBERS = (int, float, int | None, float | None)


def no_truth_value(value: object) -> object:
    """Return the value, unless YAML read it as `true` or `false`, which pydantic would take for 1 and 0.

    Raises:
        ValueError: it is a truth value.
    """
    if value is True or value is False:
        raise ValueError(
            f"expected a number, got {str(value).lower()} (YAML reads yes, no, on and off as true or false)"
        )
    return value


class Section(BaseModel):
    """What every section shares: unknown names are refused, numbers are finite and not truth values, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _number_is_one(cls, value: object, field: ValidationInfo) -> object:
        annotation = cls.model_fields[field.field_name or ""].annotation
        return no_truth_value(value) if annotation in _NUMBERS else value


def split_address(address: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`; the host is `0.0.0.0` for `:PORT`, and has no brackets for IPv6.

    Raises:
        ValueError: it is not an address.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65_535:
        raise ValueError(f"expected HOST:PORT with a port up to 65535, got {address!r}")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise ValueError(f"expected an IPv6 host in brackets, such as [::1]:8080, got {address!r}")
    host = host.strip("[]")
    try:
        host.encode("idna")  # as the look-up of the name does, whose error would be less clear
    except UnicodeError:
        raise ValueError(f"expected HOST:PORT with a valid host name, got {address!r}") from None
    return host or EVERY_IPV4_ADDRESS, int(port)


def is_loopback(address: str) -> bool:
    """Return whether only this machine can reach `HOST:PORT`."""
    host, _ = split_address(address)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class AlsoText(BeforeValidator):
    """Reads text as the short form of an option that is something else; the schema has both, or editors would mark the short one."""

    def __get_pydantic_json_schema__(
        self, option: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the schema of the option, or text."""
        return {"anyOf": [handler(option), {"type": "string"}]}


def _split(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if isinstance(value, list | tuple):
        return value
    raise PydanticCustomError("list_or_text", "expected a list or text")


COMMAS: Final = AlsoText(_split)
"""A list that may be written as `a, b`, so that it is easy to write in a variable."""


def _checked_address(address: str) -> str:
    split_address(address)
    return address


def _checked_origin(origin: str) -> str:
    if origin != "*" and ("://" not in origin or origin.endswith("/")):
        raise ValueError(f"expected '*' or scheme://host[:port] without a path, got {origin!r}")
    return origin


def _checked_language(written: str) -> str:
    tag = language_tag(written)
    if not is_language_tag(tag):
        raise ValueError(f"expected a BCP 47 tag such as en or pt-BR, got {written!r}")
    return tag


def _checked_path(path: object) -> object:
    # pydantic turns an empty path into the folder that the process was started in.
    if isinstance(path, str) and (not path.strip() or "\0" in path):
        raise ValueError(f"expected a path, or null for none, got {path!r}")
    return path


def _checked_credential(reference: str) -> str:
    # The value may be the secret itself: it is not repeated.
    if not re.fullmatch(r"(env|file):.+", reference):
        raise ValueError(
            "expected env:NAME or file:PATH; the configuration must not contain the secret itself"
        )
    return reference


Address = Annotated[str, AfterValidator(_checked_address)]
LanguageTag = Annotated[str, AfterValidator(_checked_language)]
PathOption = Annotated[Path, BeforeValidator(_checked_path)]
Origin = Annotated[str, AfterValidator(_checked_origin)]
Credential = Annotated[str, AfterValidator(_checked_credential)]

LOCAL_ORIGINS = tuple(
    f"{scheme}://{host}:*" for scheme in ("http", "https") for host in ("localhost", "127.0.0.1", "[::1]")
)


class Tls(Section):
    """Both options or neither; without them the listeners use no TLS, for example behind a proxy that terminates it."""

    certificate: PathOption | None = None
    """PEM file with the certificate chain."""
    key: PathOption | None = None
    """PEM file with the private key."""

    @model_validator(mode="after")
    def _both(self) -> "Tls":
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key must be given together")
        return self


class ServerSection(Section):
    """Addresses where clients connect."""

    http: Address = "127.0.0.1:8080"
    """HTTP, WebSocket and playground, as `HOST:PORT`. Here and below, port 0 takes a free port, and the host `[::]` means every IPv6 and IPv4
    address."""
    grpc: Address = "127.0.0.1:50051"
    """gRPC, as `HOST:PORT`."""
    admin: Address | None = "127.0.0.1:9464"
    """Metrics and health for operators, as `HOST:PORT`; `null` for none. Do not expose it."""
    wyoming: Address | None = None
    """Wyoming, the TCP protocol of home voice assistants, as `HOST:PORT` (usually port 10200); `null` for none. It has no TLS."""
    wyoming_key: Credential | None = None
    """The key that the gateway uses for all Wyoming clients, which cannot send one, as `env:NAME` or `file:PATH`. Needed where `keys` has
    entries."""
    tls: Tls = Tls()
    """Certificate of the HTTP and gRPC listeners."""
    origins: Annotated[tuple[Origin, ...], COMMAS] = LOCAL_ORIGINS
    """Browser origins that may open WebSockets and read answers (CORS). `:*` as the port means any port; `*` alone means any page on the web.
    Clients that send no Origin, as all but browsers do, are not affected."""
    max_message_bytes: int = Field(default=1_048_576, ge=1_024, le=67_108_864)
    """Largest message that is read from a client, on every listener."""
    workers: int = Field(default=1, ge=1, le=256)
    """Processes that share the work and the ports, usually one for each core; 1 runs everything in this process. See `docs/scaling.md`."""
    worker_ports: int = Field(default=0, ge=0, le=65_000)
    """First of the workers' own ports, beside the shared ones; two each: HTTP, then gRPC. 0 takes free ports."""
    worker_silence_s: float = Field(default=30.0, ge=0, le=3_600)
    """Seconds after which a worker whose event loop hangs is killed and replaced; 0 for never."""
    envoy_endpoints: PathOption | None = None
    """Folder where the gateway writes the workers' own ports at the start, in Envoy's format for endpoints (EDS): a file for each cluster."""
    shutdown_grace_s: float = Field(default=20.0, ge=0, le=3_600)
    """How long utterances may go on after SIGTERM."""


_STREAM = StreamLimits()


class LimitsSection(Section):
    """Limits of one stream, and of all streams together."""

    max_streams: int = Field(default=4_000, ge=1)
    """Maximum number of open streams in this process; more are refused as `overloaded`."""
    max_streams_per_principal: int = Field(default=0, ge=0)
    """Maximum number of open streams of a principal whose key sets no limit of its own; 0 for no limit."""
    max_open_utterances: int = Field(default=_STREAM.max_open_utterances, ge=1)
    """Maximum number of open utterances in a stream."""
    max_pending_chars: int = Field(default=_STREAM.max_pending_chars, ge=1)
    """Maximum number of accepted characters of a stream that are not yet spoken."""
    max_utterance_chars: int = Field(default=_STREAM.max_utterance_chars, ge=1)
    """Maximum number of accepted characters of one utterance."""
    max_lead_ms: int = Field(default=_STREAM.max_lead_ms, ge=-1)
    """How far audio may run ahead of the listener when the client sets no bound: 0 for real time, -1 for no bound."""
    head_idle_ms: int = Field(default=_STREAM.head_idle_ms, ge=1)
    """An utterance with nothing left to say ends after this time if others wait behind it."""
    pause_max_ms: int = Field(default=_STREAM.pause_max_ms, ge=1)
    """A pause longer than this becomes a cancel."""
    idle_stream_s: float = Field(default=_STREAM.idle_stream_s, ge=0)
    """A stream without an utterance is closed after this time; 0 for never."""
    idle_utterance_s: float = Field(default=_STREAM.idle_utterance_s, gt=0)
    """An open utterance that gets no text ends after this time."""
    no_route_before_audio_ms: int = Field(default=_STREAM.no_route_before_audio_ms, ge=0)
    """How long routes are tried before an utterance's first audio."""
    no_route_after_audio_ms: int = Field(default=_STREAM.no_route_after_audio_ms, ge=0)
    """How long routes are tried after an utterance's first audio."""
    max_held_audio_ms: int = Field(default=_STREAM.max_held_audio_ms, ge=1_000)
    """Maximum audio held for a slow reader when the utterance's line cannot be paused. Text that would fill more than half of it waits; beyond all of
    it the utterance fails."""

    def stream(self) -> StreamLimits:
        """Return the limits of one stream."""
        return StreamLimits(**{name: getattr(self, name) for name in StreamLimits.__slots__})


class LogLevel(enum.StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(enum.StrEnum):
    """How log lines are written."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


class LoggingSection(Section):
    """Log lines go to stderr. They hold no user text and no secret at any level."""

    level: LogLevel = LogLevel.INFO
    """Lowest level that is logged: `info` has a line for each stream and utterance, `debug` one for every event."""
    format: LogFormat = LogFormat.AUTO
    """`json`: one object a line; `text`: for people; `auto`: `text` on a terminal, `json` elsewhere."""


class TelemetrySection(Section):
    """Metrics are served on the admin address. Traces are exported where the standard `OTEL_*` variables say so."""

    max_label_values: int = Field(default=200, ge=1)
    """Maximum number of voices, and of providers, that get labels of their own in metrics; the rest are counted as `other`."""
    loop_lag_interval_s: float = Field(default=0.25, gt=0, le=60)
    """How often the event loop's lag is measured."""
    trace_share: float = Field(default=1.0, ge=0, le=1)
    """Share of normal traces that are exported; slow and failed ones always are."""
    trace_slow_ms: float = Field(default=500.0, gt=0)
    """An utterance is slow when its first audio takes longer than this."""
    sentry_dsn: Credential | None = None
    """Where unexpected exceptions are reported, as `env:NAME` or `file:PATH`: kind and place, nothing else. Needs the extra `[sentry]`."""
