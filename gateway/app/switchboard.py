"""What operators see of the vendors and the local voices, and how they control the routes."""

from collections.abc import Mapping
from typing import Protocol

import orjson

from gateway.telemetry.logs import logger
from gateway.upstream.route_desk import Control
from gateway.upstream.view import VendorView
from legato.domain.errors import Reason, SpeechError

_CONTROLS = {
    "drain": Control.DRAINED,
    "pin": Control.PINNED,
    "eject": Control.EJECTED,
    "reset": Control.NONE,
}


class Operated(Protocol):
    """The lines of a provider, vendor or local engine."""

    def view(self) -> VendorView:
        """Return the provider as it is now."""

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

    def vendors(self) -> bytes:
        """Return every provider with its places and routes, as an array of JSON.

        The event loop writes it: `orjson` does so ten times as fast as `json`, and there may be thousands of routes.
        """
        return orjson.dumps([provider.view() for provider in self._providers.values()])

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
