"""Which web origins may connect: one rule for streams and for plain HTTP."""

from collections.abc import Collection
from urllib.parse import urlsplit


def allows(origins: Collection[str], origin: str) -> bool:
    """Whether a browser's Origin is allowed. In the list a port of `*` matches any port, and `*` alone matches everything."""
    if "*" in origins or origin in origins:
        return True
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
    except ValueError:
        return False
    written = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{written}:*" in origins
