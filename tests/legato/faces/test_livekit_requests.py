import json

import pytest

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.faces.livekit_requests import (
    Wishes,
    error_fields,
    format_of,
    manner_of,
    refusal,
    wishes,
)

VOICES = {"joe", "ann", "deepgram/aura-2"}
UUID = "9626c31c-bec5-4cca-baa8-f8ba9e84c8bc"


def refused(call, *arguments):
    with pytest.raises(SpeechError) as caught:
        call(*arguments)
    return caught.value


@pytest.mark.parametrize(
    ("voice", "model", "found"),
    [
        ("joe", "cartesia/sonic-3", "joe"),
        ("joe", "ann", "joe"),
        ("", "joe", "joe"),
        ("", "deepgram/aura-2", "deepgram/aura-2"),
        ("", "cartesia/sonic-3", ""),
        ("", "", ""),
        (UUID, "cartesia/sonic-3", ""),
        (UUID.upper(), "", ""),
        ("Xb7hH8MSUJpSbSDYk0k2", "elevenlabs/eleven_turbo_v2_5", ""),
        ("aura-2-thalia-en", "deepgram/aura-2", ""),
        ("933563129e564b19a115bedd57b7406a", "fishaudio/s2-pro", ""),
    ],
)
def test_a_voice_is_one_of_ours_or_the_default_for_a_vendors_own(voice, model, found):
    assert manner_of(Wishes(voice, model), VOICES).voice == found


@pytest.mark.parametrize("voice", ["nobody", "Ashley", "joe ", f"{UUID}0"])
def test_an_unknown_voice_is_refused_with_those_that_there_are(voice):
    error = refused(manner_of, Wishes(voice, "joe"), VOICES)
    assert error.reason is Reason.UNKNOWN_VOICE
    assert "ann, deepgram/aura-2, joe" in error.message


@pytest.mark.parametrize(("tag", "found"), [("de-CH", "de-CH"), ("auto", ""), ("Multi", ""), ("", "")])
def test_a_language_that_is_any_is_the_voices_own(tag, found):
    assert manner_of(Wishes(language=tag), VOICES).language == found


@pytest.mark.parametrize(
    ("extra", "speed"),
    [
        ({}, None),
        ({"speed": None}, None),
        ({"speed": "fast"}, 1.25),
        ({"speed": "1.5"}, 1.5),
        ({"speed": 0.25}, 0.25),
        ({"speaking_rate": 1.2}, 1.2),
        ({"speed": 2, "speaking_rate": 1.2}, 2),
        ({"speed_alpha": 0.5}, None),
    ],
)
def test_the_speed_comes_by_the_name_that_each_vendor_gives_it(extra, speed):
    assert manner_of(Wishes(extra=extra), VOICES).options.speed == speed


@pytest.mark.parametrize(
    ("model", "volume", "decibels"),
    [
        ("cartesia/sonic-3", 1.0, 0.0),
        ("cartesia/sonic-3", "2", pytest.approx(6.02, abs=0.01)),
        ("fishaudio/s2-pro", -6, -6.0),
        ("inworld/x", 7, None),
        ("cartesia/sonic-3", None, None),
    ],
)
def test_volume_is_a_factor_or_decibels_as_the_vendor_has_it(model, volume, decibels):
    assert manner_of(Wishes(model=model, extra={"volume": volume}), VOICES).options.volume == decibels


@pytest.mark.parametrize(
    ("model", "extra", "said"),
    [
        (
            "",
            {"speed": "very"},
            'extra.speed must be one of slow, normal, fast, or a number from 0.25 to 4; got "very"',
        ),
        ("", {"speed": 9}, "got 9"),
        ("", {"speed": True}, "got true"),
        ("", {"speaking_rate": ["x"]}, "extra.speaking_rate must be"),
        ("cartesia", {"volume": 0}, "extra.volume must be a number from 0.1 to 2; got 0"),
        ("fishaudio/s1", {"volume": 90}, "extra.volume must be a number from -40 to 12; got 90"),
    ],
)
def test_a_manner_that_is_none_is_named(model, extra, said):
    error = refused(manner_of, Wishes(model=model, extra=extra), VOICES)
    assert (error.reason, said in error.message) == (Reason.BAD_FRAME, True), error.message


