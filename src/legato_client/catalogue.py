"""A gateway's voices and languages: one request each, outside of a conversation."""

import asyncio
import http.client
import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import grpc
import grpc.aio
from google.protobuf import json_format
from google.protobuf.message import Message

from legato.domain.errors import Reason, SpeechError
from legato.v1 import speech_pb2
from legato_client import plain_http
from legato_client.access import check_access
from legato_client.address import Address, Transport, parse_address
from legato_client.errors import refused_by_http
from legato_client.grpc_wire import SERVICE, call_metadata, open_channel, trouble_of

_TIMEOUT_S = 10.0
M = TypeVar("M", bound=Message)


async def list_voices(
    url: str, *, language: str = "", key: str = "", ca_pem: bytes | None = None
) -> speech_pb2.ListVoicesResponse:
    """The voices of the gateway at `url`, with the formats it offers.

    Args:
        url: as for `connect`.
        language: only voices that speak it; empty for all.
        key: API key; empty for none.
        ca_pem: certificates to trust, PEM; `None` for the system's.

    Raises:
        SpeechError: the gateway refuses.
        ConnectionLostError: it cannot be reached.
        ValueError: `url` is not a gateway address, or the key or the certificates are not usable.
    """
    address = parse_address(url)
    if address.transport is Transport.GRPC:
        request = speech_pb2.ListVoicesRequest(language=language)
        return await _call(
            address, key, ca_pem, "ListVoices", request, speech_pb2.ListVoicesResponse.FromString
        )
    query = f"?{urlencode({'language': language})}" if language else ""
    return await _get(address, key, ca_pem, f"/v1/voices{query}", speech_pb2.ListVoicesResponse())


async def list_languages(
    url: str, *, key: str = "", ca_pem: bytes | None = None
) -> speech_pb2.ListLanguagesResponse:
    """The languages that at least one voice of the gateway at `url` speaks. Arguments and errors as in `list_voices`."""
    address = parse_address(url)
    if address.transport is Transport.GRPC:
        request = speech_pb2.ListLanguagesRequest()
        read = speech_pb2.ListLanguagesResponse.FromString
        return await _call(address, key, ca_pem, "ListLanguages", request, read)
    return await _get(address, key, ca_pem, "/v1/languages", speech_pb2.ListLanguagesResponse())


async def get(url: str, path: str, *, key: str = "", ca_pem: bytes | None = None) -> tuple[int, bytes]:
    """One plain HTTP request to a gateway with an address in `ws://`, `wss://`, `http://` or `https://`.

    Returns:
        Status and body.

    Raises:
        ConnectionLostError: it cannot be reached.
        ValueError: `url` is not such an address.
    """
    address = parse_address(url)
    if address.transport is Transport.GRPC:
        raise ValueError(f"{url!r} speaks gRPC: expected an http:// or ws:// address")
    return await asyncio.to_thread(plain_http.request, address, key, ca_pem, path)


async def _call(
    address: Address,
    key: str,
    ca_pem: bytes | None,
    method: str,
    request: Message,
    read: Callable[[bytes], M],
) -> M:
    check_access(key, ca_pem)
    async with open_channel(address, ca_pem) as channel:
        ask: Any = channel.unary_unary(SERVICE + method, request_serializer=None, response_deserializer=None)
        try:
            answer = await ask(request.SerializeToString(), timeout=_TIMEOUT_S, metadata=call_metadata(key))
        except grpc.aio.AioRpcError as error:
            raise trouble_of(error, address) from None
    return read(answer)


async def _get(address: Address, key: str, ca_pem: bytes | None, path: str, into: M) -> M:
    status, body = await asyncio.to_thread(plain_http.request, address, key, ca_pem, path)
    if status != http.client.OK:
        raise refused_by_http(status, body)
    try:
        return json_format.ParseDict(_object(body), into, ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, RecursionError) as error:
        raise SpeechError(Reason.BAD_FRAME, f"expected JSON at {path}: {error}") from None


def _object(body: bytes) -> dict[str, Any]:
    """Read an object as JSON: of a list, too, a message would be made, an empty one."""
    told = json.loads(body)
    if not isinstance(told, dict):
        raise json_format.ParseError("it is no object")
    return told
