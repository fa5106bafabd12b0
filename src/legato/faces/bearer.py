"""The key in `Authorization: Bearer KEY`, where most clients put it."""

from legato.ports import RequestHead


def bearer_key(head: RequestHead) -> str:
    """Return the bearer key of a request or of a call's metadata; empty for none."""
    scheme, _, key = head.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
