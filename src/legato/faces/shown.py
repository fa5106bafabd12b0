"""What a client gave, as it is told back to it: as JSON has it, and never more than fits in a line."""

import json

_MOST = 60


def shown(value: object) -> str:
    """A value that came as JSON or in a query; of lists and objects only what they are."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    told = json.dumps(value[:_MOST] if isinstance(value, str) else value)
    return told if len(told) <= _MOST + 2 else f"{told[:_MOST]}…"
