"""What the engine process says of itself, a line at a time, for its parent to write down.

Of an exception it tells the kind and the places, and never what it says: that may quote what is to be spoken.
"""

import logging
import traceback
from pathlib import Path
from typing import TextIO

_FRAMES = 8


class Discreet(logging.Formatter):
    """Renders a record in one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        # The loop's own reports quote what a callback was called with.
        said = "exception on the loop" if record.name == "asyncio" else record.getMessage()
        return " ".join(filter(None, (record.levelname, record.name, said, _place(record))))


def write_to(stream: TextIO) -> None:
    """From now on all logging of this process goes there, from `warning` on; where handlers were set before, these stay."""
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
