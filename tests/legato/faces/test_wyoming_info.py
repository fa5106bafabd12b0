import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Route, Voice
from legato.faces.wyoming_info import info, voice_for
from legato.ports import VoiceInfo


class Directory:
    def voices(self):
        route = (Route("p", "v"),)
        return (
            VoiceInfo(Voice("anna", ("en-GB", "cy"), route, description="Calm."), ready=True),
            VoiceInfo(Voice("bernd", ("de",), route), ready=False),
            VoiceInfo(Voice("doris", ("de-AT",), route), ready=True),
            VoiceInfo(Voice("carys", ("cy",), route), ready=True),
        )

    def names(self):
        return [info.voice.name for info in self.voices()]

    def formats(self):
        return ()

    def default_voice(self):
        return "anna"


def test_the_voices_are_told_as_one_program_that_takes_streams():
    told = info(Directory())
    (program,) = told["tts"]
    assert program["supports_synthesize_streaming"] is True
    assert [(v["name"], v["languages"], v["installed"]) for v in program["voices"]][:2] == [
        ("anna", ["en-GB", "cy"], True),
        ("bernd", ["de"], False),
    ]
    for artifact in (program, *program["voices"]):
        assert {"name", "attribution", "installed", "description", "version"} <= set(artifact)
    assert told["asr"] == told["wake"] == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, ("", "")),
        ({}, ("", "")),
        ({"name": None, "language": None}, ("", "")),
        ({"name": "bernd", "speaker": "x"}, ("bernd", "")),
        ({"language": "cy"}, ("anna", "cy")),
        ({"language": "de_DE"}, ("doris", "de-DE")),
    ],
)
def test_a_voice_is_meant_by_name_or_by_language(asked, found):
    assert voice_for(Directory(), asked) == found


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"name": "nobody"}, Reason.UNKNOWN_VOICE),
        ({"language": "ja"}, Reason.UNKNOWN_VOICE),
        ("anna", Reason.BAD_FRAME),
    ],
)
def test_what_is_not_there_is_refused(asked, reason):
    with pytest.raises(SpeechError) as refused:
        voice_for(Directory(), asked)
    assert refused.value.reason is reason


def test_other_names_may_be_known_than_those_that_are_told():
    assert voice_for(Directory(), {"name": "nobody"}, {"nobody"}) == ("nobody", "")
    with pytest.raises(SpeechError, match="the voices are nobody"):
        voice_for(Directory(), {"name": "anna"}, {"nobody"})
