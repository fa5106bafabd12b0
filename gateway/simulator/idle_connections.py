"""Connections between two requests: what happens to them, by script and by the vendor's idle limit."""

import asyncio
from collections.abc import Callable, Mapping

from gateway.simulator.connection import Connection, SimulatedRequest
from gateway.simulator.contexts import VendorContext
from gateway.simulator.faults import Armed, Scene
from gateway.simulator.log import Entry, Saw
from gateway.simulator.script import Close, Deed, Down, Plain


class IdleConnections:
    """The connections that serve no request at the moment.

    Args:
        contexts: one per vendor, by name.
        take_down: takes a vendor down for this many milliseconds.
    """

    def __init__(
        self, contexts: Mapping[str, VendorContext], take_down: Callable[[str, float], None]
    ) -> None:
        self._contexts = contexts
        self._take_down = take_down
        self._timers: dict[int, list[asyncio.TimerHandle]] = {}

    def begin(self, request: SimulatedRequest) -> None:
        """A request was answered: its connection is idle until the next."""
        connection = request.connection
        self.end(connection)
        if connection.closed:
            return
        context = self._contexts[request.vendor]
        scene = Scene(request.vendor, connection.number, request.key)
        later = asyncio.get_running_loop().call_later
        timers = [
            later(armed.fault.when.value / 1000, self._strike, request, armed)
            for armed in context.injector.armed(scene, "idle")
        ]
        if context.limits.idle_s:
            timers.append(later(context.limits.idle_s, self._too_long, request))
        if timers:
            self._timers[connection.number] = timers

    def end(self, connection: Connection) -> None:
        """The connection is not idle any more: a request arrived, or it closed."""
        for timer in self._timers.pop(connection.number, ()):
            timer.cancel()

    def close(self) -> None:
        """Forget all connections."""
        for timers in self._timers.values():
            for timer in timers:
                timer.cancel()
        self._timers.clear()

    def _strike(self, request: SimulatedRequest, armed: Armed) -> None:
        if not request.connection.closed and self._contexts[request.vendor].injector.fire(armed):
            self._act(request, armed.fault.do)

    def _act(self, request: SimulatedRequest, do: Deed) -> None:
        self.end(request.connection)
        match do:
            case Plain(do=how):
                _cut(request.connection, how)
            case Close():
                request.connection.end()  # there are no close frames here
            case Down(down_ms=ms):
                request.connection.reset()
                self._take_down(request.vendor, ms)

    def _too_long(self, request: SimulatedRequest) -> None:
        self.end(request.connection)
        if request.connection.closed:
            return
        context = self._contexts[request.vendor]
        context.log.add(Entry(Saw.LIMIT, request.vendor, request.connection.number, note="idle_s"))
        how = context.script.idle_drop
        _cut(request.connection, {"silent": "half_open", "close": "eof"}.get(how, how))


def _cut(connection: Connection, how: str) -> None:
    {"reset": connection.reset, "eof": connection.end, "half_open": connection.freeze}[how]()
