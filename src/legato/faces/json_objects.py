"""Messages and bodies of the dialects that write JSON objects."""

import json
from collections.abc import Mapping
from typing import Any

from legato.domain.errors import Reason, SpeechError


def read_object(frame: bytes | str, said: str = "expected") -> Mapping[str, Any]:
    """What a client wrote.

    Args:
        frame: the JSON.
        said: how the complaint begins.

    Raises:
        SpeechError: `bad_frame`, it is no JSON, or no object.
    """
    try:
        found = json.loads(frame)
    except (ValueError, RecursionError):
        raise SpeechError(Reason.BAD_FRAME, f"{said} JSON") from None
    if not isinstance(found, dict):
        raise SpeechError(Reason.BAD_FRAME, f"{said} a JSON object")
    return found
