import re

import pytest

from gateway.app.text_data import text_data
from gateway.app.text_preview import Preview, known
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Catalogue, Route, UtteranceOptions, Voice
from legato.domain.text import Rewriting
from legato.ports import PreviewRequest
from legato.text.frontend import FrontEnd
from legato.text.settings import TextSettings

ROUTES = (Route("p", "v"),)
CATALOGUE = Catalogue(
    {"anna": Voice("anna", ("en-GB",), ROUTES), "bernd": Voice("bernd", ("de-AT", "en"), ROUTES)}, "anna"
)


class FrontEnds(list):
    """Makes them, and remembers what was asked."""

    def __call__(self, language, options, voice, tenant):
        self.append((language, options, voice, tenant))
        return FrontEnd(text_data(language), TextSettings(language=language, ssml=bool(options.ssml)))


@pytest.fixture
def front_ends():
    return FrontEnds()


@pytest.fixture
def preview(front_ends):
    return Preview(front_ends, CATALOGUE, ["fr", "en"])


def segments(preview, text, **how):
    return [one for step in preview.preview(PreviewRequest(text, **how)) for one in step]


def test_segments_tile_the_text_and_say_what_rewrote_them(preview):
    text = "You owe me $3. Pay it by Monday, or by Tuesday at the very latest, please. And then"
    found = segments(preview, text)
    assert "".join(one.segment.raw for one in found) == text
    assert found[0].rewritings == (Rewriting("en.money", 11, 13, "three dollars"),)
    assert found[0].written(found[0].rewritings[0]) == "$3"
    assert preview.transcript(found).startswith("You owe me three dollars. Pay it by Monday")
    assert [one.settled for one in found] == [True] * (len(found) - 1) + [False]


@pytest.mark.parametrize("language", ["en", "th"])
def test_directions_are_not_said_in_any_language(preview, front_ends, language):
    *_, [last] = known(["[laughs] Hey [sighs] you"], front_ends(language, UtteranceOptions(), "", ""))
    assert last.segment.spoken.text == preview.transcript([last]) == "Hey you"


def test_a_step_is_bounded_and_the_words_do_not_depend_on_it(preview, front_ends):
    text = "It costs $1,234.50, or so. " * 40
    steps = list(preview.preview(PreviewRequest(text)))
    assert len(steps) > 30
    whole = list(known([text], front_ends("en", UtteranceOptions(), "", "")))
    spoken = [one.segment.spoken.text for step in steps for one in step]
    assert spoken == [one.segment.spoken.text for step in whole for one in step]


def test_everything_is_as_at_an_utterance_of_this_voice(preview, front_ends):
    options = UtteranceOptions(ssml=True)
    found = segments(preview, "<speak>3 Uhr.</speak>", voice="bernd", options=options, tenant="acme")
    assert "speak" not in preview.transcript(found)
    segments(preview, "x")
    segments(preview, "x", language="fr")
    assert front_ends == [
        ("de-AT", options, "bernd", "acme"),
        ("en-GB", UtteranceOptions(), "anna", ""),
        ("fr", UtteranceOptions(), "anna", ""),
    ]


def test_a_tag_with_underscores_is_read(preview, front_ends):
    segments(preview, "x", language="de_AT")
    assert front_ends[-1][0] == "de-AT"


def test_a_voice_that_is_not_there_is_refused(preview):
    with pytest.raises(SpeechError) as refused:
        preview.preview(PreviewRequest("x", voice="nobody"))
    assert refused.value.reason is Reason.UNKNOWN_VOICE


@pytest.mark.parametrize(
    ("language", "voice", "told"),
    [
        ("../../etc", "", "expected a language tag such as 'en' or 'de-AT', got '../../etc'"),
        ("e" * 5_000, "", "'de-AT', got 'eeee"),
        ("de AT", "", "got 'de AT'"),
        ("deu-AT", "", "speaks 'deu-AT'; did you mean 'de-AT'?"),
        ("xx", "", "no voice here speaks 'xx'; /v1/languages"),
        ("de", "anna", "the voice 'anna' does not speak 'de'; it speaks en-GB"),
    ],
)
def test_a_language_that_nobody_speaks_is_refused_by_name(preview, front_ends, language, voice, told):
    with pytest.raises(SpeechError, match=re.escape(told)) as refused:
        preview.preview(PreviewRequest("x", voice=voice, language=language))
    assert refused.value.reason is Reason.UNKNOWN_VOICE
    assert len(refused.value.message) < 200
    assert front_ends == []


@pytest.mark.parametrize(("language", "voice"), [("DE-ch", "bernd"), ("EN", ""), ("de", ""), ("fr-CA", "")])
def test_a_language_that_can_be_read_is_taken_as_it_is_named(preview, front_ends, language, voice):
    assert segments(preview, "x", language=language, voice=voice)
    assert front_ends[0][0] == language
