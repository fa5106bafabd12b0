"""A short cut for the two messages that every utterance consists of, as clients usually write them.

Every other message is left to `native_json`, which follows the descriptors and names what is wrong.
"""

import re
from typing import Any, TypeGuard

from legato.domain.events import End, Text
from legato.faces.native_requests import MAX_ID_CHARS

_ID = rf'"utteranceId": ?"([^"\\\x00-\x1f]{{1,{MAX_ID_CHARS}}})"'
_TEXT = re.compile(rf'{{"text": ?{{{_ID}, ?"text": ?"([^"\\\x00-\x1f]*)"}}}}').fullmatch
_END = re.compile(rf'{{"end": ?{{{_ID}}}}}').fullmatch


def brief_frame(frame: str) -> Text | End | None:
    """Return the event of a frame that is written as JSON encoders write it, with nothing escaped in its strings; else `None`."""
    if found := _TEXT(frame):
        name, text = found.groups()
        return Text(name, text) if _is_unicode(frame) else None
    if found := _END(frame):
        return End(found.group(1)) if _is_unicode(frame) else None
    return None


def brief_event(value: object) -> Text | End | None:
    """Return the event of a decoded `{"text": {"utteranceId": …, "text": …}}` or `{"end": {"utteranceId": …}}`; else `None`."""
    if type(value) is not dict or len(value) != 1:
        return None
    part = value.get("text")
    if part is None:
        part = value.get("end")
        return End(part["utteranceId"]) if _is_part(part, 1) else None
    if not _is_part(part, 2):
        return None
    text = part.get("text")
    return Text(part["utteranceId"], text) if type(text) is str and _is_unicode(text) else None


def _is_part(part: object, fields: int) -> TypeGuard[dict[str, Any]]:
    """Whether this is an object with this many fields, one of them a valid utterance id."""
    if type(part) is not dict or len(part) != fields:
        return False
    name = part.get("utteranceId")
    return type(name) is str and 0 < len(name) <= MAX_ID_CHARS and _is_unicode(name)


def _is_unicode(text: str) -> bool:
    """Whether the text is free of halves of surrogate pairs, which JSON can carry."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
