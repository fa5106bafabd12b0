"""How a log line is rendered: JSON for machines, text for people; of an exception only its kind and place."""

import json
import traceback
from pathlib import Path

import structlog
from structlog.typing import EventDict, Processor

_to_json = json.JSONEncoder(default=str).encode


def rendering(*, as_text: bool, colours: bool) -> Processor:
    """Return what renders an event as a line.

    Args:
        as_text: text for people, not JSON.
        colours: whether to colour the text.
    """
    if as_text:
        render = structlog.dev.ConsoleRenderer(colors=colours)
        return lambda logger, method, event: render(logger, method, _visible(event))
    return structlog.processors.JSONRenderer(lambda event, **_: _to_json(event))


def _visible(event: EventDict) -> EventDict:
    """Escape what a terminal would obey: an id is the client's own, and may hold anything."""
    return {name: _shown(value) if isinstance(value, str) else value for name, value in event.items()}


def _shown(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def name_exception(_: object, __: str, event: EventDict) -> EventDict:
    """Put an exception's kind and places into the line, but not its message, which may quote what a user wrote.

    What the operating system says about a file or an address is kept.
    """
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in _frames(error)]
        told = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
        event["exception"] = f"{type(error).__name__}{told} at {' > '.join(places) or 'no place'}"
    return event


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__, limit=-8)
