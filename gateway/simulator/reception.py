"""Admission to the simulated vendors: keys, concurrency, scripted refusals; then a synthetic session."""

import math
from collections.abc import Callable, Mapping

from gateway.simulator.connection import CURRENT_REQUEST, SimulatedRequest
from gateway.simulator.contexts import VendorContext
from gateway.simulator.faults import Injector, Scene
from gateway.simulator.log import Entry, Saw
from gateway.simulator.script import Delay, Down, Plain, Refusal
from gateway.simulator.session import SyntheticSession
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Principal
from legato.ports import Alarm, Outlet, SessionPort

_ANYBODY = Principal("client")
_REASONS = {
    400: Reason.BAD_FRAME,
    401: Reason.UNAUTHENTICATED,
    402: Reason.QUOTA_EXCEEDED,
    403: Reason.FORBIDDEN,
    413: Reason.TEXT_TOO_LONG,
    422: Reason.UNKNOWN_VOICE,
    429: Reason.TOO_MANY_UTTERANCES,
    503: Reason.OVERLOADED,
}
"""The reason that fits an HTTP status best, for the shape of the answer; `internal` if none does."""


class SimulatedReception:
    """Implements `ports.Reception`.

    Args:
        contexts: one per vendor, by name.
        injector: the faults at the dial.
        take_down: takes a vendor down for this many milliseconds.
    """

    def __init__(
        self,
        contexts: Mapping[str, VendorContext],
        injector: Injector,
        take_down: Callable[[str, float], None],
    ) -> None:
        self._contexts = contexts
        self._injector = injector
        self._take_down = take_down
        self.sessions: set[SyntheticSession] = set()

    def apply_dial_faults(self, request: SimulatedRequest) -> float | None:
        """Apply the faults of a new request.

        Returns:
            Seconds to wait before it is served, infinite for never; `None` if its connection is gone.
        """
        wait_s = 0.0
        scene = Scene(request.vendor, request.connection.number, request.key)
        for armed in self._injector.armed(scene, "dial"):
            if armed.fault.name == "refuse" or not self._injector.fire(armed):
                continue
            match armed.fault.do:
                case Delay(delay_ms=ms):
                    wait_s += ms / 1000
                case Refusal(http=status, retry_after_s=retry_after_s):
                    request.refusal = self._refusal(request, status, retry_after_s)
                case Down(down_ms=ms):
                    self._take_down(request.vendor, ms)
                    request.connection.reset()
                    return None
                case Plain(do=how):
                    return _break(request, how)
        return wait_s

    def admit(self, key: str, origin: str) -> Principal:
        """Find the principal of a key.

        Raises:
            SpeechError: the script refuses it, or as many as may are open with it.
        """
        del origin
        request = CURRENT_REQUEST.get()
        request.key = key or request.key
        context = self._contexts[request.vendor]
        if request.refusal is not None:
            raise request.refusal
        if context.script.keys and key not in context.script.keys:
            raise self._refusal(request, 401, None)
        if not request.page and self._is_full(request, context):
            entry = Entry(Saw.LIMIT, request.vendor, request.connection.number, note="concurrency")
            context.log.add(entry)
            raise self._refusal(request, 429, context.script.retry_after_s)
        return _ANYBODY

    def open(self, principal: Principal, face: str, outlet: Outlet, alarm: Alarm) -> SessionPort:
        """A session for the request that the calling task serves."""
        del principal, face
        request = CURRENT_REQUEST.get()
        session = SyntheticSession(
            self._contexts[request.vendor],
            request,
            outlet,
            alarm,
            lambda ms: self._take_down(request.vendor, ms),
            self.sessions.discard,
        )
        self.sessions.add(session)
        return session

    def _is_full(self, request: SimulatedRequest, context: VendorContext) -> bool:
        most = context.limits.concurrency
        if not most:
            return False
        mine = [
            one
            for one in self.sessions
            if (one.request.vendor, one.request.key) == (request.vendor, request.key)
        ]
        if context.script.concurrency_of == "connections":
            return len(mine) >= most
        return sum(one.speaking for one in mine) >= most

    def _refusal(self, request: SimulatedRequest, status: int, retry_after_s: float | None) -> SpeechError:
        request.status, request.retry_after_s = status, retry_after_s
        reason = _REASONS.get(status, Reason.INTERNAL)
        return SpeechError(reason, f"refused with {status}", retry_after_s=retry_after_s)


def _break(request: SimulatedRequest, how: str) -> float | None:
    if how == "reset":
        request.connection.reset()
        return None
    if how == "eof":
        request.connection.end()
        return None
    if how == "half_open":
        request.connection.freeze()
    return math.inf
