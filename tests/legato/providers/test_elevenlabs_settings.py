"""What ElevenLabs' endpoints share."""

import pytest

from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Pronunciation, Reading
from legato.providers.elevenlabs_settings import (
    character_seconds,
    character_times,
    language_of,
    markup_of,
    voice_settings,
)
from legato.providers.phonemes import marked


def test_the_language_is_the_routes_else_the_utterances():
    assert language_of({"language_code": "de"}, "en-US") == "de"
    assert language_of({"model_id": "eleven_flash_v2_5"}, "en-US") == "en"
    assert language_of({"model_id": "eleven_flash_v2_5"}, "") is None
    assert language_of({}, "en") is None
    for model in (
        "eleven_turbo_v2_5",
        "eleven_v3",
        "eleven_v3_conversational",
        "eleven_v4",
        "eleven_v4_turbo",
    ):
        assert language_of({"model_id": model}, "de-AT") == "de"


@pytest.mark.parametrize(("speed", "sent"), [(None, {"style": 0}), (2.0, {"style": 0, "speed": 1.2})])
def test_the_speed_joins_the_settings(speed, sent):
    route = Route("p", "v", {"voice_settings": {"style": 0}})
    assert voice_settings(route, UtteranceOptions(speed=speed)) == sent


@pytest.mark.parametrize(
    "names",
    [
        ("chars", "charStartTimesMs", "charDurationsMs"),
        ("chars", "charStartTimesMs", "charsDurationsMs"),
        ("chars", "char_start_times_ms", "char_durations_ms"),
    ],
)
def test_times_of_characters_are_read_or_none(names):
    sent = dict(zip(names, (["a"], [5], [2]), strict=True))
    timed = character_times(sent)
    assert (timed.pieces, timed.starts_ms, timed.ends_ms) == (["a"], [5.0], [7.0])
    for name in names:
        for broken in (None, 5, [None], [[1]], [float("nan")]):
            assert character_times({**sent, name: broken}) is None
    for broken in (
        None,
        [],
        {"chars": "ab"},
        {"chars": ["a"], "charStartTimesMs": [1, 2], "charDurationsMs": [1]},
    ):
        assert character_times(broken) is None


def test_seconds_are_read_or_none():
    sent = {
        "characters": ["a"],
        "character_start_times_seconds": [0.5],
        "character_end_times_seconds": [0.75],
    }
    timed = character_seconds(sent)
    assert (timed.pieces, timed.starts_ms, timed.ends_ms) == (["a"], [500.0], [750.0])
    for name in sent:
        for broken in (None, 5, [None], [[1]], [float("nan")]):
            assert character_seconds({**sent, name: broken}) is None
    for broken in (
        None,
        {},
        {"characters": ["a"], "character_start_times_seconds": [], "character_end_times_seconds": []},
    ):
        assert character_seconds(broken) is None


@pytest.mark.parametrize(
    ("model", "wanted", "sent"),
    [
        ("eleven_flash_v2", True, 'R&amp;D <phoneme alphabet="ipa" ph="x">Xi</phoneme>'),
        ("eleven_flash_v2", False, "R&D Xi"),
        ("eleven_flash_v2_5", True, "R&D Xi"),
        (None, True, "R&D Xi"),
    ],
)
def test_the_models_that_take_phonemes_are_sent_them(model, wanted, sent):
    markup = markup_of({} if model is None else {"model_id": model}, ssml=wanted)
    reading = Reading("R&D Xi", pronunciations=(Pronunciation(4, 6, "x"),))
    assert "".join(marked(reading, markup)) == sent


@pytest.mark.parametrize(
    ("ipa", "sent"),
    [
        (
            "ʒɑ̃ lyk",
            '<phoneme alphabet="ipa" ph="ʒɑ̃">Jean</phoneme> <phoneme alphabet="ipa" ph="lyk">Luc</phoneme>',
        ),
        ("ʒɑ̃lyk", "Jean Luc"),
    ],
)
def test_an_element_holds_one_word_as_the_vendor_reads_no_phrase(ipa, sent):
    markup = markup_of({"model_id": "eleven_flash_v2"}, ssml=True)
    reading = Reading("Jean Luc.", pronunciations=(Pronunciation(0, 8, ipa),))
    assert "".join(marked(reading, markup)) == f"{sent}."


@pytest.mark.parametrize(
    ("model", "wanted", "sent"),
    [
        ("eleven_v3", True, "R&D /ʒɑ̃ lyk/ /x."),
        ("eleven_v3_conversational", True, "R&D /ʒɑ̃ lyk/ /x."),
        ("eleven_v3", False, "R&D Jean Luc /x."),
        ("eleven_v4", True, "R&D Jean Luc /x."),
    ],
)
def test_v3_reads_ipa_between_slashes(model, wanted, sent):
    markup = markup_of({"model_id": model}, ssml=True, ipa=wanted)
    reading = Reading("R&D Jean Luc /x.", pronunciations=(Pronunciation(4, 12, "ʒɑ̃ lyk"),))
    assert "".join(marked(reading, markup)) == sent


def test_ipa_that_would_end_its_own_mark_is_left_out():
    reading = Reading("Xi", pronunciations=(Pronunciation(0, 2, "x/y"),))
    assert "".join(marked(reading, markup_of({"model_id": "eleven_v3"}, ssml=True, ipa=True))) == "Xi"
