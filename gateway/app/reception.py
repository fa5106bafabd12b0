"""Admission: whose key it is, from which page, whether there is room; then a session.

Rules:
- With no keys configured everybody is the default principal; with keys, only their holders come in.
- Only browsers send an Origin: if there is one, it must be on the list, whatever the key.
- A stream counts from its opening until its session is fed `Closed`.
- Nobody is let in while the files that a process may open are nearly used up: otherwise the next client would be cut off without a
  word.
- While shutting down nobody new is let in.
- Another vendor's client is sent its audio as fast as that vendor would send it, unless a bound is configured; the bound of native
  streams is for clients that know of it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from gateway.session.services import SessionServices
from gateway.session.session import Session
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import ClientEvent, Closed
from legato.domain.origins import allows
from legato.domain.speech import Principal
from legato.ports import Alarm, Outlet, SessionPort

_RETRY_S = 1.0
_NATIVE = frozenset({"grpc", "websocket"})
"""Faces of the native contract."""
_SILENCE_MS = 100
"""For a text with nothing to say: LiveKit and Pipecat take an answer without audio for a failure of the voice."""


class Store(Protocol):
    """What outlives a stream: the keys of those who may come in."""

    def principal(self, key: str) -> Principal | None:
        """Return whose key this is; `None` for an unknown key.

        Raises:
            SpeechError: it is a token that is not valid.
        """


class Reception:
    """Implements `ports.Reception`.

    Args:
        services: what sessions are made of.
        store: knows the keys; `None` if everybody may come in, as `everybody`.
        everybody: the principal of those who need no key.
        origins: browser origins that may come in; `*` as the port means any port, `*` alone any origin.
        max_streams: how many may be open at once in this process.
        short_of_files: returns whether the files that may be opened are nearly used up.
        dialects_lead_ms: `StreamLimits.max_lead_ms` for streams of other vendors' clients.
    """

    def __init__(
        self,
        services: SessionServices,
        store: Store | None,
        everybody: Principal,
        origins: Sequence[str],
        max_streams: int,
        short_of_files: Callable[[], bool] = lambda: False,
        dialects_lead_ms: int = -1,
    ) -> None:
        self._services = services
        limits = replace(services.limits, max_lead_ms=dialects_lead_ms)
        self._services_of_dialects = replace(services, limits=limits, silence_ms=_SILENCE_MS)
        self._store = store
        self._everybody = everybody
        self._origins = frozenset(origins)
        self._max_streams = max_streams
        self._short_of_files = short_of_files
        self._open: Counter[str] = Counter()
        self._shutting_down = False

    @property
    def open_streams(self) -> int:
        """How many streams have a session that has not been fed `Closed` yet."""
        return self._open.total()

    def shut(self) -> None:
        """Let nobody new in."""
        self._shutting_down = True

    def admit(self, key: str, origin: str) -> Principal:
        """Return whose key this is.

        Raises:
            SpeechError: `unauthenticated` or `forbidden`.
        """
        if origin and not allows(self._origins, origin):
            raise SpeechError(
                Reason.FORBIDDEN, f"the origin {origin} is not allowed; server.origins lists the allowed ones"
            )
        if self._store is None:
            return self._everybody
        principal = self._store.principal(key)
        if principal is None:
            said = "unknown API key" if key else "an API key is required: Authorization: Bearer KEY"
            raise SpeechError(Reason.UNAUTHENTICATED, said)
        return principal

    def open(self, principal: Principal, face: str, outlet: Outlet, alarm: Alarm) -> SessionPort:
        """Make the session of a new stream.

        Raises:
            SpeechError: `overloaded`, `quota_exceeded` or `shutting_down`.
        """
        self._check_room(principal)
        services = self._services if face in _NATIVE else self._services_of_dialects
        session = Session(services, principal, face, outlet, alarm)
        self._open[principal.name] += 1
        return _Counted(session, self, principal.name)

    def left(self, name: str) -> None:
        """A stream of the principal with this name is over."""
        self._open[name] -= 1
        if not self._open[name]:
            del self._open[name]

    def _check_room(self, principal: Principal) -> None:
        if self._shutting_down:
            raise SpeechError(Reason.SHUTTING_DOWN, "the gateway is shutting down", retry_after_s=_RETRY_S)
        if self.open_streams >= self._max_streams:
            raise SpeechError(
                Reason.OVERLOADED,
                f"{self._max_streams} streams are open, the most this gateway allows",
                retry_after_s=_RETRY_S,
            )
        if self._short_of_files():
            raise SpeechError(
                Reason.OVERLOADED,
                f"{self.open_streams} streams are open, and the process cannot open more files",
                retry_after_s=_RETRY_S,
            )
        if principal.max_streams and self._open[principal.name] >= principal.max_streams:
            raise SpeechError(
                Reason.QUOTA_EXCEEDED,
                f"{principal.name} has {principal.max_streams} streams open, the most it may have",
                retry_after_s=_RETRY_S,
            )


class _Counted:
    """A session that tells the reception when it is over. Implements `ports.SessionPort`."""

    __slots__ = ("_feed", "_name", "_reception", "drained", "tick")

    def __init__(self, session: SessionPort, reception: Reception, name: str) -> None:
        self._feed = session.feed
        self._reception: Reception | None = reception
        self._name = name
        self.drained = session.drained
        self.tick = session.tick

    def feed(self, event: ClientEvent) -> None:
        """Feed an event from the client, in order."""
        if type(event) is Closed and self._reception is not None:
            self._reception.left(self._name)
            self._reception = None
        self._feed(event)
