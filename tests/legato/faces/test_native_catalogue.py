import json

from legato.domain.audio import OFFERED
from legato.domain.speech import Route, Voice
from legato.faces.native_catalogue import languages_json, list_languages, list_voices, voices_json
from legato.ports import VoiceInfo


class Directory:
    def voices(self):
        route = (Route("p", "v"),)
        return (
            VoiceInfo(Voice("anna", ("en-GB", "cy"), route, description="Calm."), ready=True),
            VoiceInfo(Voice("bernd", ("de",), route), ready=False),
            VoiceInfo(Voice("carys", ("cy",), route), ready=True),
        )

    def formats(self):
        return OFFERED

    def default_voice(self):
        return "anna"


def names(language):
    return [voice.name for voice in list_voices(Directory(), language).voices]


def test_voices_are_told_in_their_order_with_the_formats_on_offer():
    told = list_voices(Directory())
    assert [(one.name, list(one.languages), one.ready) for one in told.voices] == [
        ("anna", ["en-GB", "cy"], True),
        ("bernd", ["de"], False),
        ("carys", ["cy"], True),
    ]
    assert told.default_voice == "anna"
    assert len(told.formats) == len(OFFERED)
    assert told.voices[0].description == "Calm."


def test_voices_are_found_by_their_tag_or_its_language():
    assert names("en-gb") == ["anna"]
    assert names("en_GB") == ["anna"]
    assert names("en") == ["anna"]
    assert names("cy") == ["anna", "carys"]
    assert names("en-US") == []


def test_languages_are_sorted_with_their_speakers():
    told = list_languages(Directory())
    assert [(one.tag, list(one.voices)) for one in told.languages] == [
        ("cy", ["anna", "carys"]),
        ("de", ["bernd"]),
        ("en-GB", ["anna"]),
    ]


def test_the_pages_are_the_same_as_json():
    assert json.loads(voices_json(Directory(), "de"))["voices"][0]["name"] == "bernd"
    assert json.loads(voices_json(Directory()))["defaultVoice"] == "anna"
    assert json.loads(languages_json(Directory()))["languages"][0]["tag"] == "cy"
