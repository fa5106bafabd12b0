"""How the commands for operators talk to the admin port."""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from legato_client.errors import cause

LOCAL_ADMIN = "http://127.0.0.1:9464"
_TIMEOUT_S = 5.0
_WHERE = "; `server.admin` of the gateway says where that is"
_NO_ADMIN_PORT = "{} is not the admin port of a gateway" + _WHERE
_UNKNOWN = b"unknown route"


class OperatorError(Exception):
    """The gateway did not do what was asked; the message says why."""


async def vendors(admin: str) -> list[Mapping[str, Any]]:
    """Fetch every provider with its places and routes.

    Raises:
        OperatorError: nobody answers there, or what answers is no admin port of a gateway.
    """
    status, body = await _ask("GET", admin, "/v1/vendors")
    try:
        if status == 200:
            return list(json.loads(body)["vendors"])
    except (ValueError, KeyError, TypeError):
        pass
    raise OperatorError(_NO_ADMIN_PORT.format(admin))


async def control(admin: str, route: str, action: str) -> None:
    """Act on a route.

    Raises:
        OperatorError: there is no such route, or nobody answers.
    """
    asked = json.dumps({"route": route, "action": action}).encode()
    status, body = await _ask("POST", admin, "/v1/routes", asked)
    if status == 404 and _UNKNOWN not in body:  # its other port has no such page
        raise OperatorError(_NO_ADMIN_PORT.format(admin))
    if status == 404:
        raise OperatorError(f"there is no route named {route!r}; `legato vendors` lists them")
    if status != 204:
        raise OperatorError(f"the gateway refused with {status}: {body.decode(errors='replace')[:200]}")


async def _ask(method: str, admin: str, page: str, data: bytes | None = None) -> tuple[int, bytes]:
    url = admin.rstrip("/") + page
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, data=data) as answer,
        ):
            return answer.status, await answer.read()
    except aiohttp.ClientConnectorError as error:
        # The library's own message mentions its TLS settings, whatever the scheme.
        said = f"cannot connect to {admin}, the admin port of a gateway: {cause(error.os_error)}"
        raise OperatorError(said + _WHERE) from None
    except TimeoutError:
        raise OperatorError(f"no answer from {admin} within {_TIMEOUT_S:.0f} s") from None
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError):
        raise OperatorError(f"expected the admin port as http://HOST:PORT, got {admin!r}") from None
    except aiohttp.ClientError:
        raise OperatorError(_NO_ADMIN_PORT.format(admin)) from None
