"""How error messages quote a client's own value: as JSON, cut to fit in a line."""

import json

_MOST = 60


def shown(value: object) -> str:
    """Return a quotation of a value from JSON or a query; for lists and objects, only what they are."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    told = json.dumps(value[:_MOST] if isinstance(value, str) else value)
    return told if len(told) <= _MOST + 2 else f"{told[:_MOST]}…"
