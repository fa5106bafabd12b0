import json
from uuid import UUID

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Route, Voice
from legato.faces.deepgram_models import model_json, models_json
from legato.ports import RequestHead, VoiceInfo


class One:
    def voices(self):
        return (VoiceInfo(Voice("anna", ("en-GB", "cy"), (Route("local", "x"),)), ready=True),)

    def formats(self):
        return ()

    def default_voice(self):
        return "anna"


def test_every_voice_is_a_model_with_an_id_that_stays():
    head = RequestHead("GET", "/v1/models", {}, {})
    listed = json.loads(models_json(One(), head))
    assert listed["stt"] == []
    (model,) = listed["tts"]
    assert (model["name"], model["canonical_name"], model["languages"]) == ("anna", "anna", ["en-GB", "cy"])
    assert str(UUID(model["uuid"])) == model["uuid"]
    assert set(model) == {
        "name",
        "canonical_name",
        "architecture",
        "languages",
        "version",
        "uuid",
        "metadata",
    }
    assert {"accent", "age", "color", "image", "sample", "tags", "use_cases"} == set(model["metadata"])
    assert listed == json.loads(models_json(One(), head))


def test_one_model_by_its_id_or_its_name():
    def found(name):
        return json.loads(model_json(One(), RequestHead("GET", f"/v1/models/{name}", {}, {})))

    (model,) = json.loads(models_json(One(), RequestHead("GET", "/v1/models", {}, {})))["tts"]
    assert found("anna") == found(model["uuid"]) == model
    with pytest.raises(SpeechError, match="'zoe'; the models are anna") as refused:
        found("zoe")
    assert refused.value.reason is Reason.UNKNOWN_VOICE
