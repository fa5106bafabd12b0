"""What a simulator is made of: which vendors, and where and with what it runs. Values only."""

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
    """What a vendor's language has that a fault may want."""

    TEXT = "messages of text"
    WORDS = "word times"
    CONTEXTS = "contexts"
    KEYS = "keys"
    STATUS = "a status to refuse with"
    SEGMENTS = "segments within an utterance"


@dataclass(frozen=True, slots=True)
class SimulatedVendor:
    """A vendor as its faces and its limits say.

    Args:
        name: for scripts and the log.
        routes: of its dialect.
        limits: that it enforces.
        make_tcp_face: of a dialect over bare TCP, which has a port of its own; told the voices, and the names that are known.
        traits: of its language.
        calls: of a dialect over gRPC, which all have one port of their own.
    """

    name: str
    routes: tuple[Route, ...] = ()
    limits: VendorLimits = field(default_factory=VendorLimits)
    make_tcp_face: MakeTcpFace | None = None
    traits: frozenset[Trait] = frozenset(Trait)
    calls: tuple[CallRoute | CallPage, ...] = ()


@dataclass(frozen=True, slots=True)
class Venue:
    """Where and with what a simulator runs.

    Args:
        host: to listen on.
        port: of HTTP and WebSockets; 0 for a free one.
        tcp_port: of a dialect over bare TCP, where there is one; 0 for a free one.
        grpc_port: of dialects over gRPC, where there are some; 0 for a free one.
        tls: for HTTP and WebSockets; `None` for cleartext.
        clock: monotonic seconds.
        voice: speaks; `None` for tone-coded words.
        told: called with every entry of the log as it comes.
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
        """The host as URLs spell it: IPv6 in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host
