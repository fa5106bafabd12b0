"""One plain HTTP request to a gateway, by the same way as its WebSocket: through the proxy that the environment names, if any."""

import base64
import http.client
import ssl
from urllib.parse import quote

from websockets.exceptions import InvalidProxy, InvalidURI
from websockets.proxy import Proxy, get_proxy, parse_proxy
from websockets.uri import parse_uri

from legato_client.access import authorization, check_access
from legato_client.address import Address
from legato_client.errors import ConnectionLostError, cause

_TIMEOUT_S = 10.0
_PATH_SAFE = "/%:@!$&'()*+,;="
_MAX_BODY_BYTES = 8_388_608


def request(address: Address, key: str, ca_pem: bytes | None, path: str) -> tuple[int, bytes]:
    """Send a GET request and wait for the response.

    Args:
        address: the gateway's address.
        key: API key; empty for none.
        ca_pem: certificates to trust, PEM; `None` for the system's.
        path: path below the address's base, with its query.

    Returns:
        Status and body.

    Raises:
        ConnectionLostError: it cannot be reached.
        TypeError, ValueError: the key or the certificates are not usable.
    """
    check_access(key, ca_pem)
    connection = _connection(address, ca_pem, _proxy(address))
    try:
        connection.request(
            "GET", quote(address.base_path, safe=_PATH_SAFE) + path, headers=authorization(key)
        )
        response = connection.getresponse()
        return response.status, response.read(_MAX_BODY_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionLostError(f"cannot connect to {address.authority}: {cause(error)}") from None
    finally:
        connection.close()


def _connection(address: Address, ca_pem: bytes | None, proxy: Proxy | None) -> http.client.HTTPConnection:
    host, port = (proxy.host, proxy.port) if proxy else (address.host, address.port)
    connection: http.client.HTTPConnection
    if address.secure:
        trust = ssl.create_default_context(cadata=ca_pem.decode() if ca_pem else None)
        connection = http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=trust)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    if proxy:
        connection.set_tunnel(address.host, address.port, headers=_credentials(proxy))
    return connection


def _proxy(address: Address) -> Proxy | None:
    if address.is_loopback:
        return None
    try:
        named = get_proxy(parse_uri(address.stream_url))
        proxy = parse_proxy(named) if named else None
    except (InvalidProxy, InvalidURI, ValueError):  # not quoted: a proxy may have a password
        raise _unusable(address, "cannot be used") from None
    if proxy and proxy.scheme != "http":
        raise _unusable(address, f"cannot be used for this: expected http://, got {proxy.scheme}://")
    return proxy


def _unusable(address: Address, why: str) -> ConnectionLostError:
    return ConnectionLostError(
        f"cannot connect to {address.authority}: the proxy from the environment {why}", may_retry=False
    )


def _credentials(proxy: Proxy) -> dict[str, str]:
    if proxy.user_info is None:
        return {}
    told = base64.b64encode(":".join(proxy.user_info).encode()).decode()
    return {"Proxy-Authorization": f"Basic {told}"}
