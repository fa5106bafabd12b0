"""OpenAI's list of models, and the two lists that programs request from servers that are compatible with OpenAI.

Rules:
- Any model is accepted: the voice decides. So a model of any name can be looked up, and is found.
- `/v1/audio/voices` and `/v1/audio/models` are not pages of the vendor: Open WebUI and others fill their menus from them.
"""

import json
from urllib.parse import unquote

from legato.ports import RequestHead, VoiceDirectory

MODELS = ("legato", "gpt-4o-mini-tts", "tts-1", "tts-1-hd")
"""What the lists contain; every other name is accepted as well."""


def models_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/models`. Clients check a model's name against it; the owner names the default voice."""
    del head
    return json.dumps({"object": "list", "data": [_model(name, directory) for name in MODELS]})


def model_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/models/{model}`."""
    return json.dumps(_model(unquote(head.path.rpartition("/")[2]), directory))


def audio_models_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/audio/models`."""
    del directory, head
    return json.dumps({"models": [{"id": name, "name": name} for name in MODELS]})


def audio_voices_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/audio/voices`: every voice, by the name that `voice` takes."""
    del head
    names = [info.voice.name for info in directory.voices()]
    return json.dumps({"voices": [{"id": name, "name": name} for name in names]})


def _model(name: str, directory: VoiceDirectory) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 0, "owned_by": f"legato:{directory.default_voice()}"}
