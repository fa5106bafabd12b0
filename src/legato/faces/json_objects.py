"""Messages and bodies of the dialects that write JSON objects."""

import json
from collections.abc import Mapping
from typing import Any

from legato.faces.errors import bad_frame


def read_object(frame: bytes | str, said: str = "expected") -> Mapping[str, Any]:
    """Parse a JSON object from a client.

    Args:
        frame: the JSON.
        said: how the error message begins.

    Raises:
        SpeechError: `bad_frame`: it is not Unicode, not JSON, or not an object.
    """
    try:
        found = json.loads(frame)
    except UnicodeDecodeError:
        # A shell on Windows sends its own code page: to such a user the body does look like JSON.
        raise bad_frame(f"{said} JSON in UTF-8") from None
    except (ValueError, RecursionError):
        raise bad_frame(f"{said} JSON") from None
    if not isinstance(found, dict):
        raise bad_frame(f"{said} a JSON object")
    return found
