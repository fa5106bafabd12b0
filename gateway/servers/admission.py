"""What a client brings to be let in: its key, its origin and the gateways it came through, however its wire carries them."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from multidict import MultiMapping

from gateway.servers.streams import Streams
from gateway.servers.tidied import tidied
from legato.domain import hops
from legato.domain.speech import Principal
from legato.faces.bearer import bearer_key
from legato.ports import RequestHead

KEY_SUBPROTOCOL = "legato.key."


def request_head(method: str, target: str, headers: MultiMapping[str]) -> RequestHead:
    """Return the head of an HTTP request.

    The path is the tidied one, repeated headers become one list, bytes that are not UTF-8 become replacement characters.
    """
    # Two slashes at the start would make the first part of the path a host.
    parts = urlsplit(f"/{target.lstrip('/')}" if target.startswith("/") else target)
    joined = {name.lower(): _whole(", ".join(headers.getall(name))) for name in headers}
    pairs = parse_qsl(parts.query)
    query = dict(pairs)
    repeated = _repeated(pairs) if len(query) < len(pairs) else {}
    return RequestHead(method, tidied(parts.path), query, joined, repeated)


def admit(streams: Streams, head: RequestHead) -> Principal:
    """Return who is asking.

    Raises:
        SpeechError: `unauthenticated` or `forbidden`.
    """
    return admit_as(streams, head, client_key(head))


def admit_as(streams: Streams, head: RequestHead, key: str) -> Principal:
    """Return who is asking, by the key that its dialect carries, and through which gateways.

    Raises:
        SpeechError: `unauthenticated`, or `forbidden`, also if the text has been through this gateway before.
    """
    principal = streams.reception.admit(key, head.headers.get("origin", ""))
    header = head.headers.get(hops.HEADER)
    return replace(principal, via=hops.passed(header, streams.name)) if header else principal


def client_key(head: RequestHead) -> str:
    """Return the key: a bearer token or, for browsers that cannot send one, the subprotocol `legato.key.<key>` or `?key=`."""
    if key := bearer_key(head):
        return key
    for name in head.headers.get("sec-websocket-protocol", "").split(","):
        if name.strip().startswith(KEY_SUBPROTOCOL):
            return name.strip().removeprefix(KEY_SUBPROTOCOL)
    return head.query.get("key", "")


def _repeated(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: several for name, several in values.items() if len(several) > 1}


def _whole(value: str) -> str:
    """Replace the lone surrogates that stand for bytes that are not UTF-8: no answer could quote them."""
    return value if value.isascii() else value.encode(errors="surrogateescape").decode(errors="replace")
