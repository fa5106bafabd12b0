import json

from legato.domain.speech import Route, Voice
from legato.faces.openai_lists import MODELS, audio_models_json, audio_voices_json, model_json, models_json
from legato.ports import RequestHead, VoiceInfo


class Two:
    def voices(self):
        route = (Route("local", "x"),)
        return [VoiceInfo(Voice(name, ("en",), route), ready=True) for name in ("anna", "bernd")]

    def formats(self):
        return ()

    def default_voice(self):
        return "anna"


def told(page, path="/"):
    return json.loads(page(Two(), RequestHead("GET", path, {}, {})))


def test_the_list_of_models():
    listed = told(models_json)
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == list(MODELS)
    assert {"id", "object", "created", "owned_by"} == set(listed["data"][0])


def test_one_model_is_as_in_the_list_and_every_name_is_one():
    assert told(model_json, "/v1/models/tts-1") in told(models_json)["data"]
    assert told(model_json, "/v1/models/hexgrad%2FKokoro-82M")["id"] == "hexgrad/Kokoro-82M"


def test_what_programs_fill_their_choices_from():
    assert told(audio_voices_json) == {
        "voices": [{"id": "anna", "name": "anna"}, {"id": "bernd", "name": "bernd"}]
    }
    assert [model["id"] for model in told(audio_models_json)["models"]] == list(MODELS)
