import json

from legato.domain.speech import Route, Voice
from legato.faces.deepgram_models import models_json
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
    assert {"accent", "age", "color", "image", "sample", "tags", "use_cases"} == set(model["metadata"])
    assert listed == json.loads(models_json(One(), head))
