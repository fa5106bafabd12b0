"""Options of a simulator: which vendors, where and with what it runs. Values only."""

import enum
import ssl
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from gateway.servers.dialects import Route
from gateway.servers.grpc_dialects import CallPage, CallRoute
from gateway.simulator.log import Entry
from gateway.simulator.voices import SyntheticVoice
from legato.domain.vendors import VendorLimits
from legato.ports import Clock, DialectFace, VoiceDirectory

MakeTcpFace = Callable[[VoiceDirectory, Collection[str]], DialectFace]
"""A face for one connection."""


class Trait(enum.Enum):
    """Features of a vendor's dialect that faults may need."""

    TEXT = "messages of text"
    WORDS = "word times"
    CONTEXTS = "contexts"
    KEYS = "keys"
    STATUS = "status to refuse with"
    SEGMENTS = "segments within an utterance"


@dataclass(frozen=True, slots=True)
class SimulatedVendor:
    """A vendor: its dialect and its limits.

    Args:
        name: used in scripts and the log.
        routes: HTTP routes of its dialect.
        limits: which it enforces.
        make_tcp_face: makes the face of a dialect over bare TCP, which has a port of its own; gets the voices and the known names.
        traits: features of its dialect.
        calls: the calls of a dialect over gRPC; these dialects share a port of their own.
    """

    name: str
    routes: tuple[Route, ...] = ()
    limits: VendorLimits = field(default_factory=VendorLimits)
    make_tcp_face: MakeTcpFace | None = None
    traits: frozenset[Trait] = frozenset(Trait)
    calls: tuple[CallRoute | CallPage, ...] = ()


@dataclass(frozen=True, slots=True)
class SimulatorOptions:
    """Where and with what a simulator runs.

    Args:
        host: the host to listen on.
        port: for HTTP and WebSockets; 0 for a free one.
        tcp_port: for a dialect over bare TCP; 0 for a free one.
        grpc_port: for dialects over gRPC; 0 for a free one.
        tls: for HTTP and WebSockets; `None` for cleartext.
        clock: monotonic seconds.
        voice: synthesises; `None` for tone-coded words.
        told: called with every new entry of the log.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tcp_port: int = 0
    grpc_port: int = 0
    tls: ssl.SSLContext | None = None
    clock: Clock = time.monotonic
    voice: SyntheticVoice | None = None
    told: Callable[[Entry], None] | None = None

    @property
    def url_host(self) -> str:
        """The host as in a URL: IPv6 in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host