@pytest.mark.parametrize(
    ("model", "extra", "wanted"),
    [
        ("cartesia/sonic-3", {"add_timestamps": True}, True),
        ("cartesia/sonic-3", {"add_timestamps": "false"}, False),
        ("cartesia/sonic-3", {}, False),
        ("joe", {"add_timestamps": "True"}, True),
        ("elevenlabs/eleven_flash_v2_5", {"sync_alignment": True}, True),
        ("elevenlabs/eleven_flash_v2_5", {"sync_alignment": False}, False),
        ("inworld/x", {"timestamp_type": "WORD"}, True),
        ("inworld/x", {"timestamp_type": "CHARACTER"}, True),
        ("inworld/x", {"timestamp_type": "TIMESTAMP_TYPE_UNSPECIFIED"}, False),
        ("inworld/x", {"timestamp_type": ["WORD"]}, False),
        ("assemblyai/x", {}, True),
        ("assemblyai/x", {"word_timestamps": False}, False),
    ],
)
def test_word_times_are_for_those_who_ask_in_their_vendors_way(model, extra, wanted):
    manner = manner_of(Wishes(model=model, extra=extra), VOICES)
    assert manner.options.words is wanted
    assert manner.adds_spaces is model.startswith("cartesia")


def test_what_is_asked_for_goes_before_what_holds():
    default = Wishes("joe", "a/b", "en", {"speed": 1, "volume": 2})
    assert wishes(None, None, default, "") == default
    assert wishes({"voice": None, "model": "", "x": 1}, {}, default, "") == default
    found = wishes({"voice": "ann", "language": "de"}, {"speed": 2}, default, "")
    assert found == Wishes("ann", "a/b", "de", {"speed": 2, "volume": 2})


@pytest.mark.parametrize(
    ("asked", "extra", "said"),
    [
        ([], {}, "generation_config must be an object; got a list"),
        ("x", {}, 'generation_config must be an object; got "x"'),
        ({"model": 3}, {}, "generation_config.model must be a string; got 3"),
        ({"language": {"a": 1}}, {}, "generation_config.language must be a string; got an object"),
        ({}, "x", 'extra must be an object; got "x"'),
    ],
)
def test_wishes_of_another_kind_are_named(asked, extra, said):
    error = refused(wishes, asked, extra, Wishes(), "generation_config.")
    assert (error.reason, error.message) == (Reason.BAD_FRAME, said)


@pytest.mark.parametrize(
    ("rate", "hz"), [("16000", 16_000), (48_000, 48_000), (None, 24_000), ("8e3", 8_000)]
)
def test_the_rate_may_be_a_text(rate, hz):
    asked = {"sample_rate": rate, "encoding": "pcm_s16le"}
    assert format_of(asked) == AudioFormat(Encoding.PCM_S16LE, hz)
    assert format_of({}) == AudioFormat(Encoding.PCM_S16LE, 24_000)


@pytest.mark.parametrize(
    ("asked", "reason", "said"),
    [
        ({"sample_rate": "x"}, Reason.BAD_FRAME, "whole number of Hz"),
        ({"sample_rate": 24_000.5}, Reason.BAD_FRAME, "got 24000.5"),
        ({"sample_rate": [1]}, Reason.BAD_FRAME, "got a list"),
        ({"sample_rate": "Infinity"}, Reason.BAD_FRAME, "whole number of Hz"),
        ({"sample_rate": -1}, Reason.UNKNOWN_FORMAT, "24000"),
        ({"encoding": "mp3"}, Reason.UNKNOWN_FORMAT, "pcm_s16le"),
        ({"encoding": ["pcm_s16le"]}, Reason.UNKNOWN_FORMAT, "pcm_s16le"),
    ],
)
def test_any_other_format_is_refused_by_name(asked, reason, said):
    error = refused(format_of, asked)
    assert (error.reason, said in error.message) == (reason, True), error.message


def test_an_error_tells_its_status_and_whether_to_ask_again():
    error = SpeechError(Reason.QUOTA_EXCEEDED, "shop has 3 streams open", retry_after_s=1.0)
    fields = {
        "code": 429,
        "reason": "quota_exceeded",
        "message": "shop has 3 streams open",
        "retryable": True,
    }
    assert error_fields(error) == fields
    answer = refusal(error, "r-1")
    assert (answer.status, json.loads(answer.body), answer.reason) == (429, fields, Reason.QUOTA_EXCEEDED)
    assert answer.headers == {
        "content-type": "application/json",
        "x-request-id": "r-1",
        "retry-after": "1",
    }
