"""Cartesia's lists: the voices of the catalogue page by page, and one of them; and its status.

Rules:
- A page after the last voice is empty: the vendor's client asks until it sees one. An older one asks while there is a `next_page`.
- One of the vendor's own ids that the catalogue lacks can be spoken with, so it can be looked up: it is the default voice.
- `q` and `limit` are applied; other filters are about what this catalogue does not know, and are ignored.
"""

import json
from collections.abc import Sequence
from urllib.parse import unquote

from legato.domain.languages import primary_subtag
from legato.faces.cartesia_requests import NEWEST, voice_of
from legato.faces.errors import bad_frame
from legato.faces.numbers import whole_number
from legato.faces.shown import shown
from legato.ports import RequestHead, VoiceDirectory, VoiceInfo

_USUAL_LIMIT, _MAX_LIMIT = 10, 100
_CREATED = "1970-01-01T00:00:00Z"
"""When a voice was made is not known; the vendor's client requires a time."""


def voices_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /voices`.

    Raises:
        SpeechError: `bad_frame`.
    """
    wanted = head.query.get("q", "").lower()
    found = [info for info in directory.voices() if _matches(info, wanted)]
    page, is_last = _page(found, head)
    following = None if is_last else page[-1].voice.name
    return json.dumps(
        {"data": [_voice(info) for info in page], "has_more": not is_last, "next_page": following}
    )


def voice_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /voices/{id}`.

    Raises:
        SpeechError: `unknown_voice`.
    """
    asked = unquote(head.path.rpartition("/")[2])
    voices = {info.voice.name: info for info in directory.voices()}
    name = voice_of(asked, voices) or directory.default_voice()
    return json.dumps({**_voice(voices[name]), "id": asked})


def status_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /`, by which the vendor's clients see that it is there; the version is the newest that is spoken here."""
    del directory, head
    return json.dumps({"ok": True, "version": NEWEST})


def _matches(info: VoiceInfo, wanted: str) -> bool:
    return wanted in info.voice.name.lower() or wanted in info.voice.description.lower()


def _page(found: Sequence[VoiceInfo], head: RequestHead) -> tuple[Sequence[VoiceInfo], bool]:
    limit = _limit(head.query.get("limit", ""))
    names = [info.voice.name for info in found]
    if before := head.query.get("ending_before"):
        end = names.index(before) if before in names else 0
        start = max(0, end - limit)
        return found[start:end], start == 0
    after = head.query.get("starting_after")
    start = 0
    if after:
        start = names.index(after) + 1 if after in names else len(names)
    return found[start : start + limit], start + limit >= len(found)


def _limit(asked: str) -> int:
    if not asked:
        return _USUAL_LIMIT
    limit = whole_number(asked)
    if not 1 <= limit <= _MAX_LIMIT:
        raise bad_frame(f"limit must be a whole number from 1 to {_MAX_LIMIT}; got {shown(asked)}")
    return int(limit)


def _voice(info: VoiceInfo) -> dict[str, object]:
    voice = info.voice
    return {
        "id": voice.name,
        "name": voice.name,
        "tagline": "",
        "description": voice.description,
        "language": primary_subtag(voice.languages[0]),
        "locales": [{"locale": tag, "is_native": number == 0} for number, tag in enumerate(voice.languages)],
        "is_owner": False,
        "is_public": True,
        "access": "public",
        "visibility": "all",
        "gender": None,
        "created_at": _CREATED,
    }
