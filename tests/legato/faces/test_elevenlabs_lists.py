import json

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Route, Voice
from legato.faces.elevenlabs_lists import (
    MODELS,
    default_settings_json,
    models_json,
    voice_json,
    voice_settings_json,
    voices_json,
    voices_page_json,
)
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


def test_a_voice_and_a_model_have_every_field_that_the_vendors_client_reads():
    _, bernd = json.loads(voices_json(Two(), HEAD))["voices"]
    assert bernd == {
        "voice_id": "bernd",
        "name": "bernd",
        "category": "premade",
        "description": None,
        "labels": {"language": "de"},
        "preview_url": None,
        "settings": None,
        "available_for_tiers": [],
        "high_quality_base_model_ids": list(MODELS),
        "verified_languages": [{"language": "de", "model_id": MODELS[0]}],
    }
    model = json.loads(models_json(Two(), HEAD))[0]
    most = model["maximum_text_length_per_request"]
    assert model == {
        "model_id": MODELS[0],
        "name": MODELS[0],
        "can_be_finetuned": False,
        "can_do_text_to_speech": True,
        "can_do_voice_conversion": False,
        "can_use_style": False,
        "can_use_speaker_boost": False,
        "serves_pro_voices": False,
        "token_cost_factor": 1.0,
        "description": "Speaks with the named voice.",
        "requires_alpha_access": False,
        "max_characters_request_free_user": most,
        "max_characters_request_subscribed_user": most,
        "maximum_text_length_per_request": most,
        "languages": [{"language_id": tag, "name": tag} for tag in ("cy", "de", "en-GB")],
    }


def page_of(**query):
    return json.loads(voices_page_json(Two(), RequestHead("GET", "/v2/voices", query, {})))


def names(**query):
    return [voice["voice_id"] for voice in page_of(**query)["voices"]]


def test_the_second_version_is_one_page_where_no_size_is_asked_for():
    page = page_of()
    assert page["voices"] == json.loads(voices_json(Two(), HEAD))["voices"]
    assert (page["has_more"], page["total_count"], page["next_page_token"]) == (False, 2, None)


def test_a_client_that_asks_for_the_next_page_sees_every_voice_once():
    first = page_of(page_size="1")
    assert (first["has_more"], first["total_count"]) == (True, 2)
    assert len(page_of(page_size="100")["voices"]) == first["total_count"], (
        "the largest that may be asked for"
    )
    second = page_of(page_size="1", next_page_token=first["next_page_token"])
    assert [page["voices"][0]["voice_id"] for page in (first, second)] == ["anna", "bernd"]
    assert (second["has_more"], second["next_page_token"]) == (False, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "BERN"}, ["bernd"]),
        ({"search": "calm"}, ["anna"]),
        ({"search": "premade"}, ["anna", "bernd"]),
        ({"search": "zoe"}, []),
        ({"language": "en"}, ["anna"]),
        ({"language": "CY"}, ["anna"]),
        ({"language": "en_GB"}, ["anna"]),
        ({"category": "cloned"}, []),
        ({"category": "premade", "voice_type": "default", "gender": "male"}, ["anna", "bernd"]),
        ({"sort": "name", "sort_direction": "desc"}, ["bernd", "anna"]),
        ({"sort": "name"}, ["anna", "bernd"]),
        ({"sort": "created_at_unix", "sort_direction": "desc"}, ["anna", "bernd"]),
    ],
)
def test_voices_are_looked_for(query, found):
    assert names(**query) == found
    assert page_of(**query)["total_count"] == len(found)


@pytest.mark.parametrize(
    "query",
    [{"page_size": size} for size in ("0", "101", "-1", "ten", "²", "9" * 30, "0" * 8 + "1000", "0" * 5_000)]
    + [{"next_page_token": "x"}],
)
def test_a_page_that_there_cannot_be_is_refused_by_name(query):
    with pytest.raises(SpeechError, match=f"^{next(iter(query))} must be") as refused:
        page_of(**query)
    assert refused.value.reason is Reason.BAD_FRAME


def test_one_voice_by_its_name_and_the_default_one_by_an_id_of_the_vendors():
    def found(path):
        return json.loads(voice_json(Two(), RequestHead("GET", path, {}, {})))

    settings = default_settings_json(Two(), HEAD)
    anna, bernd = (
        {**voice, "settings": json.loads(settings)}
        for voice in json.loads(voices_json(Two(), HEAD))["voices"]
    )
    assert (found("/v1/voices/anna"), found("/v1/voices/bernd")) == (anna, bernd)
    assert found("/v1/voices/21m00Tcm4TlvDq8ikWAM") == {**anna, "voice_id": "21m00Tcm4TlvDq8ikWAM"}
    with pytest.raises(SpeechError, match="'zoe'; the voices are anna, bernd") as refused:
        found("/v1/voices/zoe")
    assert refused.value.reason is Reason.UNKNOWN_VOICE


def test_the_default_settings_are_those_of_every_voice():
    head = RequestHead("GET", "/v1/voices/anna/settings", {}, {})
    assert default_settings_json(Two(), HEAD) == voice_settings_json(Two(), head)


@pytest.mark.parametrize("voice", ["anna", "21m00Tcm4TlvDq8ikWAM"])
def test_the_settings_of_a_voice_are_its_own_speed_and_nothing_that_has_no_effect(voice):
    settings = json.loads(
        voice_settings_json(Two(), RequestHead("GET", f"/v1/voices/{voice}/settings", {}, {}))
    )
    assert settings.pop("speed") == 1.0
    assert settings == {
        "stability": None,
        "use_speaker_boost": None,
        "similarity_boost": None,
        "style": None,
    }


def test_the_settings_of_a_voice_that_there_is_not_are_refused_by_name():
    with pytest.raises(SpeechError, match="'zoe'; the voices are anna, bernd"):
        voice_settings_json(Two(), RequestHead("GET", "/v1/voices/zoe/settings", {}, {}))


def test_models_are_a_bare_list_that_speaks_every_language_there_is():
    models = json.loads(models_json(Two(), HEAD))
    assert [model["model_id"] for model in models] == list(MODELS)
    assert all(model["can_do_text_to_speech"] for model in models)
    assert [one["language_id"] for one in models[0]["languages"]] == ["cy", "de", "en-GB"]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (RequestHead("GET", "/v2/voices", {"voice_ids": "bernd"}, {}), ["bernd"]),
        (RequestHead("GET", "/v2/voices", {"voice_ids": "zoe"}, {}), []),
        (
            RequestHead(
                "GET", "/v2/voices", {"voice_ids": "zoe"}, {}, {"voice_ids": ["anna", "bernd", "zoe"]}
            ),
            ["anna", "bernd"],
        ),
    ],
)
def test_voices_are_found_by_all_of_the_ids_that_are_asked_for(head, found):
    assert [one["voice_id"] for one in json.loads(voices_page_json(Two(), head))["voices"]] == found
