"""The two messages that every utterance is made of, as clients write them: understood from their JSON at once.

Whatever else a message holds, or lacks, is left to its descriptors (`native_json`), which name what is wrong with it.
"""

import re
from typing import Any, TypeGuard

from legato.domain.events import End, Text
from legato.faces.native_requests import MAX_ID_CHARS

_ID = rf'"utteranceId": ?"([^"\\\x00-\x1f]{{1,{MAX_ID_CHARS}}})"'
_TEXT = re.compile(rf'{{"text": ?{{{_ID}, ?"text": ?"([^"\\\x00-\x1f]*)"}}}}').fullmatch
_END = re.compile(rf'{{"end": ?{{{_ID}}}}}').fullmatch


def brief_frame(frame: str) -> Text | End | None:
    """A frame as its event where it is written as encoders of JSON write it, and nothing in its strings is escaped; `None` for all else."""
    if found := _TEXT(frame):
        name, text = found.groups()
        return Text(name, text) if _is_unicode(frame) else None
    if found := _END(frame):
        return End(found.group(1)) if _is_unicode(frame) else None
    return None


def brief_event(value: object) -> Text | End | None:
    """`{"text": {"utteranceId": …, "text": …}}` or `{"end": {"utteranceId": …}}`, decoded, as its event; `None` for all else."""
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
    """A message of so many fields, one of them an id that may be one."""
    if type(part) is not dict or len(part) != fields:
        return False
    name = part.get("utteranceId")
    return type(name) is str and 0 < len(name) <= MAX_ID_CHARS and _is_unicode(name)


def _is_unicode(text: str) -> bool:
    """No half of a surrogate pair is in it, which JSON can write."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
