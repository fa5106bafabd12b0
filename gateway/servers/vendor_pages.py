"""Vendors and routes on the admin port: what operators see, and what they may do. Not for the outside.

GET  /v1/vendors                                     {"vendors": [...]}
POST /v1/routes  {"route": NAME, "action": ACTION}   204, or 404 for an unknown route
"""

import json

from aiohttp import web

from gateway.servers.refusals import answer
from legato.domain.errors import Reason, SpeechError
from legato.faces.native import refusal
from legato.ports import Operations

_SHOWN = 80


class VendorPages:
    """The two pages.

    Args:
        operations: shows the vendors, and acts on routes.
    """

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/v1/vendors", self._vendors)
        app.router.add_post("/v1/routes", self._control)

    async def _vendors(self, request: web.Request) -> web.StreamResponse:
        del request
        body = b'{"vendors":%b}' % await self._operations.vendors()
        return web.Response(body=body, content_type="application/json", charset="utf-8")

    async def _control(self, request: web.Request) -> web.StreamResponse:
        try:
            wanted = json.loads(await request.read())
            route, action = str(wanted["route"]), str(wanted["action"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise SpeechError(
                Reason.BAD_FRAME, 'expected JSON: {"route": "provider/voice", "action": "drain"}'
            ) from None
        if self._operations.control(route, action):
            return web.Response(status=204)
        said = (
            f"unknown route {route[:_SHOWN]!r}; /v1/vendors lists those that are configured or have been used"
        )
        refused = answer(refusal(SpeechError(Reason.BAD_FRAME, said)))
        refused.set_status(web.HTTPNotFound.status_code)
        return refused
