"""The engine process's log: one line per record, which its parent writes to the gateway's log.

Of an exception it gives the type and the places, never the message, which may quote the text to be spoken.
"""

import logging
import traceback
from pathlib import Path
from typing import TextIO

_FRAMES = 8


class Discreet(logging.Formatter):
    """Renders a record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Render the line."""
        # The event loop's own reports quote the arguments of callbacks.
        said = "exception on the loop" if record.name == "asyncio" else record.getMessage()
        return " ".join(filter(None, (record.levelname, record.name, said, _place(record))))


def write_to(stream: TextIO) -> None:
    """Send all logging of this process there, from level `warning` up; handlers that are already set stay."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Discreet())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _place(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return f"({type(error).__name__} at {' > '.join(places) or 'no place'})"
