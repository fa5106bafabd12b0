"""The admin port, as the commands for operators talk to it."""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

LOCAL_ADMIN = "http://127.0.0.1:9464"
_TIMEOUT_S = 5.0


class OperatorError(Exception):
    """The gateway did not do it; the message says why."""


async def vendors(admin: str) -> list[Mapping[str, Any]]:
    """Every provider with its places and routes.

    Raises:
        OperatorError: nobody answers there, or it is no gateway with an admin port.
    """
    status, body = await _ask("GET", f"{admin.rstrip('/')}/v1/vendors")
    try:
        if status == 200:
            return list(json.loads(body)["vendors"])
    except (ValueError, KeyError, TypeError):
        pass
    raise OperatorError(f"what answers at {admin} is no admin port of a gateway")


async def control(admin: str, route: str, action: str) -> None:
    """Act on a route.

    Raises:
        OperatorError: there is no such route, or nobody answers.
    """
    asked = json.dumps({"route": route, "action": action}).encode()
    status, body = await _ask("POST", f"{admin.rstrip('/')}/v1/routes", asked)
    if status == 404:
        raise OperatorError(f"no route named {route!r} has been used yet; `legato vendors` lists them")
    if status != 204:
        raise OperatorError(f"the gateway refused with {status}: {body.decode(errors='replace')[:200]}")


async def _ask(method: str, url: str, data: bytes | None = None) -> tuple[int, bytes]:
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, data=data) as answer,
        ):
            return answer.status, await answer.read()
    except aiohttp.ClientConnectorError as error:
        # The library's own words tell of its TLS settings, whatever the scheme.
        raise OperatorError(f"nobody answers at {url}: {error.os_error.strerror or error.os_error}") from None
    except TimeoutError:
        raise OperatorError(f"nobody answers at {url} within {_TIMEOUT_S:.0f} s") from None
    except (aiohttp.ClientError, ValueError) as error:
        raise OperatorError(f"nobody answers at {url}: {error}") from None
