"""The log level on the admin port, where it can be changed while the gateway runs. Not for the outside.

GET /log-level                 {"level": "info"}
PUT /log-level  {"level": L}   the same, after setting it to L: debug, info, warning or error
"""

import json
from typing import Protocol

from aiohttp import web

from legato.domain.errors import Reason, SpeechError


class Verbosity(Protocol):
    """How much is logged."""

    @property
    def level(self) -> str:
        """The name of the current level."""

    def set_level(self, level: str) -> None:
        """Set the level from now on.

        Raises:
            ValueError: there is no such level; the message lists those there are.
        """


class LevelPage:
    """The page of the log level.

    Args:
        verbosity: what it shows and changes.
    """

    def __init__(self, verbosity: Verbosity) -> None:
        self._verbosity = verbosity

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/log-level", self._show)
        app.router.add_put("/log-level", self._change)

    async def _show(self, request: web.Request) -> web.StreamResponse:
        del request
        return web.json_response({"level": self._verbosity.level})

    async def _change(self, request: web.Request) -> web.StreamResponse:
        try:
            level = str(json.loads(await request.read())["level"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise SpeechError(Reason.BAD_FRAME, 'expected JSON: {"level": "debug"}') from None
        try:
            self._verbosity.set_level(level)
        except ValueError as error:
            raise SpeechError(Reason.BAD_FRAME, str(error)) from None
        return await self._show(request)
