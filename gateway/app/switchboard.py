"""What operators see of the vendors and the local voices, and how they control the routes."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

import orjson

from gateway.telemetry.logs import logger
from gateway.upstream.route_desk import Control
from gateway.upstream.view import Steps, VendorView
from legato.domain.errors import Reason, SpeechError

_CONTROLS = {
    "drain": Control.DRAINED,
    "pin": Control.PINNED,
    "eject": Control.EJECTED,
    "reset": Control.NONE,
}


class Operated(Protocol):
    """The lines of a provider, vendor or local engine."""

    def view_in_steps(self) -> Steps[VendorView]:
        """Make the view of the provider in steps that hold nobody up."""

    def control(self, route: str, control: Control) -> bool:
        """Drain, pin or eject a route, or leave it to its breaker. Returns whether this provider has or had such a route."""

    def hold(self, route: str, control: Control) -> None:
        """As `control`, for a route that other processes have used, and this one perhaps has not."""


class Switchboard:
    """Implements `ports.Operations`.

    Args:
        providers: the lines of each provider, by its name.
    """

    def __init__(self, providers: Mapping[str, Operated]) -> None:
        self._providers = dict(providers)

    async def vendors(self) -> bytes:
        """Return every provider with its places and routes, as an array of JSON.

        There may be thousands of routes, so streams are served between the steps. `orjson` writes ten times as fast as `json`.
        """
        written = [orjson.dumps(await _taken(one.view_in_steps())) for one in self._providers.values()]
        return b"[%b]" % b",".join(written)

    def control(self, route: str, action: str) -> bool:
        """Act on a route.

        Raises:
            SpeechError: `bad_frame`, there is no such action.
        """
        if action not in _CONTROLS:
            raise SpeechError(
                Reason.BAD_FRAME, f"unknown action {action!r}; expected one of {', '.join(_CONTROLS)}"
            )
        provider = self._providers.get(route.partition("/")[0])
        done = provider is not None and provider.control(route, _CONTROLS[action])
        if done:
            logger("legato.vendors").warning("an operator has acted on a route", route=route, action=action)
        return done

    def hold(self, route: str, action: str) -> None:
        """Act on a route as an operator has ordered for all processes of the gateway, whether it has been used here or not.

        Args:
            route: name of the route, "provider/voice".
            action: one that `control` knows.
        """
        provider = self._providers.get(route.partition("/")[0])
        if provider is not None:
            provider.hold(route, _CONTROLS[action])


async def _taken(steps: Steps[VendorView]) -> VendorView:
    """Take the steps, and let the loop serve others after each of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            view: VendorView = end.value
            return view
        await asyncio.sleep(0)
