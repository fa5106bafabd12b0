"""ElevenLabs' lists: voices and models, as its clients read them.

Rules:
- Without a `page_size` the first page has all of the voices, as the vendor's first page has all of its default ones.
- `search`, `language`, `category`, `voice_ids` and `sort` by name are applied; other filters are about what this catalogue does not know.
- The settings of a voice are those that hold when a request brings none: its own speed. The others are null, since they have no effect.
  They come with a voice that is asked for by name.
- One of the vendor's own ids that the catalogue lacks can be spoken with, so it can be looked up: it is the default voice.
"""

import json
from collections.abc import Sequence
from urllib.parse import unquote

from legato.domain.languages import in_range, language_tag
from legato.faces.elevenlabs_requests import voice_named
from legato.faces.errors import bad_frame
from legato.faces.numbers import whole_number
from legato.ports import RequestHead, VoiceDirectory, VoiceInfo

MODELS = ("legato", "eleven_flash_v2_5", "eleven_turbo_v2_5", "eleven_multilingual_v2")
"""What the list contains; every other name is accepted as well."""
_MOST_CHARS = 20_000
"""What the gateway accepts in one request unless it is configured otherwise."""
_CATEGORY = "premade"
_LARGEST_PAGE = 100
_WITHOUT_EFFECT = ("stability", "use_speaker_boost", "similarity_boost", "style")
_SETTINGS = {**dict.fromkeys(_WITHOUT_EFFECT), "speed": 1.0}


def voices_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/voices`: all of them."""
    del head
    return json.dumps({"voices": [_voice(info) for info in directory.voices()]})


def voices_page_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v2/voices`: the voices that match, page by page; a page's token is the name of its last voice.

    Raises:
        SpeechError: `bad_frame`.
    """
    found = _sorted([info for info in directory.voices() if _is_wanted(info, head)], head)
    start = _start(found, head.query.get("next_page_token", ""))
    size = _page_size(head.query.get("page_size", ""), len(found))
    page, rest = found[start : start + size], found[start + size :]
    token = page[-1].voice.name if rest else None
    voices = [_voice(info) for info in page]
    told = {"voices": voices, "has_more": bool(rest), "total_count": len(found), "next_page_token": token}
    return json.dumps(told)


def voice_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/voices/{voice_id}`.

    Raises:
        SpeechError: `unknown_voice`.
    """
    asked = unquote(head.path.rpartition("/")[2])
    voices = {info.voice.name: info for info in directory.voices()}
    name = voice_named(asked, voices) or directory.default_voice()
    return json.dumps({**_voice(voices[name]), "voice_id": asked, "settings": _SETTINGS})


def voice_settings_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/voices/{voice_id}/settings`.

    Raises:
        SpeechError: `unknown_voice`.
    """
    voice_named(unquote(head.path.split("/")[-2]), {info.voice.name for info in directory.voices()})
    return json.dumps(_SETTINGS)


def default_settings_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/voices/settings/default`."""
    del directory, head
    return json.dumps(_SETTINGS)


def models_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/models`. Any model is accepted: the voice decides, so the languages are those of all voices."""
    del head
    tags = sorted({tag for info in directory.voices() for tag in info.voice.languages})
    languages = [{"language_id": tag, "name": tag} for tag in tags]
    return json.dumps([_model(name, languages) for name in MODELS])


def _is_wanted(info: VoiceInfo, head: RequestHead) -> bool:
    voice, query = info.voice, head.query
    words = " ".join((voice.name, voice.description, voice.languages[0], _CATEGORY)).lower()
    language = language_tag(query.get("language", ""))
    wanted = head.asked("voice_ids")
    return (
        (not wanted or voice.name in wanted)
        and query.get("search", "").strip().lower() in words
        and (not language or any(in_range(tag, language) for tag in voice.languages))
        and query.get("category", "") in {"", _CATEGORY}
    )


def _sorted(found: list[VoiceInfo], head: RequestHead) -> list[VoiceInfo]:
    if head.query.get("sort") != "name":
        return found
    is_falling = head.query.get("sort_direction") == "desc"
    return sorted(found, key=lambda info: info.voice.name.lower(), reverse=is_falling)


def _start(found: Sequence[VoiceInfo], token: str) -> int:
    if not token:
        return 0
    names = [info.voice.name for info in found]
    if token not in names:
        raise bad_frame("next_page_token must be that of the previous page, requested with the same filters")
    return names.index(token) + 1


def _page_size(asked: str, usual: int) -> int:
    if not asked:
        return usual
    size = whole_number(asked)
    if not 1 <= size <= _LARGEST_PAGE:
        raise bad_frame(f"page_size must be a whole number from 1 to {_LARGEST_PAGE}")
    return int(size)


def _model(name: str, languages: list[dict[str, str]]) -> dict[str, object]:
    return {
        "model_id": name,
        "name": name,
        "can_be_finetuned": False,
        "can_do_text_to_speech": True,
        "can_do_voice_conversion": False,
        "can_use_style": False,
        "can_use_speaker_boost": False,
        "serves_pro_voices": False,
        "token_cost_factor": 1.0,  # nosec B105 a price
        "description": "Speaks with the named voice.",
        "requires_alpha_access": False,
        "max_characters_request_free_user": _MOST_CHARS,
        "max_characters_request_subscribed_user": _MOST_CHARS,
        "maximum_text_length_per_request": _MOST_CHARS,
        "languages": languages,
    }


def _voice(info: VoiceInfo) -> dict[str, object]:
    voice = info.voice
    languages = [{"language": tag, "model_id": MODELS[0]} for tag in voice.languages]
    return {
        "voice_id": voice.name,
        "name": voice.name,
        "category": _CATEGORY,
        "description": voice.description or None,
        "labels": {"language": voice.languages[0]},
        "preview_url": None,
        "settings": None,
        "available_for_tiers": [],
        "high_quality_base_model_ids": list(MODELS),
        "verified_languages": languages,
    }
