"""The format of the metrics for a scraper: whichever of the two it prefers. A parent of workers gets a third one.

An `Accept` header that makes no sense is answered in the plain format, like a missing one: it is no fault of ours.
"""

from collections.abc import Callable
from typing import Any

from prometheus_client.exposition import choose_encoder

from gateway.telemetry.packed import PACKED, pack

_OPENMETRICS = "application/openmetrics-text"
_VERSIONS = frozenset({"", "1.0.0"})
_PLAIN = frozenset({"text/plain", "text/*", "*/*"})


def encoder(accept: str) -> tuple[Callable[[Any], bytes], str]:
    """Return the encoder for a registry, and its content type.

    Args:
        accept: the scraper's header; empty for none.
    """
    if accept == PACKED:
        return pack, PACKED
    exact = plain = 0.0
    for part in accept.split(","):
        kind, _, rest = part.partition(";")
        kind = kind.strip().lower()
        told = dict(_parameter(each) for each in rest.split(";"))
        liking = _number(told.get("q", "1"))
        if kind == _OPENMETRICS and told.get("version", "") in _VERSIONS:
            exact = max(exact, liking)
        elif kind in _PLAIN:
            plain = max(plain, liking)
    chosen: tuple[Callable[[Any], bytes], str] = choose_encoder(_OPENMETRICS if 0 < exact >= plain else "")
    return chosen


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip().strip('"')


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
