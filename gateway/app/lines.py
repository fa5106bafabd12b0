"""Passes each request for a line to the engine or pool of its provider."""

from collections.abc import Mapping

from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.speech import Principal, Route
from legato.ports import ANSWERED, LineListener, LineRequest, Lines, OnReady, Ticket


class LinesByProvider:
    """Implements `ports.Lines`.

    Args:
        providers: the lines of each provider, by its configured name.
    """

    def __init__(self, providers: Mapping[str, Lines]) -> None:
        self._providers = dict(providers)

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> Ticket:
        """Lease a line for one run."""
        lines = self._providers.get(request.route.provider)
        if lines is None:
            said = f"provider {request.route.provider!r} does not run in this gateway"
            on_ready(Failed(Reason.VENDOR_UNREACHABLE, said))
            return ANSWERED
        return lines.acquire(request, listener, on_ready)

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        """Have a line ready soon."""
        lines = self._providers.get(route.provider)
        if lines is not None:
            lines.warm(route, language, principal)
