"""Deepgram's list of models: every voice of the catalogue is one."""

import json
import uuid

from legato.ports import RequestHead, VoiceDirectory, VoiceInfo


def models_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/models`."""
    del head
    return json.dumps({"stt": [], "tts": [_model(info) for info in directory.voices()]})


def _model(info: VoiceInfo) -> dict[str, object]:
    voice = info.voice
    return {
        "name": voice.name,
        "canonical_name": voice.name,
        "architecture": "legato",
        "languages": list(voice.languages),
        "version": "1",
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, voice.name)),
        "metadata": {
            "accent": "",
            "age": "",
            "color": "",
            "image": "",
            "sample": "",
            "tags": [],
            "use_cases": [],
        },
    }
