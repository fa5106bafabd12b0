"""Admission to the simulated vendors: keys, concurrency, scripted refusals; then a synthetic session."""

import math
from collections.abc import Callable, Mapping

from gateway.simulator.connection import KNOCK, Knock
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


class Door:
    """Implements `ports.Reception`.

    Args:
        contexts: one per vendor, by name.
        injector: the faults at the dial.
        down: takes a vendor down for this many milliseconds.
    """

    def __init__(
        self, contexts: Mapping[str, VendorContext], injector: Injector, down: Callable[[str, float], None]
    ) -> None:
        self._contexts = contexts
        self._injector = injector
        self._down = down
        self.sessions: set[SyntheticSession] = set()

    def knock(self, knock: Knock) -> float | None:
        """Apply the faults of a new request.

        Returns:
            Seconds to wait before it is served, infinite for never; `None` if its connection is gone.
        """
        wait_s = 0.0
        scene = Scene(knock.vendor, knock.connection.number, knock.key)
        for armed in self._injector.armed(scene, "dial"):
            if armed.fault.name == "refuse" or not self._injector.fire(armed):
                continue
            match armed.fault.do:
                case Delay(delay_ms=ms):
                    wait_s += ms / 1000
                case Refusal(http=status, retry_after_s=retry_after_s):
                    knock.refusal = self._refusal(knock, status, retry_after_s)
                case Down(down_ms=ms):
                    self._down(knock.vendor, ms)
                    knock.connection.reset()
                    return None
                case Plain(do=how):
                    return _break(knock, how)
        return wait_s

    def admit(self, key: str, origin: str) -> Principal:
        """Find the principal of a key.

        Raises:
            SpeechError: the script refuses it, or as many as may are open with it.
        """
        del origin
        knock = KNOCK.get()
        knock.key = key or knock.key
        context = self._contexts[knock.vendor]
        if knock.refusal is not None:
            raise knock.refusal
        if context.script.keys and key not in context.script.keys:
            raise self._refusal(knock, 401, None)
        if not knock.page and self._is_full(knock, context):
            entry = Entry(Saw.LIMIT, knock.vendor, knock.connection.number, note="concurrency")
            context.log.add(entry)
            raise self._refusal(knock, 429, context.script.retry_after_s)
        return _ANYBODY

    def open(self, principal: Principal, face: str, outlet: Outlet, alarm: Alarm) -> SessionPort:
        """A session for the request that the calling task serves."""
        del principal, face
        knock = KNOCK.get()
        session = SyntheticSession(
            self._contexts[knock.vendor],
            knock,
            outlet,
            alarm,
            lambda ms: self._down(knock.vendor, ms),
            self.sessions.discard,
        )
        self.sessions.add(session)
        return session

    def _is_full(self, knock: Knock, context: VendorContext) -> bool:
        most = context.limits.concurrency
        if not most:
            return False
        mine = [
            one for one in self.sessions if (one.knock.vendor, one.knock.key) == (knock.vendor, knock.key)
        ]
        if context.script.concurrency_of == "connections":
            return len(mine) >= most
        return sum(one.speaking for one in mine) >= most

    def _refusal(self, knock: Knock, status: int, retry_after_s: float | None) -> SpeechError:
        knock.status, knock.retry_after_s = status, retry_after_s
        reason = _REASONS.get(status, Reason.INTERNAL)
        return SpeechError(reason, f"refused with {status}", retry_after_s=retry_after_s)


def _break(knock: Knock, how: str) -> float | None:
    if how == "reset":
        knock.connection.reset()
        return None
    if how == "eof":
        knock.connection.end()
        return None
    if how == "half_open":
        knock.connection.freeze()
    return math.inf
