import json

from legato.domain.speech import Route, Voice
from legato.faces.elevenlabs_lists import MODELS, models_json, voices_json, voices_page_json
from legato.ports import RequestHead, VoiceInfo

HEAD = RequestHead("GET", "/", {}, {})


class Two:
    def voices(self):
        route = (Route("local", "x"),)
        return (
            VoiceInfo(Voice("anna", ("en-GB", "cy"), route, description="Calm."), ready=True),
            VoiceInfo(Voice("bernd", ("de",), route), ready=False),
        )

    def formats(self):
        return ()

    def default_voice(self):
        return "anna"


def test_voices_have_what_clients_read():
    anna, bernd = json.loads(voices_json(Two(), HEAD))["voices"]
    assert (anna["voice_id"], anna["name"], anna["category"]) == ("anna", "anna", "premade")
    assert (anna["description"], bernd["description"]) == ("Calm.", None)
    assert [one["language"] for one in anna["verified_languages"]] == ["en-GB", "cy"]


def test_the_second_version_is_one_page():
    page = json.loads(voices_page_json(Two(), HEAD))
    assert page["voices"] == json.loads(voices_json(Two(), HEAD))["voices"]
    assert (page["has_more"], page["total_count"], page["next_page_token"]) == (False, 2, None)


def test_models_are_a_bare_list_that_speaks_every_language_there_is():
    models = json.loads(models_json(Two(), HEAD))
    assert [model["model_id"] for model in models] == list(MODELS)
    assert all(model["can_do_text_to_speech"] for model in models)
    assert [one["language_id"] for one in models[0]["languages"]] == ["cy", "de", "en-GB"]
