"""Deepgram's list of models: every voice of the catalogue is one."""

import hashlib
import json
from urllib.parse import unquote

from legato.domain.errors import Reason, SpeechError, listed
from legato.ports import RequestHead, VoiceDirectory, VoiceInfo


def models_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/models`."""
    del head
    return json.dumps({"stt": [], "tts": [_model(info) for info in directory.voices()]})


def model_json(directory: VoiceDirectory, head: RequestHead) -> str:
    """`GET /v1/models/{model_id}`: by its id in the list, or by its name.

    Raises:
        SpeechError: `unknown_voice`.
    """
    asked = unquote(head.path.rpartition("/")[2])
    models = [_model(info) for info in directory.voices()]
    for model in models:
        if asked in {model["uuid"], model["name"]}:
            return json.dumps(model)
    names = listed(str(model["name"]) for model in models)
    raise SpeechError(Reason.UNKNOWN_VOICE, f"there is no model {asked[:80]!r}; the models are {names}")


def _model(info: VoiceInfo) -> dict[str, object]:
    voice = info.voice
    return {
        "name": voice.name,
        "canonical_name": voice.name,
        "architecture": "legato",
        "languages": list(voice.languages),
        "version": "1",
        "uuid": model_uuid(voice.name),
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


def model_uuid(name: str) -> str:
    """Return the id of a model, in the shape of a UUID: always the same for a name."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
