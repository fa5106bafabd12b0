"""ElevenLabs' lists: voices and models, as its clients read them."""

import json

from legato.ports import RequestHead, VoiceDirectory, VoiceInfo

MODELS = ("legato", "eleven_flash_v2_5", "eleven_turbo_v2_5", "eleven_multilingual_v2")
"""What the list says; every other name is taken as well."""
_MOST_CHARS = 50_000


def voices_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/voices`."""
    del head
    return json.dumps({"voices": _voices(directory)})


def voices_page_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v2/voices`: one page with all of them."""
    del head
    voices = _voices(directory)
    page = {"voices": voices, "has_more": False, "total_count": len(voices)}
    return json.dumps({**page, "next_page_token": None})  # nosec B105 a page's mark, no secret


def models_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/models`. Any model is taken: the voice decides, and so the languages are those of all voices."""
    del head
    tags = sorted({tag for info in directory.voices() for tag in info.voice.languages})
    languages = [{"language_id": tag, "name": tag} for tag in tags]
    return json.dumps([_model(name, languages) for name in MODELS])


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
        "description": "Speaks with the voice that is named.",
        "requires_alpha_access": False,
        "max_characters_request_free_user": _MOST_CHARS,
        "max_characters_request_subscribed_user": _MOST_CHARS,
        "maximum_text_length_per_request": _MOST_CHARS,
        "languages": languages,
    }


def _voices(directory: VoiceDirectory) -> list[dict[str, object]]:
    return [_voice(info) for info in directory.voices()]


def _voice(info: VoiceInfo) -> dict[str, object]:
    voice = info.voice
    languages = [{"language": tag, "model_id": MODELS[0]} for tag in voice.languages]
    return {
        "voice_id": voice.name,
        "name": voice.name,
        "category": "premade",
        "description": voice.description or None,
        "labels": {"language": voice.languages[0]},
        "preview_url": None,
        "settings": None,
        "available_for_tiers": [],
        "high_quality_base_model_ids": list(MODELS),
        "verified_languages": languages,
    }
